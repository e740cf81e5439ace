"""Installs what the service needs into an image, in one layer: no more than is run stays in it."""

import shutil
import subprocess
import sys
from pathlib import Path

VENV = "/venv"
TESTED = ("scipy", "sklearn", "skops", "nltk")
"""Packages whose own tests are left out; numpy needs one of its own."""


def main(lock: str) -> None:
    """Install a lock file; what is not what it says is refused.

    Args:
        lock: With a hash for every file.
    """
    python = f"{VENV}/bin/python"
    subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    subprocess.run([python, "-m", "pip", "install", "--no-cache-dir", "--require-hashes", "-r", lock], check=True)
    subprocess.run([python, "-m", "compileall", "-q", "/app"], check=True)
    subprocess.run([python, "-m", "pip", "uninstall", "--yes", "--quiet", "pip", "setuptools"], check=True)
    for package in TESTED:
        for found in Path(VENV).glob(f"lib/python3*/site-packages/{package}"):
            for tests in [path for path in found.rglob("tests") if path.is_dir()]:
                shutil.rmtree(tests, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
