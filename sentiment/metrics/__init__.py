"""Numbers from labels and probabilities: every metric, its interval, the best threshold.

Knows arrays, and nothing of texts, models or files. What decides anything on these numbers does not come in here:
that is `release`.
"""
