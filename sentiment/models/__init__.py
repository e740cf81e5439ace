"""The pair (vectorizer, classifier): its files, how it scores one document or many, by which words it goes.

Knows documents and arrays. Where a model came from, how good it is and who keeps it does not come in here: those are
`training`, `evaluation` and `tracking`. A model family is one file in `families`.
"""
