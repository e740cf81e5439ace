"""Everything that knows about reviews, and nothing that knows about ZenML or the command line.

The rooms, each importing only those below it (`make lint` holds the order; docs/ARCHITECTURE.md tells the story):

    tracking                what MLflow keeps: runs, the registry
    reports                 what a person looks at, as HTML
    release | scoring       may it go to production; files of any size
    service                 what a served model takes and gives
    evaluation              how good, by which words, where wrong
    training | reviews      candidates and where they came from; a file becomes rows
    models                  the pair (vectorizer, classifier) and its files
    text | metrics          cleaning; numbers from labels and probabilities

Beside the rooms lies only what every room may use: errors, writing a file in one piece, configuration files, the
environment, Markdown, overrides of libraries.
"""
