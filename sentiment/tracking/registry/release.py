"""Registering trained candidates, and putting them to the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentiment.errors import AlreadyChampionError, ModelFileError, UnknownVersionError
from sentiment.metrics.fingerprint import fingerprint
from sentiment.models.families.base import Examples
from sentiment.models.text_model import TextModel
from sentiment.release.policy import Policy
from sentiment.release.promotion import Check, Decision, Report, decide_promotion
from sentiment.release.registration import SEEN_TAG
from sentiment.release.rows import cannot_judge, check_rows
from sentiment.reviews.reading import examples
from sentiment.reviews.seen import seen
from sentiment.text import TITLE_END
from sentiment.tracking.registry import seen_texts
from sentiment.tracking.registry.history import Event, require_fit
from sentiment.tracking.registry.store import Registry
from sentiment.tracking.registry.verification import load_verified
from sentiment.tracking.registry.version import CHAMPION, Version
from sentiment.training.lineage import LoggedFiles

DESCRIPTION = """Would the customer recommend the product, judging by the review's text? \
Input: `review`, and `title` where there is one. Output: the probability of a recommendation, and the verdict."""


@dataclass(frozen=True)
class HeldOutRows:
    """The rows on which champion and challenger are compared.

    Attributes:
        examples: Documents and labels.
        rows: The rows' numbers in their file.
        data_sha256: Of the file; a model trained on another file may have been trained on these very rows.
    """

    examples: Examples
    rows: tuple[int, ...]
    data_sha256: str

    def only(self, chosen: NDArray[np.bool_]) -> HeldOutRows:
        """Take some of the rows; `chosen` has the shape ``(n_rows,)``."""
        if chosen.all():
            return self
        positions = np.flatnonzero(chosen).tolist()
        ratings = self.examples.ratings
        kept = Examples(
            [self.examples.documents[position] for position in positions],
            self.examples.labels[chosen],
            None if ratings is None else ratings[chosen],
        )
        return HeldOutRows(kept, tuple(self.rows[position] for position in positions), self.data_sha256)

    @property
    def fingerprint(self) -> str:
        """The same for the same rows with the same labels and texts."""
        return fingerprint(self.rows, self.examples.labels, self.examples.documents)


@dataclass(frozen=True)
class UnseenRows:
    """Test rows that neither of two versions was trained on.

    Attributes:
        left: These.
        left_out: How many others there were.
        unknown: Versions of which it is not known what they were trained on.
    """

    left: HeldOutRows
    left_out: int
    unknown: tuple[str, ...]

    def check(self) -> Check | None:
        """Ask whether enough are left to judge by; None where none was left out and everything is known."""
        labels = np.bincount(self.left.examples.labels, minlength=2)
        return check_rows(labels.tolist(), left_out=self.left_out, unknown=self.unknown)


def held_out_rows(test_rows: pd.DataFrame, *, data_sha256: str) -> HeldOutRows:
    """Take the test rows of a frame of reviews."""
    return HeldOutRows(examples(test_rows), tuple(test_rows["row"].tolist()), data_sha256)


def register(
    registry: Registry,
    files: LoggedFiles,
    *,
    description: str,
    tags: dict[str, str],
) -> Version:
    """Make a logged model a version of the registered model, in Staging.

    Doing it again gives the version there is; one that was left half made is finished.

    Args:
        registry: Where to.
        files: The logged model, with the digests its files had when it was logged.
        description: Of the version, for people.
        tags: Of the version.
    """
    found = registry.find(files.model_uri)
    if found is not None and found.complete:
        return found
    number = found.version if found else registry.create(files.model_uri, description, tags)
    registry.describe(DESCRIPTION)
    return registry.complete(number, files.digests)


def promote(
    registry: Registry,
    number: str,
    test: HeldOutRows,
    policy: Policy,
    *,
    who: str,
    force_reason: str | None = None,
) -> Decision:
    """Put a version to the gate, and make it the champion when it passes.

    Judging and changing happen under one lock; the champion is scored again on the same rows, now.

    Args:
        registry: Has the version.
        number: Of the challenger.
        test: The rows both are scored on.
        policy: The gate's limits.
        who: For the audit trail.
        force_reason: Makes it the champion whatever the gate says; recorded as such.

    Raises:
        InputError: The reason or the name cannot be kept.
        UnknownVersionError: There is no such version.
        AlreadyChampionError: It is the champion.
        ModelFileError: The challenger cannot be loaded, because its files were changed or another library wrote them;
            or the champion cannot, and no force is used.
        RegistryError: The version is half made, or somebody else holds the lock for too long.
    """
    require_fit(force_reason or "", who)
    with registry.changing():
        challenger = registry.version(number)
        champion = _champion(registry)
        if champion is not None and champion.version == challenger.version:
            raise AlreadyChampionError(f"version {challenger.version} is the champion already")
        rows = unseen_rows(registry, test, [champion, challenger], counted=challenger)
        if (too_few := rows.check()) is not None and not too_few.passed:
            decision = cannot_judge(too_few, force_reason=force_reason, first_release=champion is None)
        else:
            asked = report_on(registry, challenger, rows.left)
            in_production, unscored = _report_on_champion(
                registry, champion, rows.left, forced=force_reason is not None
            )
            decision = decide_promotion(
                asked, in_production, policy, force_reason=force_reason, unscored=unscored, rows=too_few
            )
        versions = {"challenger": challenger.version, "champion": champion.version if champion else ""}
        decision = decision.model_copy(update=versions)
        if decision.promoted:
            registry.set_champion(
                Event(
                    at=datetime.now(UTC),
                    action="force" if decision.forced else "promote",
                    version=challenger.version,
                    previous=champion.version if champion else None,
                    who=who,
                    why=force_reason or "",
                    reasons=decision.reasons(),
                )
            )
        registry.note_decision(challenger.version, decision.model_dump_json())
    return decision


def unseen_rows(
    registry: Registry, test: HeldOutRows, versions: Sequence[Version | None], *, counted: Version | None = None
) -> UnseenRows:
    """Leave out the rows whose text any of some versions was trained on.

    Args:
        registry: Has the versions.
        test: The rows.
        versions: None is no version.
        counted: The one whose rows the gate counts by itself, should it keep no fingerprints.

    Raises:
        TamperedModelError: The fingerprints of a version are not those that were stored.
    """
    texts = [document.rpartition(TITLE_END)[2] for document in test.examples.documents]
    unseen = np.ones(len(texts), dtype=bool)
    unknown = []
    for version in versions:
        if version is None:
            continue
        known = seen_texts.load(version, registry.tracking_uri)
        if known is not None:
            unseen &= ~seen(texts, known)
        elif version is not counted and _overlap(version, test) != 0:
            unknown.append(version.version)
    return UnseenRows(test.only(unseen), left_out=int((~unseen).sum()), unknown=tuple(unknown))


def roll_back(registry: Registry, *, who: str, why: str) -> Version:
    """Make the champion before this one the champion again, after checking its files.

    Raises:
        InputError: The reason or the name cannot be kept.
        UnknownVersionError: There was none before.
        TamperedModelError: Its files are not those that were registered.
    """
    require_fit(why, who)
    with registry.changing():
        target = registry.previous_champion()
        with registry.files(target) as directory:
            load_verified(directory)
        registry.set_champion(
            Event(
                at=datetime.now(UTC),
                action="rollback",
                version=target.version,
                previous=registry.champion_number(),
                who=who,
                why=why,
            )
        )
    return registry.version(target.version)


def load_version(registry: Registry, version: Version) -> TextModel:
    """Load the trained pair of a version, after checking its files; raises as `Registry.files`."""
    with registry.files(version) as directory:
        return load_verified(directory)


def report_on(registry: Registry, version: Version, test: HeldOutRows) -> Report:
    """Score a version on test rows, for the gate; raises as `load_version`."""
    model = load_version(registry, version)
    started = perf_counter()
    probabilities = model.predict_proba(test.examples.documents)
    microseconds = (perf_counter() - started) / len(test.examples.documents) * 1e6
    return Report(
        labels=test.examples.labels,
        probabilities=probabilities,
        threshold=model.threshold,
        fingerprint=test.fingerprint,
        microseconds_per_review=microseconds,
        model_bytes=int(version.tags["model_bytes"]),
        is_sample=version.tags["is_sample"] == "true",
        train_test_overlap=_overlap(version, test),
    )


def _report_on_champion(
    registry: Registry, champion: Version | None, test: HeldOutRows, *, forced: bool
) -> tuple[Report | None, str | None]:
    """Score the champion, or, where a promotion is forced, say why it cannot be: it must not stay for that.

    Raises:
        ModelFileError: It cannot be loaded, and nothing is forced.
    """
    if champion is None:
        return None, None
    try:
        return report_on(registry, champion, test), None
    except ModelFileError as error:
        if not forced:
            error.add_note(
                f"This is the champion. `python run.py promote VERSION --force REASON` replaces version "
                f"{champion.version} without comparing."
            )
            raise
        return None, str(error)


def _overlap(version: Version, test: HeldOutRows) -> int | None:
    """Count the test rows that the version was trained on; None where that cannot be known.

    Rows that a version with fingerprints has seen were left out before.
    """
    if SEEN_TAG in version.tags:
        return 0
    if version.tags.get("data_sha256") != test.data_sha256:
        return None
    return int(version.tags["train_test_overlap"])


def _champion(registry: Registry) -> Version | None:
    return registry.version(CHAMPION) if registry.champion_number() else None


def newest_best(registry: Registry) -> Version:
    """Find the newest version that ranked first among the candidates of its run, on their validation rows.

    Raises:
        UnknownVersionError: There is none that could be promoted.
    """
    for version in registry.versions():
        if version.complete and version.tags.get("rank") == "1":
            return version
    raise UnknownVersionError(f"{registry.name} has no version that ranked first; `python run.py` registers one")
