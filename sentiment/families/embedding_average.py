"""The article's network: the average of word embeddings, and two small layers on top."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from pydantic import Field

from sentiment.families._keras_files import load_part, save_part
from sentiment.families._sequences import EmbeddingClassifier, SequenceVectorizer
from sentiment.families.base import Examples, FamilyParams, Fitted, Recipe
from sentiment.model import TextModel

__all__ = ["ALGORITHM", "Params", "fit", "load_part", "prepare", "save_part"]

ALGORITHM = "Average of word embeddings (Keras)"
_STEPS_A_CALL = 64


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
    """Fit on the training rows; stop early on the validation rows, and keep the weights of the best epoch."""
    vectorizer = SequenceVectorizer(recipe, params.vocabulary_size, params.max_length).fit(train.documents)
    keras = _import_keras(seed)
    network = _network(keras, params)
    network.compile(
        optimizer=keras.optimizers.Adam(params.learning_rate),
        loss="binary_crossentropy",
        metrics=["accuracy"],
        # A step is microseconds of arithmetic; one call of Python for each would take most of the time.
        steps_per_execution=_STEPS_A_CALL,
        jit_compile=False,
    )
    history = network.fit(
        vectorizer.transform(train.documents),
        train.labels.astype(np.float32),
        validation_data=(vectorizer.transform(validation.documents), validation.labels.astype(np.float32)),
        batch_size=params.batch_size,
        epochs=params.max_epochs,
        callbacks=[
            keras.callbacks.EarlyStopping(monitor="val_loss", patience=params.patience, restore_best_weights=True)
        ],
        verbose=0,
    )
    trained = _network(keras, params)  # without the optimizer, whose state is twice the size of the weights
    trained.set_weights(network.get_weights())
    curves = {name: [float(value) for value in values] for name, values in history.history.items()}
    return Fitted(TextModel(vectorizer, EmbeddingClassifier(trained)), curves)


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


def _import_keras(seed: int) -> Any:
    """Import Keras when a network is trained, and only then; and make what follows repeatable."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import keras
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)
    return keras
