"""The settings of a recipe, under scikit-learn's names for them and without scikit-learn, which takes a while."""

from __future__ import annotations

import inspect
from typing import Any, Self


class Settings:
    """What `sklearn.base.BaseEstimator` gives: settings are the arguments of ``__init__``, kept by their names.

    A recipe that works something out from its settings does so in ``_start``, which is called again when they change
    and when a stored recipe comes back.
    """

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002  (scikit-learn asks so)
        """Name the settings."""
        return {name: getattr(self, name) for name in _arguments(type(self))}

    def set_params(self, **settings: Any) -> Self:
        """Change settings.

        Raises:
            ValueError: There is no such setting; the message lists those there are.
        """
        if unknown := sorted(settings.keys() - set(_arguments(type(self)))):
            raise ValueError(f"{unknown[0]!r} found; one of {_arguments(type(self))} expected")
        self.__dict__.update(settings)
        self._start()
        return self

    def __repr__(self) -> str:
        """Name the settings that are not the default ones."""
        arguments = inspect.signature(type(self)).parameters
        changed = {name: value for name, value in self.get_params().items() if value != arguments[name].default}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in changed.items())})"

    def __getstate__(self) -> dict[str, object]:
        """Give the settings alone: what was worked out is not stored."""
        return self.get_params()

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._start()

    def _start(self) -> None:
        """Begin anew, with these settings."""


def _arguments(kind: type) -> list[str]:
    return list(inspect.signature(kind).parameters)
