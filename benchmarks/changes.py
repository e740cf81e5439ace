"""Changes of reviews that monitoring must find."""

from __future__ import annotations

import numpy as np
import pandas as pd

_SPANISH = (
    "la tela es muy suave y me queda perfecta",
    "no me gusta el color y la talla es pequeña",
    "es un vestido precioso para el verano",
    "lo devolví porque la costura estaba rota",
    "muy cómodo y de buena calidad, lo recomiendo",
    "demasiado caro para lo que es",
)
Frame = pd.DataFrame


def misspelt(frame: Frame, chance: np.random.Generator) -> Frame:
    """Put a chance letter in the place of one in ten."""

    def garble(text: str) -> str:
        letters = list(text)
        for position in np.flatnonzero(chance.random(len(letters)) < 0.1):
            letters[position] = chr(97 + chance.integers(26))
        return "".join(letters)

    return frame.assign(review=frame["review"].map(garble))


def untitled(frame: Frame, chance: np.random.Generator) -> Frame:
    """Take every title away."""
    del chance
    return frame.assign(title="")


def half_spanish(frame: Frame, chance: np.random.Generator) -> Frame:
    """Put Spanish sentences in the place of every other review."""
    spanish = [" ".join(chance.choice(_SPANISH, 3)) for _ in range(len(frame))]
    return frame.assign(review=np.where(np.arange(len(frame)) % 2 == 0, spanish, frame["review"]))


def new_word(frame: Frame, chance: np.random.Generator) -> Frame:
    """Let every customer say in a word that no model knows that the product is bad: there is something to learn."""
    words = chance.choice(["zorp", "zorpy", "zorping"], len(frame))
    said = [f"{word} {review}" for word, review in zip(words, frame["review"].str[:60], strict=True)]
    return frame.assign(review=said, recommended=0)
