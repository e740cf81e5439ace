"""Passwords: kept by ZenML, encrypted, and nowhere else."""

from __future__ import annotations

import secrets
from pathlib import Path

from pydantic import SecretStr
from zenml.client import Client
from zenml.config.global_config import GlobalConfiguration
from zenml.config.secrets_store_config import SecretsStoreConfiguration
from zenml.enums import SecretsStoreType, StoreType

from stack_config.active import zenml_folder

_KEY_BYTES = 32


def encrypt_secrets() -> list[str]:
    """Have ZenML encrypt secrets in its local database; without a key, it only encodes them.

    The key goes into ZenML's own configuration file, so that its command line and dashboard can use it; the file is
    made readable for its owner alone. A ZenML server, and a store of another kind, keep secrets in their own way.

    ZenML 0.98 hands the key to its steps as asterisks, and a ZenML that a step starts may write these into its
    configuration, which makes every secret unreadable; so a copy of the key is kept beside it, and put back.

    Returns:
        What was changed, a sentence each; empty when a key was there.
    """
    store = GlobalConfiguration().store_configuration
    kept = store.secrets_store
    if store.type != StoreType.SQL or (kept is not None and kept.type != SecretsStoreType.SQL):
        return []
    key, copy = _key_of(kept), zenml_folder() / "secrets.key"
    if copy.is_file() and key != (kept_key := copy.read_text(encoding="ascii").strip()):
        _use_key(kept_key)
        return ["ZenML's configuration had lost the key of its secrets; it was put back"]
    if key:
        return []
    there = _all_values()
    key = secrets.token_hex(_KEY_BYTES)
    _write_privately(copy, key)
    _use_key(key)
    for name, values in there.items():
        Client().update_secret(name, add_or_update_values=values)
    return ["ZenML's local database encrypts secrets from now on; the key is in ZenML's own configuration"]


def remember(name: str, values: dict[str, str]) -> None:
    """Keep values in the secret `name`, beside those that it has."""
    client = Client()
    if recall(name):
        client.update_secret(name, add_or_update_values=values)
    else:
        client.create_secret(name, values=values)


def recall(name: str) -> dict[str, str]:
    """Read the values of a secret; none when it does not exist."""
    try:
        return Client().get_secret(name, allow_partial_name_match=False, allow_partial_id_match=False).secret_values
    except KeyError:
        return {}


def forget(name: str) -> None:
    """Delete a secret, if it is there."""
    if recall(name):
        Client().delete_secret(name)


def _all_values() -> dict[str, dict[str, str]]:
    client = Client()
    found = client.list_secrets(size=1000).items
    return {secret.name: client.get_secret(secret.id).secret_values for secret in found}


def _key_of(store: SecretsStoreConfiguration | None) -> str:
    key = getattr(store, "encryption_key", None)
    return key.get_secret_value() if isinstance(key, SecretStr) else key or ""


def _write_privately(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text + "\n", encoding="ascii")


def _use_key(key: str) -> None:
    configuration = GlobalConfiguration()
    Path(configuration.config_directory).joinpath("config.yaml").chmod(0o600)
    encrypted = SecretsStoreConfiguration.model_validate({"type": SecretsStoreType.SQL, "encryption_key": key})
    configuration.set_store(configuration.store_configuration.model_copy(update={"secrets_store": encrypted}))
