"""The project's own service against MLflow's server on a bare scikit-learn pipeline of the same model.

The load comes from wrk (the most requests a second) and autocannon (latency at a fixed rate, corrected for coordinated
omission), on the other core than the server. Without them nothing is measured, and that is said.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import click
import psutil

from benchmarks.data import ROOT, candidate, parts, texts
from benchmarks.serving import answers, save_bare, served
from benchmarks.timing import Comparison, at_least, at_most
from sentiment.models.digests import digests
from sentiment.models.files import save_model
from sentiment.models.known_answers import known_answers
from sentiment.models.text_model import TextModel

THEIRS = "MLflow's server on a bare pipeline"
TOKEN = "benchmark-benchmark-benchmark"  # noqa: S105  (of a server that lives for a minute, on loopback)
RATE, MANY, REVIEWS = 300, 256, 500
CONNECTIONS_IN_OVERLOAD = 1_000
_WRK = """
local bodies = {}
for line in io.lines("%s") do bodies[#bodies + 1] = line end
local at = 0
request = function()
  at = at %% #bodies + 1
  return wrk.format("POST", nil, {["content-type"] = "application/json", ["authorization"] = "Bearer %s"}, bodies[at])
end
"""
_BY_STATUS = """
const [autocannon, url, rate, connections, token, body] = process.argv.slice(1);
const headers = {'content-type': 'application/json', authorization: `Bearer ${token}`};
const load = {url, overallRate: +rate, connections: +connections, duration: 10, method: 'POST', headers, body};
const seen = {};
require(autocannon)(load, (_, result) => console.log(JSON.stringify({seen, errors: result.errors})))
  .on('response', (client, status, bytes, took) => (seen[status] ||= []).push(took));
"""


@dataclass(frozen=True)
class Running:
    """A server under test."""

    url: str
    pid: int

    @property
    def memory(self) -> int:
        """Bytes of its processes."""
        process = psutil.Process(self.pid)
        return sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))


def compare(data: Path, *, short: bool) -> list[Comparison]:
    """Measure both sides in one run; in short only the most requests a second."""
    if shutil.which("wrk") is None or (not short and _autocannon() is None):
        click.echo("skipped: needs wrk (`apt-get install wrk`) and autocannon (`npm install -g autocannon`)", err=True)
        return []
    train, validation, _ = parts(data)
    model = candidate("tfidf_linear").fit(train, validation, 0).model
    reviews = texts(data)[:REVIEWS]
    with tempfile.TemporaryDirectory() as made, ExitStack() as servers:
        folder = Path(made)
        _write_download(model, folder / "version")
        save_bare(model, folder / "reference")
        ours = servers.enter_context(_service(folder / "version", folder / "log", TOKEN))
        theirs = servers.enter_context(_mlflow(folder / "reference"))
        asked = [(ours, _bodies(folder / "ours", [{"review": one} for one in reviews]))]
        asked.append((theirs, _bodies(folder / "theirs", [{"inputs": [one]} for one in reviews])))
        seconds = 3 if short else 10
        most = [_most_a_second(server, bodies, seconds) for server, bodies in asked]
        rows = [at_least("one review a request: seconds each", THEIRS, 1 / most[0], 1 / most[1], 2 if short else 4)]
        if short:
            return rows
        rows += _latency(asked, bearable=0.7 * most[1])
        rows += _batches(folder, reviews, ours, theirs)
        rows += _beside_bare(folder, asked[0])
        rows.append(at_most("memory when ready", THEIRS, ours.memory, theirs.memory, 1 / 3, "B"))
        rows += _grown(ours, asked[0][1])
        rows += _overload(*asked[0], most=most[0])  # the last: for a while after it there is a queue
    return [*rows, _start(data, model)]


def _latency(asked: list[tuple[Running, Path]], *, bearable: float) -> list[Comparison]:
    mine = _at_a_rate(*asked[0], RATE)
    other = _at_a_rate(*asked[1], min(RATE, int(bearable)))
    return [
        at_most(f"p50 at {RATE} requests a second", f"{THEIRS}, at what it bears", mine[0], other[0], 1 / 3),
        at_most(f"p99 at {RATE} requests a second", f"{THEIRS}, at what it bears", mine[1], other[1], 1 / 2),
        at_most("p99", "its own p50", mine[1], mine[0], 10),
    ]


def _batches(folder: Path, reviews: list[str], ours: Running, theirs: Running) -> list[Comparison]:
    many = [reviews[start : start + MANY] for start in range(0, len(reviews) - MANY + 1, 50)]
    mine = _bodies(folder / "ours-many", [{"reviews": part} for part in many])
    other = _bodies(folder / "theirs-many", [{"inputs": part} for part in many])
    taken = (1 / _most_a_second(*side, 10, connections=2) for side in ((ours, mine), (theirs, other)))
    our_seconds, their_seconds = taken
    return [at_least(f"{MANY} reviews a request: seconds each", THEIRS, our_seconds, their_seconds, 1.4)]


def _overload(ours: Running, script: Path, *, most: float) -> list[Comparison]:
    """Offer the most a second, and twice that: who is answered waits little longer, who is refused less."""
    body = script.with_suffix("").read_text(encoding="utf-8").splitlines()[0]
    at_the_most, twice = (_by_status(ours, body, int(most * times)) for times in (1, 2))
    rows = [
        at_most("p99 of the answered, offered twice the most", "itself, offered the most", twice[0], at_the_most[0], 3)
    ]
    if twice[1] is not None:
        rows.append(at_most("p50 of the refused", "p99 of the answered", twice[1], twice[0], 1))
    return rows


def _by_status(server: Running, body: str, rate: int) -> tuple[float, float | None]:
    """Give the 99th percentile of the answers' latency, and the median of the refusals', in seconds."""
    module = Path(_autocannon() or "").resolve().parent
    given = [str(module), server.url, str(rate), str(CONNECTIONS_IN_OVERLOAD), TOKEN, body]
    done = json.loads(
        subprocess.run([*_core(1), "node", "-e", _BY_STATUS, *given], capture_output=True, check=True).stdout
    )
    answered, refused = done["seen"].pop("200"), done["seen"].pop("503", [])
    if done["errors"] or done["seen"]:
        raise RuntimeError(f"requests failed: {done['errors']} errors, other answers: {list(done['seen'])}")
    return quantiles(answered, n=100)[98] / 1000, median(refused) / 1000 if refused else None


def _beside_bare(folder: Path, ours: tuple[Running, Path]) -> list[Comparison]:
    """Measure what the log and the token cost, alternating."""
    with _service(folder / "version", None, None) as bare:
        pairs = [(_most_a_second(*ours, 5), _most_a_second(bare, ours[1], 5)) for _ in range(3)]
    mine, other = (median(1 / pair[side] for pair in pairs) for side in (0, 1))
    return [at_most("with prediction log and token", "itself without them", mine, other, 1.15)]


def _grown(ours: Running, bodies: Path) -> list[Comparison]:
    """Measure the memory after 50,000 requests and after 500,000."""
    done, before = 0.0, 0
    while done < 500_000:
        done += _most_a_second(ours, bodies, 5) * 5
        before = before or (ours.memory if done > 50_000 else 0)
    bound = 1 + 10e6 / before
    return [at_most("memory after 500,000 requests", "itself after 50,000", ours.memory, before, bound, "B")]


def _start(data: Path, model: TextModel) -> Comparison:  # noqa: ARG001
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "version"
        _write_download(model, folder)
        mine, other = [], []
        for _ in range(5):
            started = time.perf_counter()
            with _service(folder, None, None):
                mine.append(time.perf_counter() - started)
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", "import mlflow"], check=True)
            other.append(time.perf_counter() - started)
    return at_most("start to ready", "import mlflow", median(mine), median(other), 0.6)


def _write_download(model: TextModel, folder: Path) -> None:
    files = folder / "model" / "data" / "files"
    files.mkdir(parents=True)
    save_model(model, files)
    (folder / "model" / "MLmodel").write_text("mlflow_version: 3\n", encoding="utf-8")
    answered = json.dumps([one.model_dump() for one in known_answers(model)])
    tags = {"files_sha256": json.dumps(digests(folder / "model")), "known_answers": answered}
    (folder / "version.json").write_text(json.dumps({"version": "1", "tags": tags}), encoding="utf-8")


@contextmanager
def _service(version: Path, log: Path | None, token: str | None) -> Iterator[Running]:
    address = version.with_name(f"address-{time.monotonic_ns()}")
    order = ["--model", version, "--port", "0", "--predictions", log or "none", "--started", address]
    environment = {name: value for name, value in os.environ.items() if name != "SENTIMENT_TOKEN"}
    process = subprocess.Popen(
        [*_core(0), sys.executable, str(ROOT / "run.py"), "-q", "serve", *map(str, order)],
        env=environment | ({"SENTIMENT_TOKEN": token} if token else {}),
    )
    try:
        deadline = time.monotonic() + 60
        while not address.exists() or not answers(address.read_text(encoding="utf-8")):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the service did not start")
            time.sleep(0.005)
        yield Running(f"{address.read_text(encoding='utf-8')}/predict", process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def _mlflow(model: Path) -> Iterator[Running]:
    before = {child.pid for child in psutil.Process().children()}
    with served(model) as url:
        (pid,) = {child.pid for child in psutil.Process().children()} - before
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
            process.cpu_affinity([0])
        yield Running(url, pid)


def _core(number: int) -> list[str]:
    return ["taskset", "--cpu-list", str(number)]


def _bodies(path: Path, bodies: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(body) + "\n" for body in bodies), encoding="utf-8")
    script = path.with_suffix(".lua")
    script.write_text(_WRK % (path, TOKEN), encoding="utf-8")
    return script


def _most_a_second(server: Running, script: Path, seconds: int, connections: int = 16) -> float:
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--timeout"]
    order = [*_core(1), *command, "30s", "--script", str(script), server.url]
    done = subprocess.run(order, capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"requests failed:\n{done.stdout}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout)
    return float(found[1])


def _at_a_rate(server: Running, script: Path, rate: int) -> tuple[float, float]:
    """Give the median and the 99th percentile of the latency, in seconds."""
    body = script.with_suffix("").read_text(encoding="utf-8").splitlines()[0]
    headers = ["--headers", "content-type=application/json", "--headers", f"authorization=Bearer {TOKEN}"]
    load = ["--connections", "10", "--overallRate", str(rate), "--duration", "15", "--json", "--no-progress"]
    program = _autocannon() or ""
    order = [*_core(1), program, *load, "--method", "POST", *headers, "--body", body, server.url]
    done = json.loads(subprocess.run(order, capture_output=True, text=True, check=True).stdout)
    if done["non2xx"] or done["errors"]:
        raise RuntimeError(f"requests failed: {done['non2xx']} answers, {done['errors']} errors")
    return done["latency"]["p50"] / 1000, done["latency"]["p99"] / 1000


def _autocannon() -> str | None:
    return shutil.which("autocannon", path=f"{os.environ['PATH']}:{ROOT / 'build' / 'node_modules' / '.bin'}")
