"""A file of reviews becomes checked rows, and the rows become training, validation and test rows.

The one place that knows columns and labels of a file. Nothing here knows which model will read the rows.
"""
