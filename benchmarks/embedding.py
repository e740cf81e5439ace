"""`embedding_average` against the same network in a bare Keras script."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.data import candidate, parts
from benchmarks.timing import Comparison, at_least, in_a_process
from sentiment.models.families._sequences import SequenceVectorizer
from sentiment.text import get_recipe

WORST_LOSS_OF_ACCURACY = 0.003


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Measure the whole fit, alternating, a process each and a seed a pair; importing TensorFlow does not count."""
    ours, reference = [], []
    for seed in map(str, range(1 if short else 5)):
        ours.append(in_a_process(__name__, "ours", str(data), seed))
        reference.append(in_a_process(__name__, "reference", str(data), seed))
    lost = median(run["accuracy"] for run in reference) - median(run["accuracy"] for run in ours)
    seconds, theirs = (median(run["seconds"] for run in runs) for runs in (ours, reference))
    row = at_least("embedding_average: whole fit", "bare Keras, batch 32", seconds, theirs, 0.5 if short else 2)
    return [
        row.model_copy(
            update={
                "bound": f"{row.bound}, accuracy within {WORST_LOSS_OF_ACCURACY} (lost: {lost:+.4f})",
                "kept": row.kept and (short or lost <= WORST_LOSS_OF_ACCURACY),
            }
        )
    ]


def ours(data: Path, seed: int) -> tuple[float, float]:
    """Clean, learn the vocabulary, fit."""
    train, validation, test = parts(data)
    started = time.perf_counter()
    model = candidate("embedding_average").fit(train, validation, seed).model
    seconds = time.perf_counter() - started
    return seconds, float(((model.predict_proba(test.documents) >= 0.5) == test.labels).mean())


def reference(data: Path, seed: int) -> tuple[float, float]:
    """Clean, learn the vocabulary, fit: as a Keras tutorial would, padded to one length."""
    import keras

    train, validation, test = parts(data)
    params = candidate("embedding_average").params
    keras.utils.set_random_seed(seed)
    started = time.perf_counter()
    words = SequenceVectorizer(get_recipe("article"), params["vocabulary_size"], params["max_length"])
    sequences = words.fit_transform(train.documents)
    network = keras.Sequential(
        [
            keras.layers.Embedding(params["vocabulary_size"], params["embedding_dim"], mask_zero=True),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(params["hidden_units"], activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    network.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    network.fit(
        sequences,
        train.labels.astype(np.float32),
        validation_data=(words.transform(validation.documents), validation.labels.astype(np.float32)),
        batch_size=params["batch_size"],
        epochs=params["max_epochs"],
        callbacks=[
            keras.callbacks.EarlyStopping(monitor="val_loss", patience=params["patience"], restore_best_weights=True)
        ],
        verbose=0,
    )
    seconds = time.perf_counter() - started
    answers = network.predict(words.transform(test.documents), verbose=0)[:, 0] >= 0.5
    return seconds, float((answers == test.labels).mean())


if __name__ == "__main__":
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow  # noqa: F401  (imported before the clock runs)

    which, path, number = sys.argv[1:]
    taken, accuracy = {"ours": ours, "reference": reference}[which](Path(path), int(number))
    sys.stdout.write(json.dumps({"seconds": taken, "accuracy": accuracy}) + "\n")
