"""How results are printed: tables, columns that fit, JSON."""
