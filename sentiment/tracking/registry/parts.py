"""Taking a registered model home: its files, and its parts in formats that anybody can read."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import tempfile
from pathlib import Path

import yaml

from sentiment.errors import InputError
from sentiment.models.text_model import TextModel
from sentiment.tracking import MODEL_NAME
from sentiment.tracking.registry.store import Registry
from sentiment.tracking.registry.verification import load_verified
from sentiment.tracking.registry.version import Version

_README = """\
# {name}, version {version}

With the project, from its folder: `python run.py serve --model {quoted}`.

Elsewhere, MLflow loads it with what `model/requirements.txt` lists and this project's code, which no index has:

    python3.11 -m venv environment
    environment/bin/pip install -r {quoted}/model/requirements.txt
    environment/bin/pip install --no-deps PROJECT       # the folder of a checkout, or git+https://… of one

```python
import mlflow, pandas

model = mlflow.pyfunc.load_model({path!r})
model.predict(pandas.DataFrame({{"review": ["I love this dress"], "title": [""]}}))
```

Without the second line of pip's, that says "No module named 'sentiment'". MLflow trusts the files that it loads; the
project's own commands compare them with the digests in `version.json` first.
"""


def download(registry: Registry, version: Version, folder: Path) -> list[Path]:
    """Write a version's files and parts into a folder, all of it or nothing.

    ``model/`` is the MLflow model, ``vocabulary.txt`` its words, one a line, ``signature.json`` what it takes and
    gives, ``version.json`` where it came from, ``README.md`` how it is loaded where this project is not.

    Returns:
        The files written.

    Raises:
        InputError: The folder exists already, or cannot be made.
        TamperedModelError: The files are not those that were registered.
    """
    if folder.exists():
        raise InputError(f"{folder} exists already; the name of a new folder expected")
    with registry.files(version) as verified:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".download-") as staging:
                staged = Path(staging) / folder.name
                shutil.copytree(verified, staged / "model")
                _write_parts(staged, load_verified(verified), version)
                os.replace(staged, folder)  # noqa: PTH105  (atomic on every platform)
        except OSError as error:
            raise InputError(f"{folder} cannot be written: {error.strerror}") from error
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _write_parts(folder: Path, model: TextModel, version: Version) -> None:
    words = "".join(f"{word}\n" for word in _vocabulary(model))
    (folder / "vocabulary.txt").write_text(words, encoding="utf-8")
    described = yaml.safe_load((folder / "model" / "MLmodel").read_text(encoding="utf-8"))
    signature = {side: json.loads(described["signature"][side]) for side in ("inputs", "outputs")}
    (folder / "signature.json").write_text(json.dumps(signature, indent=2) + "\n", encoding="utf-8")
    (folder / "version.json").write_text(version.model_dump_json(indent=2) + "\n", encoding="utf-8")
    how = _README.format(
        name=MODEL_NAME, version=version.version, quoted=shlex.quote(folder.name), path=f"{folder.name}/model"
    )
    (folder / "README.md").write_text(how, encoding="utf-8")


def _vocabulary(model: TextModel) -> list[str]:
    if hasattr(model.vectorizer, "get_feature_names_out"):
        return [str(word) for word in model.vectorizer.get_feature_names_out()]
    return list(model.vectorizer.words)
