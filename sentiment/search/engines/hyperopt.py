"""hyperopt's random search, TPE and adaptive TPE: the three that the article names.

An extra: ``make install-search``. Source: Bergstra, Yamins and Cox, "Making a science of model search" (2013).
"""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from sentiment import extras
from sentiment.errors import ConfigError
from sentiment.search.space import FAMILY, Dimension, Domain, Space, Value, Values
from sentiment.search.trial import Trial, better_sign

_BEGUN = datetime(2000, 1, 1)
ALGORITHMS = ("tpe", "random", "atpe")


def require_installed() -> None:
    """Check that the engine's library is installed.

    Raises:
        InputError: It is not; the message has the command that installs it.
    """
    extras.require("search", "the engine hyperopt")


def propose(space: Space, history: Sequence[Trial], count: int, algorithm: str, seed: int) -> list[Values]:
    """Propose `count` trials after those of `history`.

    Raises:
        ConfigError: Adaptive TPE has no advice for so small a space.
    """
    import hyperopt

    dimensions = {one.name: one for one in space.dimensions}
    # What it is to minimise is asked of nobody here: results come from `history`.
    asked = hyperopt.base.Domain(lambda _: 0.0, _expression(hyperopt, space, dimensions))
    known = _known(hyperopt, space, history, dimensions)
    suggest = _suggest(algorithm)
    proposed = []
    for offset in range(count):
        random.seed(seed + offset)  # adaptive TPE draws from both of the process's own generators
        np.random.seed((seed + offset) % 2**32)
        number = len(history) + offset
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # adaptive TPE correlates what did not vary
                (document,) = suggest([number], asked, known, seed + offset)
        except IndexError as error:
            raise ConfigError("adaptive TPE cannot search so small a space; use --algorithm tpe") from error
        drawn = {name: _value(dimensions[name].domain, found) for name, found in _drawn(document)}
        proposed.append(space.active(drawn))
    return proposed


def _suggest(algorithm: str) -> Any:
    from hyperopt import rand, tpe

    if algorithm == "random":
        return rand.suggest
    if algorithm == "tpe":
        return lambda *asked: tpe.suggest(*asked, verbose=False)
    from hyperopt import atpe  # it imports LightGBM

    return atpe.suggest


def _drawn(document: Any) -> list[tuple[str, float]]:
    return [(name, values[0]) for name, values in document["misc"]["vals"].items() if values]


def _expression(hyperopt: Any, space: Space, dimensions: dict[str, Dimension]) -> Any:
    def of(family: str) -> dict[str, Any]:
        return {name: _prior(hyperopt.hp, one) for name, one in dimensions.items() if one.family == family}

    if FAMILY not in dimensions:
        return of(space.family_of({}))
    return hyperopt.hp.choice(FAMILY, [of(family) for family in space.families])


def _prior(hp: Any, one: Dimension) -> Any:
    domain, name = one.domain, one.name
    if domain.choices is not None:
        return hp.choice(name, list(range(len(domain.choices))))
    low, high = float(domain.low or 0), float(domain.high or 0)
    if domain.log:
        low, high = math.log(low), math.log(high)
        return hp.qloguniform(name, low, high, 1) if domain.whole else hp.loguniform(name, low, high)
    return hp.quniform(name, low, high, 1) if domain.whole else hp.uniform(name, low, high)


def _value(domain: Domain, found: float) -> Value:
    if domain.choices is not None:
        return domain.choices[int(found)]
    low, high = domain.low or 0, domain.high or 0
    value = min(max(float(found), low), high)
    return round(value) if domain.whole else value


def _known(hyperopt: Any, space: Space, history: Sequence[Trial], dimensions: dict[str, Dimension]) -> Any:
    """Tell hyperopt what was tried; it minimises."""
    known = hyperopt.Trials()
    for trial in history:
        if trial.score is None or not trial.values:
            continue
        drawn = {name: _index(dimensions[name].domain, value) for name, value in trial.values.items()}
        misc = {
            "tid": trial.number,
            "cmd": None,
            "workdir": None,
            "vals": {name: [drawn[name]] if name in drawn else [] for name in dimensions},
            "idxs": {name: [trial.number] if name in drawn else [] for name in dimensions},
        }
        result = {"loss": -better_sign(space.metric) * trial.score, "status": hyperopt.STATUS_OK}
        (document,) = known.new_trial_docs([trial.number], [None], [result], [misc])
        document["state"] = hyperopt.JOB_STATE_DONE
        document["book_time"], document["refresh_time"] = _BEGUN, _BEGUN + timedelta(seconds=1)
        known.insert_trial_doc(document)
    known.refresh()
    return known


def _index(domain: Domain, value: Value) -> Any:
    return domain.choices.index(value) if domain.choices is not None else value
