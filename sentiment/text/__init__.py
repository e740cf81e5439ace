"""Cleaning recipes: from the text of a review to the words a vectorizer counts.

A recipe is a scikit-learn compatible callable, ``document -> list of words``, that travels inside the model as the
``tokenizer`` or ``analyzer`` of its vectorizer. One file a recipe: a candidate is trained again when the file of its
own recipe changes, and only then.

A document is what a model reads: the review, with the title in front of it when there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sentiment.modules import Modules

_RECIPES = Modules(__name__, "recipe", shared=("folding", "markup", "memo", "settings"))
recipe_names, module_name = _RECIPES.names, _RECIPES.dotted_name

TITLE_END = "\x1f"
"""Separates the title from the review in a document (ASCII unit separator, which no typed text contains)."""


def join_title(titles: Iterable[str], reviews: Iterable[str]) -> list[str]:
    """Make one document of each title and review.

    Args:
        titles: One a review; an empty title adds nothing.
        reviews: The texts as the customers wrote them.

    Returns:
        ``title + TITLE_END + review``, or the review alone where the title is empty. A separator inside either
        text is replaced by a space, so that a review cannot pose as a title.
    """
    return [
        f"{title.replace(TITLE_END, ' ')}{TITLE_END}{review.replace(TITLE_END, ' ')}"
        if title
        else review.replace(TITLE_END, " ")
        for title, review in zip(titles, reviews, strict=True)
    ]


def get_recipe(name: str) -> Any:
    """Make the recipe called `name` as new trainings use it; raises as `module_name`.

    A recipe may have learned something that stored models must not do from one day to the next; its module says in
    ``NEW`` with which settings it is used from now on.
    """
    module = _RECIPES.get(name)
    return module.RECIPE(**getattr(module, "NEW", {}))


def recipe_name(recipe: Any) -> str | None:
    """Name a recipe that is one of those here; None for another."""
    package, _, name = type(recipe).__module__.rpartition(".")
    known = package == __name__ and name in recipe_names()
    return name if known and _RECIPES.get(name).RECIPE is type(recipe) else None


def stored_recipe(name: str, settings: Mapping[str, Any]) -> Any:
    """Make the recipe called `name` with the settings that a model was stored with; raises as `module_name`."""
    return _RECIPES.get(name).RECIPE(**settings)
