"""May a model go to production, and what does a registered version say of itself?

Pure: reports in, decisions with their reasons out. Where versions are kept does not come in here: that is
`tracking.registry`.
"""
