"""Evidently's drift report of a window and a reference, for `python run.py monitor --evidently FILE`.

``python tools/evidently_report.py FOLDER`` reads ``given.npz`` there and writes ``answer.html``. It runs in an
environment of its own that has nothing of this project: these two files are all that they exchange. Only numbers come
in, so no text of a customer can stand in the report.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import offline  # noqa: F401

# isort: split
os.environ["DO_NOT_TRACK"] = "1"

import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline' "
    "'unsafe-eval'; style-src 'unsafe-inline'; font-src data:; img-src data: blob:\">"
)
"""The page has its scripts and fonts in it, and may load and send nothing."""
_HEAD = "<head>"


def main(folder: Path) -> None:
    """Draw every column of both sides; its tests share the window's rate of false alarms, by Bonferroni's method."""
    with np.load(folder / "given.npz", allow_pickle=False) as given:
        rate = float(given["rate"])
        window, reference = (
            pd.DataFrame({name.removeprefix(side): given[name] for name in given.files if name.startswith(side)})
            for side in ("window ", "reference ")
        )
    numbers = [str(name) for name in window if window[name].dtype != bool]
    shares = [str(name) for name in window if window[name].dtype == bool]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=shares)
    sides = [Dataset.from_pandas(_in_words(side, shares), definition) for side in (window, reference)]
    one = 1 / len(window.columns)  # a single column that changed is a change
    report = Report([DataDriftPreset(num_method="ks", cat_method="z", threshold=rate * one, drift_share=one)])
    path = folder / "whole.html"
    report.run(*sides).save_html(str(path))
    page = path.read_text(encoding="utf-8")
    if _HEAD not in page:
        raise ValueError(f"Evidently's page has no {_HEAD} to put its policy into")
    path.write_text(page.replace(_HEAD, _HEAD + POLICY, 1), encoding="utf-8")
    path.rename(folder / "answer.html")


def _in_words(side: pd.DataFrame, shares: list[str]) -> pd.DataFrame:
    return side.assign(**{name: np.where(side[name], "yes", "no") for name in shares})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
