"""The errors a user can meet, each with the exit code of the command that raises it.

::

    SentimentError                   1  something failed
    ├── InputError                   2  the user's input or configuration must be mended
    │   ├── InvalidReviewsError         a file of reviews breaks the format; lists every problem
    │   │   └── EmptyFileError              there is nothing in it
    │   └── ConfigError                 a YAML configuration or an option is wrong
    ├── ModelFileError               1  a stored model cannot be used
    │   ├── TamperedModelError          its files are not those that were registered
    │   ├── UntrustedModelError         its files ask for types outside the allow-list
    │   └── IncompatibleModelError      it was written by another format or library version
    ├── DamagedReferenceError        1  what a version is compared with is not what was made for it
    ├── StepFailedError              1  a step of a pipeline run failed
    ├── SearchError                  1  a search for better candidates found nothing to go by
    ├── IncomparableReportsError     1  two models were scored on different rows
    ├── TrackingError                1  the tracking server did not do what it was asked
    ├── RegistryError                1  the registry does not allow what was asked
    │   ├── UnknownVersionError      2  there is no such version
    │   └── AlreadyChampionError     0  there is nothing to do
    ├── ToolError                    1  a program in an environment of its own did not do what it was asked
    │   └── ToolMissingError         6  that environment was not made
    ├── SparkError                   1  Spark, or one of its workers, failed
    └── ServiceError                 1  the model server is not there or does not do what it should
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from sentiment.phrases import amount


class SentimentError(Exception):
    """Base of every error this project raises on purpose."""

    exit_code: ClassVar[int] = 1


class InputError(SentimentError):
    """The user's input must be mended; nothing was changed."""

    exit_code: ClassVar[int] = 2


class InvalidReviewsError(InputError):
    """A file of reviews breaks the format.

    Attributes:
        problems: One sentence a problem: what was found, where, what was expected.
    """

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.source = source
        self.problems = tuple(problems)
        listed = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"{source}: {amount(len(self.problems), 'problem')} found\n{listed}")


class EmptyFileError(InvalidReviewsError):
    """A file of reviews has nothing in it, not even a header."""


class ConfigError(InputError):
    """A configuration file or an option has something that is not allowed."""


class ModelFileError(SentimentError):
    """A stored model cannot be used."""


class TamperedModelError(ModelFileError):
    """The files of a model are not those that were registered; nothing of it was loaded.

    Attributes:
        problems: One a file: its name, and whether it is missing, was added or was changed.
    """

    def __init__(self, model: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            f"{model} was not loaded, because its files are not those that were registered: "
            f"{'; '.join(self.problems)}. Train and register it again."
        )


class UntrustedModelError(ModelFileError):
    """The files of a model ask for something outside the allow-list; nothing of it was loaded.

    Attributes:
        offenders: The types or files that were refused.
    """

    def __init__(self, source: str, offenders: Sequence[str]) -> None:
        self.offenders = tuple(offenders)
        super().__init__(
            f"{source} was not loaded: it contains {', '.join(self.offenders)}, "
            "which this project never writes. Train the model again, or take it from a source you trust."
        )


class IncompatibleModelError(ModelFileError):
    """A model was written by a format or library version that this one cannot read safely."""


class OtherLibraryVersionWarning(UserWarning):
    """A model was written by another patch version of a library than the one that reads it."""


class DamagedReferenceError(SentimentError):
    """What a version is compared with in monitoring is not what was made for it; nothing was judged by it."""


class StepFailedError(SentimentError):
    """Steps of a pipeline run failed.

    Attributes:
        reasons: What each step that failed raised, by step name.
    """

    def __init__(self, run: str, reasons: Mapping[str, str], advice: str) -> None:
        self.reasons = dict(reasons)
        listed = "\n".join(f"  - {step}: {reason}" for step, reason in self.reasons.items())
        super().__init__(f"pipeline run {run} failed:\n{listed}\n{advice} `-v` shows everything.")


class SearchError(SentimentError):
    """A search for better candidates found nothing to go by."""


class IncomparableReportsError(SentimentError):
    """Two models were scored on different rows, so that their numbers say nothing about each other."""


class TrackingError(SentimentError):
    """The tracking server could not be reached or refused what it was asked."""


class RegistryError(SentimentError):
    """The registry's rules do not allow what was asked."""


class UnknownVersionError(RegistryError):
    """The registered model has no such version, or none that can be used."""

    exit_code: ClassVar[int] = 2


class AlreadyChampionError(RegistryError):
    """The version is the champion already: there is nothing to do."""

    exit_code: ClassVar[int] = 0


class ToolError(SentimentError):
    """A program in an environment of its own failed, took too long, or answered something else than was asked."""


class ToolMissingError(ToolError):
    """The environment of an optional program was not made on this machine."""

    exit_code: ClassVar[int] = 6


class SparkError(SentimentError):
    """Spark could not be started, or one of its workers failed."""


class ServiceError(SentimentError):
    """The model server is not there, or does not do what it should."""
