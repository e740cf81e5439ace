"""The prediction log: what the service answered, and what customers said later."""

from __future__ import annotations

from sentiment.service.predictions.reading import Log, read_log
from sentiment.service.predictions.record import Feedback, Prediction, decode, encode
from sentiment.service.predictions.store import Store, open_store

__all__ = ["Feedback", "Log", "Prediction", "Store", "decode", "encode", "open_store", "read_log"]
