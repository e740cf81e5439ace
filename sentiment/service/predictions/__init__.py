"""The prediction log: what the service answered, and what customers said later."""

from __future__ import annotations

from sentiment.service.predictions.reading import Log, read_log
from sentiment.service.predictions.record import Feedback, Prediction, decode, encode

__all__ = ["Feedback", "Log", "Prediction", "decode", "encode", "read_log"]
