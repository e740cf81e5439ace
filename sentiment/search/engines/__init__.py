"""What proposes trials, one file an engine: the file's name is the engine's name.

An engine is a module with three names:

- ``ALGORITHMS``: those it has, the default first;
- ``require_installed()``: raises an `InputError` if its library is not installed;
- ``propose(space, history, count, algorithm, seed) -> list[Values]``.

Proposing is a pure function of what was tried before: a search that was killed goes on as it would have gone on, and
two workers see the same proposals as one.
"""

from __future__ import annotations

from sentiment.errors import ConfigError
from sentiment.modules import Modules

_ENGINES = Modules(__name__, "engine")
names, get = _ENGINES.names, _ENGINES.get


def require(name: str, algorithm: str | None) -> str:
    """Give an engine's algorithm, by default its first.

    Raises:
        ConfigError: There is no such engine or algorithm.
        InputError: Its library is not installed.
    """
    module = get(name)
    chosen = algorithm or module.ALGORITHMS[0]
    if chosen not in module.ALGORITHMS:
        raise ConfigError(f"engine {name} has no algorithm {chosen!r}; there are: {', '.join(module.ALGORITHMS)}")
    module.require_installed()
    return str(chosen)
