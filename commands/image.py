"""`python run.py image`: a build context for the service."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from commands.project import ROOT
from commands.without_zenml import WithoutZenML


@click.command(cls=WithoutZenML)
@click.argument("given", nargs=-1, metavar="[VERSION] FOLDER")
def image(given: tuple[str, ...]) -> None:
    """Write what an image of the service is built from into FOLDER, with VERSION or the champion.

    FOLDER gets the verified model, the code, a lock file, a Dockerfile, Cloud Run's description of the service, and a
    README with the commands for this machine and for Cloud Run.

    Example: python run.py image build/image
    """
    from sentiment.errors import InputError
    from sentiment.service.image import write_context
    from sentiment.tracking.registry.parts import download
    from steps.shared.registry import open_registry

    version, folder = _parted(given)
    if folder.exists():
        raise InputError(f"{folder} exists already; the name of a new folder expected")
    registry = open_registry()
    with tempfile.TemporaryDirectory() as made:
        downloaded = Path(made) / "version"
        download(registry, registry.version(version), downloaded)
        for path in write_context(downloaded, ROOT, folder):
            click.echo(path)


def _parted(given: tuple[str, ...]) -> tuple[str, Path]:
    """Tell the version, which may be left out, from the folder, which may not."""
    *version, folder = given or ("",)
    if len(version) > 1 or not folder or (not version and (folder == "champion" or folder.isdigit())):
        found = repr(" ".join(given)) if given else "nothing"
        raise click.UsageError(f"found {found}; a version and a new folder, or a folder alone expected")
    return (version or ["champion"])[0], Path(folder)
