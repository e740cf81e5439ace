"""Work on more than one machine, by Spark: the driver plans and counts, the workers read, score and write.

::

    session.py    opening a session and closing it on every path; what goes wrong on a worker, in words
    shipping.py   the package and a model as archives, and how workers unpack and check them
    jobs.py       a job while the driver waits: progress, Ctrl-C
    parts.py      input files, and the parts that they are read in
    scoring.py    files of reviews scored into a folder of parts
    rows.py       which rows train, choose and test, decided by a hash of their texts
    counting.py   naive Bayes, from counts
    blocks.py     training rows as features that stay on the workers, and sums over them
    linear.py     linear models, from sums
    training.py   a candidate trained on all of it, and scored on all test rows

What runs on workers imports nothing of Spark, so that it can be tried without one.
"""
