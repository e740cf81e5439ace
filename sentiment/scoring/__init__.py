"""Scoring a file of any size: in chunks, in bounded memory, in order, and from where a killed run stopped.

::

    reading.py    a file as chunks of rows, with the place where each chunk ends
    writing.py    CSV or Parquet, growing chunk by chunk
    journal.py    how far a run got; written after the rows it speaks of
    workers.py    probabilities of chunks, here or in processes, in order
    order.py      what is to be scored, where to, and whether an unfinished run is one of the same
    files.py      all of it together
"""
