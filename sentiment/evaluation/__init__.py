"""How good each candidate is: its numbers, what stands behind them, who is best and by how much.

Knows models and rows. Whether good is good enough does not come in here: that is `release`.
"""
