"""Optuna's samplers.

Source: Akiba et al., "Optuna: A next-generation hyperparameter optimization framework" (2019); for TPE, Bergstra et
al., "Algorithms for hyper-parameter optimization" (2011).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from sentiment.search.space import Domain, Space, Values
from sentiment.search.trial import Trial, better_sign

ALGORITHMS = ("tpe", "random")


def require_installed() -> None:
    """Do nothing: Optuna is a dependency."""


def propose(space: Space, history: Sequence[Trial], count: int, algorithm: str, seed: int) -> list[Values]:
    """Propose `count` trials after those of `history`."""
    import optuna  # half a second

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its experimental options say that they are
        sampler: Any = (
            optuna.samplers.RandomSampler(seed=seed)
            if algorithm == "random"
            else optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True, constant_liar=True)
        )
        study = optuna.create_study(direction="maximize", sampler=sampler)
        distributions = {one.name: _distribution(optuna, one.domain) for one in space.dimensions}
        sign = better_sign(space.metric)
        for trial in history:
            if trial.score is not None and trial.values:
                own = {name: distributions[name] for name in trial.values}
                study.add_trial(
                    optuna.trial.create_trial(params=trial.values, distributions=own, value=sign * trial.score)
                )
        return [_ask(space, study) for _ in range(count)]


def _ask(space: Space, study: Any) -> Values:
    trial = study.ask()
    values: Values = {}
    for one in space.dimensions:
        if one.family is None or one.family == space.family_of(values):
            values[one.name] = _suggest(trial, one.name, one.domain)
    return values


def _suggest(trial: Any, name: str, domain: Domain) -> Any:
    if domain.choices is not None:
        return trial.suggest_categorical(name, domain.choices)
    suggest = trial.suggest_int if domain.whole else trial.suggest_float
    return suggest(name, domain.low, domain.high, log=domain.log)


def _distribution(optuna: Any, domain: Domain) -> Any:
    if domain.choices is not None:
        return optuna.distributions.CategoricalDistribution(domain.choices)
    if domain.whole:
        return optuna.distributions.IntDistribution(domain.low, domain.high, log=domain.log)
    return optuna.distributions.FloatDistribution(domain.low, domain.high, log=domain.log)
