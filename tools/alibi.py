"""Alibi Detect's classifier two-sample test of a window and a reference, for `python run.py monitor --detector alibi`.

``python tools/alibi.py FOLDER`` reads ``given.npz`` there and writes ``answer.json``. It runs in an environment of
its own that has nothing of this project: these two files are all that they exchange.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import offline  # noqa: F401

# isort: split
import alibi_detect
import numpy as np
from alibi_detect.cd import ClassifierDrift
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression


def main(folder: Path) -> None:
    """Fit a classifier that tells the window from the reference on half of the rows, and test it on the others.

    Out-of-fold answers of several classifiers would use all rows, but they depend on each other, and the
    Kolmogorov-Smirnov test that decides takes its values for independent.
    """
    with np.load(folder / "given.npz", allow_pickle=False) as given:
        parts = (given["data"], given["indices"], given["indptr"])
        features = csr_matrix(parts, shape=tuple(given["shape"])).toarray().astype(np.float32)
        is_window, rate, seed = given["is_window"], float(given["rate"]), int(given["seed"])
    np.random.seed(seed)  # it deals the halves out by numpy's global generator, whatever its own seed
    detector = ClassifierDrift(
        features[~is_window],
        LogisticRegression(max_iter=1_000),
        backend="sklearn",
        p_val=rate,
        train_size=0.5,
    )
    found = detector.predict(features[is_window], return_probs=False, return_model=False)["data"]
    answer = {
        "tool": f"alibi-detect {alibi_detect.__version__}",
        "test": "classifier two-sample test",
        "rows": len(features),
        "p_value": float(found["p_val"]),
        "distance": float(found["distance"]),
        "changed": bool(found["is_drift"]),
    }
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
