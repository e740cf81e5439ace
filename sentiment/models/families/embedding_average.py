"""The article's network: the average of word embeddings, and two small layers on top."""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sentiment.models.families._keras_files import load_part, save_part
from sentiment.models.families._sequences import EmbeddingClassifier, SequenceVectorizer
from sentiment.models.families.base import Examples, FamilyParams, Fitted, Recipe
from sentiment.models.text_model import TextModel

__all__ = ["ALGORITHM", "STOPS_EARLY", "Params", "fit", "load_part", "prepare", "save_part"]

STOPS_EARLY = True
ALGORITHM = "Average of word embeddings (Keras)"
_MOST_BATCHES_A_CALL = 1024
_VALIDATION_ROWS_A_CALL = 4096
_XLA = sys.platform != "darwin"  # Apple's plug-in for TensorFlow has none


class Params(FamilyParams):
    """Hyperparameters; the defaults are the article's.

    Attributes:
        vocabulary_size: Words that have an embedding, padding and the unknown word included.
        embedding_dim: Numbers a word.
        hidden_units: Of the layer between average and answer.
        max_length: Words kept of a document.
        patience: Epochs without a better loss on the validation rows before training stops.
    """

    vocabulary_size: int = Field(default=3000, ge=3)
    embedding_dim: int = Field(default=32, ge=1)
    hidden_units: int = Field(default=6, ge=1)
    learning_rate: float = Field(default=0.001, gt=0)
    batch_size: int = Field(default=32, ge=1)
    max_epochs: int = Field(default=50, ge=1)
    patience: int = Field(default=2, ge=0)
    max_length: int = Field(default=128, ge=1)


def prepare() -> None:
    """Import TensorFlow, which takes longer than the fit of a small network and is no part of it."""
    _import_keras(seed=0)


def fit(params: Params, recipe: Recipe, train: Examples, validation: Examples, seed: int) -> Fitted:
    """Fit on the training rows; stop early on the validation rows, and keep the weights of the best epoch.

    An epoch is a shuffle of the rows, cut into batches; those that fill none, other ones each time, sit it out.
    """
    vectorizer = SequenceVectorizer(recipe, params.vocabulary_size, params.max_length)
    sequences = vectorizer.fit_transform(train.documents)
    keras = _import_keras(seed)
    network = _network(keras, params)
    trainer = _trainer(keras, network)
    adam, accuracy = keras.optimizers.Adam(params.learning_rate), keras.metrics.BinaryAccuracy("accuracy")
    adam.build(trainer.trainable_variables)  # variables that are made while a function is traced have it traced again
    trainer.compile(adam, loss="binary_crossentropy", metrics=[accuracy])
    history = trainer.fit(
        _batches(sequences, train.labels.astype(np.float32), params.batch_size, seed),
        validation_data=(vectorizer.transform(validation.documents), validation.labels.astype(np.float32)),
        validation_batch_size=_VALIDATION_ROWS_A_CALL,
        epochs=params.max_epochs,
        shuffle=False,  # the dataset does
        callbacks=[
            keras.callbacks.EarlyStopping(monitor="val_loss", patience=params.patience, restore_best_weights=True)
        ],
        verbose=0,
    )
    curves = {name: [float(value) for value in values] for name, values in history.history.items()}
    return Fitted(TextModel(vectorizer, EmbeddingClassifier(network)), curves)


def _network(keras: Any, params: Params) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((None,), dtype="int32"),
            # Index 0 is padding; masked, it does not count in the average.
            layers.Embedding(params.vocabulary_size, params.embedding_dim, mask_zero=True),
            layers.GlobalAveragePooling1D(),
            layers.Dense(params.hidden_units, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def _trainer(keras: Any, network: Any) -> Any:
    """Give a model that shares the network's weights, and trains on many batches in one call.

    A batch is microseconds of arithmetic: Python, and TensorFlow's own bookkeeping, would take most of the time.

    Returns:
        A Keras model, to be fitted on a dataset of ``(n_batches, batch_size, length)`` word numbers and ``(n_batches,
        batch_size)`` labels. XLA compiles the loop, for each shape of the two.
    """
    import tensorflow as tf

    class Trainer(keras.Model):  # type: ignore[misc]  # Keras has no types
        def train_step(self, data: Any) -> Any:
            self._train_on(*data)
            return self.get_metrics_result()

        @tf.function(jit_compile=_XLA, autograph=False)  # type: ignore[untyped-decorator]  # nor has TensorFlow
        def _train_on(self, sequences: Any, labels: Any) -> None:
            train = super().train_step

            def step(batch: Any) -> tuple[Any]:
                train((sequences[batch], labels[batch]))
                return (batch + 1,)

            tf.while_loop(lambda batch: batch < sequences.shape[0], step, (0,), parallel_iterations=1)

    return Trainer(network.inputs, network.outputs)


def _batches(sequences: NDArray[np.int32], labels: NDArray[np.float32], batch_size: int, seed: int) -> Any:
    """Give what one epoch trains on, in calls of as many batches each; shuffled anew every time it is read."""
    import tensorflow as tf

    rows = len(labels)
    batch_size = min(batch_size, rows)
    batches = rows // batch_size
    calls = -(-batches // _MOST_BATCHES_A_CALL)
    numbers, answers = tf.constant(sequences), tf.constant(labels)
    return (
        tf.data.Dataset.range(rows)
        .shuffle(rows, seed=seed)
        .batch(batch_size, drop_remainder=True)
        .batch(batches // calls, drop_remainder=True)
        .map(lambda chosen: (tf.gather(numbers, chosen), tf.gather(answers, chosen)))
    )


def _import_keras(seed: int) -> Any:
    """Import Keras when a network is trained, and only then; and make what follows repeatable."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import keras
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)
    return keras
