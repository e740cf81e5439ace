"""The registered model: its versions, and which of them is in production.

The alias ``champion`` is the truth: it holds one version by construction. Stages follow it, because the addresses and
dashboards that people know read them; where the two disagree, `Registry.repair` makes the stages follow again.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from mlflow.entities.model_registry import RegisteredModel
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_MODEL_VERSIONS

from sentiment.errors import RegistryError, UnknownVersionError
from sentiment.tracking import MODEL_NAME
from sentiment.tracking.client import Client
from sentiment.tracking.registry.history import DECISION_TAG, Event, champions, read_events, require_fit
from sentiment.tracking.registry.locking import registry_lock
from sentiment.tracking.registry.version import (
    CHAMPION,
    DIGESTS_TAG,
    MONITORING_PAGE_TAG,
    MONITORING_TAG,
    Version,
    read_version,
)

PRODUCTION, STAGING, ARCHIVED = "Production", "Staging", "Archived"
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
"""Of a version: as it is listed, and no more than every database's integers hold."""
STATE_TAG, INCOMPLETE, COMPLETE = "state", "incomplete", "complete"


class Registry:
    """Reads and changes one registered model of one store.

    Args:
        tracking_uri: The store's address.
        name: Of the registered model.
    """

    def __init__(self, tracking_uri: str, name: str = MODEL_NAME) -> None:
        self.tracking_uri = tracking_uri
        self.name = name
        self._client = Client(tracking_uri)
        self._require_lock: Callable[[], None] = _no_lock

    def versions(self) -> list[Version]:
        """List all versions, newest first; none before the first registration."""
        return sorted(self._versions(), key=lambda one: -int(one.version))

    def version(self, number: str) -> Version:
        """Read one version by its number, or by the alias ``champion``.

        Raises:
            UnknownVersionError: There is none; the message lists those there are.
        """
        champion = self.champion_number()
        wanted = champion if number == CHAMPION else number
        if wanted is None:
            raise UnknownVersionError(f"{self.name} has no champion yet: `python run.py promote` makes one.")
        if not _NUMBER.fullmatch(wanted):
            raise self._unknown(number)
        try:
            return read_version(self._client.get_model_version(self.name, wanted), champion)
        except MlflowException as error:
            raise self._unknown(number) from error

    def _unknown(self, number: str) -> UnknownVersionError:
        known = ", ".join(reversed([one.version for one in self.versions()])) or "none"
        return UnknownVersionError(
            f"{self.name} has no version {number!r}; there are: {known}. A number, or {CHAMPION}, is expected."
        )

    def champion_number(self) -> str | None:
        """Give the version in production; None before the first release."""
        model = self._registered_model()
        return str(model.aliases[CHAMPION]) if model and CHAMPION in model.aliases else None

    def history(self) -> list[Event]:
        """Read the audit trail, oldest first."""
        model = self._registered_model()
        return read_events(model.tags) if model else []

    def find(self, model_uri: str) -> Version | None:
        """Find the newest version made of a logged model."""
        return max(self._versions(f" and source_path = '{model_uri}'"), key=lambda one: int(one.version), default=None)

    def create(self, model_uri: str, description: str, tags: Mapping[str, str]) -> str:
        """Make a logged model a version, incomplete for now, and the registered model if it is the first.

        ZenML's own registry component does not tell MLflow which logged model it is; a server refuses that.

        Args:
            model_uri: Of the logged model.
            description: Of the version, for people.
            tags: Of the version; they come with it in one write.

        Returns:
            The version's number.
        """
        self._client.ensure("create_registered_model", self.name)
        created = self._client.create_model_version(
            self.name,
            model_uri,
            tags={**tags, STATE_TAG: INCOMPLETE},
            description=description,
            model_id=model_uri.removeprefix("models:/"),
        )
        return str(created.version)

    def complete(self, number: str, digests: Mapping[str, str]) -> Version:
        """Finish a version that was just created, digests last: until they are there it cannot be promoted."""
        self._transition(number, STAGING)
        self._name_on_its_models_page(number)
        self._client.set_model_version_tag(self.name, number, STATE_TAG, COMPLETE)
        self._client.set_model_version_tag(self.name, number, DIGESTS_TAG, json.dumps(dict(digests), sort_keys=True))
        return self.version(number)

    def describe(self, description: str) -> None:
        """Say what the registered model is, for people who look at its page."""
        self._client.update_registered_model(self.name, description)

    @contextmanager
    def changing(self) -> Iterator[list[str]]:
        """Hold the lock under which the champion is judged and changed.

        Yields:
            What `repair`, which comes first, had to mend.
        """
        with registry_lock(self.tracking_uri) as self._require_lock:
            yield self.repair()

    def set_champion(self, event: Event) -> None:
        """Make ``event.version`` the champion; to be called inside `changing`.

        The event is written first and confirmed last; the alias is the one atomic step between.

        Raises:
            RegistryError: The version was left half made, or the registry did not keep what was written.
        """
        _ = self.version(event.version).digests
        self._write(event)
        self._require_lock()
        self._client.set_registered_model_alias(self.name, CHAMPION, event.version)
        self._transition(event.version, PRODUCTION)
        if (found := self.champion_number()) != event.version:
            raise RegistryError(f"the alias {CHAMPION!r} names version {found}; {event.version} was written")
        self._write(event.model_copy(update={"confirmed": True}))

    def moved_from_outside(self) -> str | None:
        """Say where the alias was moved without this project, in a sentence; None where the audit trail agrees."""
        champion, recorded = self.champion_number(), champions(self.history())
        if not recorded or recorded[-1] == champion:
            return None
        to = f"to version {champion}" if champion else "away"
        return (
            f"The alias {CHAMPION!r} was moved {to} from outside: version {recorded[-1]} was the last champion that "
            "the audit trail knows."
        )

    def previous_champion(self) -> Version:
        """Give the champion before this one; where the alias was moved from outside, the one before that.

        Raises:
            UnknownVersionError: There was none, or it was deleted.
        """
        champion, before = self.champion_number(), champions(self.history())
        known = [one.version for one in self.versions()]
        if before and (before[-1] == champion or (champion is None and before[-1] not in known)):
            before.pop()
        if not before:
            raise UnknownVersionError("there is no champion to go back to: the present one is the first")
        if before[-1] not in known:
            raise UnknownVersionError(
                f"version {before[-1]}, the champion before, was deleted; there are: {', '.join(reversed(known))}. "
                "Nothing was changed. `python run.py promote VERSION` puts one of them to the gate; "
                "--force REASON makes it the champion whatever the gate says."
            )
        return self.version(before[-1])

    def set_aside(self, number: str, *, archived: bool, who: str, why: str) -> None:
        """Archive a version, or bring it back to Staging.

        Raises:
            InputError: The reason or the name cannot be kept.
            RegistryError: It is the champion.
        """
        require_fit(why, who)
        with self.changing():
            if (found := self.version(number).version) == self.champion_number():
                raise RegistryError(f"version {found} is the champion; promote another or roll back first")
            event = Event(
                at=datetime.now(UTC),
                action="archive" if archived else "restore",
                version=number,
                previous=self.champion_number(),
                who=who,
                why=why,
                confirmed=True,
            )
            self._transition(number, ARCHIVED if archived else STAGING)
            self._write(event)

    def repair(self) -> list[str]:
        """Make the stages follow the alias, and settle events whose writer was interrupted.

        Returns:
            What was mended, a sentence each.
        """
        champion = self.champion_number()
        mended = [self._settle(event, champion) for event in self.history() if not event.confirmed]
        for version in self.versions():
            if version.version == champion and version.stage != PRODUCTION:
                self._transition(version.version, PRODUCTION)
                mended.append(f"version {version.version} is the champion: {version.stage} → {PRODUCTION}")
            elif version.version != champion and version.stage == PRODUCTION:
                self._transition(version.version, ARCHIVED)
                mended.append(f"version {version.version} is not the champion: {PRODUCTION} → {ARCHIVED}")
        return mended

    @contextmanager
    def files(self, version: Version) -> Iterator[Path]:
        """Fetch a version's files, checked against its digests; raises as `verification.verified_files`."""
        from sentiment.tracking.registry.verification import verified_files

        location = self._client.get_logged_model(version.model_uri.removeprefix("models:/")).artifact_location
        name = f"version {version.version} of {self.name}"
        with verified_files(name, location, version.digests, tracking_uri=self.tracking_uri) as directory:
            yield directory

    def note_decision(self, number: str, decision: str) -> None:
        """Keep the gate's last decision with the version it was about, as JSON."""
        self._client.set_model_version_tag(self.name, number, DECISION_TAG, decision)

    def note_monitoring(self, number: str, *, said: str, page: str) -> None:
        """Keep what monitoring said last with the version it was about, and the page of that window's run in MLflow."""
        self._client.set_model_version_tag(self.name, number, MONITORING_PAGE_TAG, page)
        self._client.set_model_version_tag(self.name, number, MONITORING_TAG, said)

    def _versions(self, also: str = "") -> list[Version]:
        found = self._client.search_model_versions(f"name = '{self.name}'{also}", max_results=10_000)
        champion = self.champion_number()
        return [read_version(one, champion) for one in found]

    def _registered_model(self) -> RegisteredModel | None:
        try:
            return cast(RegisteredModel, self._client.get_registered_model(self.name))
        except MlflowException:  # not there; all else is a TrackingError
            return None

    def _settle(self, event: Event, champion: str | None) -> str:
        """Confirm an interrupted change that did happen, and drop one that did not."""
        if event.version == champion:
            self._write(event.model_copy(update={"confirmed": True}))
            return (
                f"confirmed the {event.action} of version {event.version}, which was interrupted after it took effect"
            )
        self._client.delete_registered_model_tag(self.name, event.tag)
        return f"dropped the {event.action} of version {event.version}, which was interrupted before it took effect"

    def _transition(self, number: str, stage: str) -> None:
        """Move a version to a stage; whatever was in Production before is archived in the same transaction."""
        with warnings.catch_warnings():
            # Stages are deprecated; addresses and dashboards that people know still read them.
            warnings.simplefilter("ignore", FutureWarning)
            self._client.transition_model_version_stage(
                self.name, number, stage, archive_existing_versions=stage == PRODUCTION
            )

    def _name_on_its_models_page(self, number: str) -> None:
        """Say on the logged model which version it is, as MLflow's own call for registering does; a server has done."""
        model = self._client.get_logged_model(self.version(number).model_uri.removeprefix("models:/"))
        named = json.loads(model.tags.get(MLFLOW_MODEL_VERSIONS, "[]"))
        if all((one["name"], str(one["version"])) != (self.name, number) for one in named):
            named.append({"name": self.name, "version": int(number)})
            self._client.set_logged_model_tags(model.model_id, {MLFLOW_MODEL_VERSIONS: json.dumps(named)})

    def _write(self, event: Event) -> None:
        self._client.set_registered_model_tag(self.name, event.tag, event.value())


def _no_lock() -> None:
    raise RegistryError("the champion is changed inside `changing` only")
