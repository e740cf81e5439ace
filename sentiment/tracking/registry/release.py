"""Registering trained candidates, and putting them to the gate."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter

from sentiment.errors import AlreadyChampionError, ModelFileError, UnknownVersionError
from sentiment.models.text_model import TextModel
from sentiment.release.policy import Policy
from sentiment.release.promotion import Decision, Report, decide_promotion
from sentiment.release.rows import cannot_judge
from sentiment.tracking.registry.held_out import HeldOutRows, overlap, unseen_rows
from sentiment.tracking.registry.history import Event, require_fit
from sentiment.tracking.registry.store import Registry
from sentiment.tracking.registry.verification import load_verified
from sentiment.tracking.registry.version import CHAMPION, Version
from sentiment.training.lineage import LoggedFiles

DESCRIPTION = """Would the customer recommend the product, judging by the review's text? \
Input: `review`, and `title` where there is one. Output: the probability of a recommendation, and the verdict."""


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


def roll_back(registry: Registry, *, who: str, why: str) -> Event:
    """Make the champion before this one the champion again, after checking its files.

    Returns:
        What was recorded; its reasons say whether the alias was moved from outside.

    Raises:
        InputError: The reason or the name cannot be kept.
        UnknownVersionError: There was none before, or it was deleted.
        TamperedModelError: Its files are not those that were registered.
    """
    require_fit(why, who)
    with registry.changing():
        target = registry.previous_champion()
        with registry.files(target) as directory:
            load_verified(directory)
        moved = registry.moved_from_outside()
        event = Event(
            at=datetime.now(UTC),
            action="rollback",
            version=target.version,
            previous=registry.champion_number(),
            who=who,
            why=why,
            reasons=(moved,) if moved else (),
        )
        registry.set_champion(event)
    return event


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
        train_test_overlap=overlap(version, test),
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
