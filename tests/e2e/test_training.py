"""`python run.py` from nothing: what it trains, tracks, registers and tells; and what it need not do again."""

from __future__ import annotations

import json
import re

import pytest
import yaml

CANDIDATES = {"bag_of_words", "tfidf_bayes", "embedding_average", "tfidf_linear", "linear_blend"}
METRICS = ("accuracy", "balanced_accuracy", "precision_not_recommended", "recall_not_recommended", "f1_not_recommended")
METRICS += ("macro_f1", "mcc", "roc_auc", "pr_auc", "brier", "log_loss")
WITH_INTERVALS = ("accuracy", "mcc", "roc_auc")

STEPS = {"ingest", "split", "open_run", "compare", "report", "register", "gate"}
STEP_LINE = re.compile(r"(?P<mark>[✓✗–]) (?P<step>\w+) +(?:(?P<seconds>\d+\.\d) s)?(?: +(?P<words>[a-z ]+))?")

# Everything that must be the same however a model is loaded, asked in one process that has MLflow and ZenML open.
LOADED_EVERYWHERE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import mlflow
from zenml.client import Client
from sentiment.text import join_title
from steps.shared.tracking import run_store
name, reviews = "customer-sentiment-analysis", json.loads(sys.argv[1])
mlflow.set_tracking_uri(run_store().tracking_uri)
answers = {}
import pandas as pd
for address in ("Production", "@champion", sys.argv[2]):
    model = mlflow.pyfunc.load_model(f"models:/{name}" + (address if address[0] == "@" else f"/{address}"))
    answers[address] = model.predict(pd.DataFrame(reviews))["probability"].tolist()
versions = [v for v in Client().list_model_versions(model=name) if v.stage == "production"]
artifact = versions[0].get_artifact("model").load()
documents = join_title([r["title"] for r in reviews], [r["review"] for r in reviews])
answers["zenml"] = artifact.predict_proba(documents).tolist()
answers["production versions"] = len(versions)
print("ANSWERS" + json.dumps(answers))
"""


@pytest.fixture(scope="module")
def first(project):
    """The very first command of a new user."""
    return project.run()


@pytest.fixture(scope="module")
def tracked(project, first):
    return project.json("runs")


def own_lines(text):
    return [line for line in text.splitlines() if line.strip()]


def test_the_first_run_says_that_it_trains_on_the_sample_and_sets_up_a_stack(first):
    lines = own_lines(first.stdout)
    assert re.fullmatch(
        r"Training on reviews of the bundled sample \(.*sample_reviews.csv\), not on real ones\.", lines[0]
    )
    assert "set up and activated stack 'local'" in lines[1]


def test_the_table_marks_the_best_and_names_the_sample(first):
    rows = [line for line in first.stdout.splitlines() if "(sample)" in line]
    starred = [line for line in rows if "★" in line]
    assert len(starred) == 1
    assert "linear_blend (sample)" in starred[0]
    assert all(any(name in row for row in rows) for name in CANDIDATES)


def test_it_ends_with_the_commands_and_addresses_of_both_dashboards(first, project):
    assert "python run.py mlflow-ui" in first.stdout
    assert re.search(r"http://127\.0\.0\.1:\d+/#/experiments/\d+/runs/[0-9a-f]{32}\?", first.stdout)
    assert "python run.py dashboard" in first.stdout
    assert re.search(r"http://127\.0\.0\.1:\d+/projects/default/runs/[0-9a-f-]{36}", first.stdout)


def told(done):
    """The lines of the steps, by name; nothing else may be on standard error."""
    lines = [STEP_LINE.fullmatch(line) for line in done.stderr.splitlines()]
    assert all(lines), done.stderr
    return {line["step"]: line for line in lines}


def test_every_step_is_told_once_with_its_time_and_nothing_of_a_third_party_is_printed(first):
    steps = told(first)
    assert len(steps) == len(first.stderr.splitlines())
    assert set(steps) == STEPS | CANDIDATES | {f"evaluate_{name}" for name in CANDIDATES}
    assert all(line["mark"] == "✓" and line["seconds"] for line in steps.values())


def test_every_candidate_has_a_finished_run_below_one_parent(tracked):
    assert {run["name"] for run in tracked} == CANDIDATES
    assert {run["status"] for run in tracked} == {"FINISHED"}
    assert len({run["parent_run_id"] for run in tracked}) == 1
    assert len({run["zenml_run"] for run in tracked}) == 1
    assert [run["started"] for run in tracked] == sorted((run["started"] for run in tracked), reverse=True)


def test_runs_carry_metrics_parameters_and_tags(tracked):
    for run in tracked:
        for rows in ("val", "test"):
            assert {f"{rows}_{metric}" for metric in METRICS} <= run["metrics"].keys()
            for metric in WITH_INTERVALS:
                low, value, high = (run["metrics"][f"{rows}_{metric}{end}"] for end in ("_low", "", "_high"))
                assert low <= value <= high
        assert {"fit_seconds", "model_bytes", "microseconds_per_review"} <= run["metrics"].keys()
        assert {"developer", "algorithm", "family", "git_commit", "data_sha256", "seed"} <= run["tags"].keys()
        assert run["tags"]["data"] == run["params"]["train-data"] == "sample"
    by_name = {run["name"]: run for run in tracked}
    assert by_name["bag_of_words"]["params"]["alpha"] == "1.0"
    assert by_name["embedding_average"]["params"]["embedding-dim"] == "32"


def test_mlflow_has_curves_pictures_dataset_and_signature(project, tracked):
    asked = project.python(
        "-c",
        """
import json, sys
from mlflow import MlflowClient
from steps.shared.tracking import run_store
client = MlflowClient(run_store().tracking_uri)
answers = {}
for run_id in sys.argv[1:]:
    run = client.get_run(run_id)
    logged = client.get_logged_model(run.outputs.model_outputs[0].model_id)
    answers[run.data.tags["candidate"]] = {
        "name": run.info.run_name,
        "description": run.data.tags["mlflow.note.content"],
        "pictures": sorted(item.path for item in client.list_artifacts(run_id, "plots")),
        "dataset": [item.dataset.name for item in run.inputs.dataset_inputs],
        "digest": [item.dataset.digest for item in run.inputs.dataset_inputs],
        "epochs": len(client.get_metric_history(run_id, "val_loss")),
        "model": logged.status.value if hasattr(logged.status, "value") else str(logged.status),
    }
print("ANSWERS" + json.dumps(answers))
""",
        *(run["run_id"] for run in tracked),
    )
    answers = json.loads(asked.stdout.rpartition("ANSWERS")[2])
    for name, answer in answers.items():
        assert answer["name"] == f"{name} (sample)"
        assert f"**{name} (sample)**" in answer["description"]
        assert answer["dataset"] == ["sample"]
        assert tracked[0]["tags"]["data_sha256"].startswith(answer["digest"][0])
        shown = {"confusion_matrix", "roc", "precision_recall", "calibration", "telling_words"}
        assert {path.removeprefix("plots/").removesuffix(".svg") for path in answer["pictures"]} == shown
        assert answer["model"] == "READY"
    assert answers["embedding_average"]["epochs"] > 1
    assert answers["bag_of_words"]["epochs"] == 0


def test_status_tells_where_everything_is(project, first):
    status = project.json("status")
    assert status["stack"] == "local"
    assert status["experiment"] == status["model"] == "customer-sentiment-analysis"
    assert status["tracking_uri"].startswith("sqlite:///")
    champion = next(version for version in project.json("registry") if version["alias"] == "champion")
    assert status["champion"] == champion["version"]
    assert champion["tags"]["candidate"] == "linear_blend"


def test_every_address_loads_the_champion(project, first):
    reviews = [
        {"title": "Lovely", "review": "The fabric is soft and it fits like a dream."},
        {"title": "", "review": "It is not soft, it does not fit, I sent it back."},
    ]
    champion = project.json("status")["champion"]
    asked = project.python("-c", LOADED_EVERYWHERE, json.dumps(reviews), champion)
    answers = json.loads(asked.stdout.rpartition("ANSWERS")[2])
    assert answers.pop("production versions") == 1
    assert set(answers) == {"Production", "@champion", champion, "zenml"}
    for probabilities in answers.values():
        assert probabilities == pytest.approx(answers["zenml"], abs=1e-6)
    assert answers["zenml"][0] > answers["zenml"][1]


def fitted_again(project, *arguments):
    """Run, and name the candidates that were trained in this very run."""
    return fitted_in(project.run(*arguments))


def fitted_in(done):
    rows = [line for line in done.stdout.splitlines() if re.search(r"\d s\b", line)]
    return {name for name in CANDIDATES for row in rows if name in row and "(cached)" not in row}


def test_quiet_prints_the_result_alone(project, tracked):
    done = project.run("--quiet", "--only", "bag_of_words")
    assert done.stderr == ""
    assert own_lines(done.stdout)[0].startswith("Trained on sample")
    assert "http" not in done.stdout


def test_verbose_leaves_standard_output_to_the_json(project, tracked):
    done = project.run("--verbose", "--only", "bag_of_words", "--json")
    assert json.loads(done.stdout)["report"]["data"]["name"] == "sample"
    assert "Using cached version of step `bag_of_words`." in done.stderr


def test_the_same_again_comes_from_the_cache_as_is_told_and_links_to_the_runs_that_trained(project, tracked):
    done = project.run()
    assert fitted_in(done) == set()
    steps = told(done)
    cached = {step for step, line in steps.items() if line["words"] == "from the cache"}
    assert cached == steps.keys() - {"open_run", "report", "register", "gate"}
    assert not any(steps[step]["seconds"] for step in cached)
    again = project.json("runs")
    assert [run["run_id"] for run in again] == [run["run_id"] for run in tracked]
    linked = project.python(
        "-c",
        """
from mlflow import MlflowClient
from steps.shared.tracking import run_store
store = run_store()
newest = MlflowClient(store.tracking_uri).search_runs([store.experiment_id()], "tags.best != ''", max_results=1)[0]
print("LINKS", *sorted(value for name, value in newest.data.tags.items() if name.startswith("candidate.")))
""",
    )
    assert linked.stdout.rpartition("LINKS ")[2].split() == sorted(run["run_id"] for run in tracked)


def test_a_changed_parameter_trains_its_candidate_alone(project, tracked):
    path = project.root / "pipelines" / "configs" / "training.yaml"
    config = yaml.safe_load(path.read_text())
    next(one for one in config["candidates"] if one["name"] == "tfidf_bayes")["params"]["alpha"] = 0.5
    (project.root / "other.yaml").write_text(yaml.safe_dump(config))
    assert fitted_again(project, "--config", "other.yaml") == {"tfidf_bayes"}


def test_changed_code_of_a_recipe_trains_again_what_is_cleaned_with_it(project, tracked):
    source = project.root / "sentiment" / "text" / "negation.py"
    kept = source.read_text(encoding="utf-8")
    source.write_text(kept + "\n# changed\n", encoding="utf-8")
    try:
        assert fitted_again(project, "--only", "bag_of_words", "--only", "tfidf_linear") == {"tfidf_linear"}
    finally:
        source.write_text(kept, encoding="utf-8")


def test_the_same_content_elsewhere_trains_nothing_and_changed_content_of_the_same_path_trains_again(project, tracked):
    sample = project.root / "data" / "sample_reviews.csv"
    mine = project.root / "mine.csv"
    only = ("--data", "mine.csv", "--only", "bag_of_words")
    mine.write_bytes(sample.read_bytes())
    assert fitted_again(project, *only) == set()
    lines = sample.read_text(encoding="utf-8").splitlines(keepends=True)
    mine.write_text("".join(lines[:-1]), encoding="utf-8")
    assert fitted_again(project, *only) == {"bag_of_words"}


@pytest.mark.slow
def test_no_cache_trains_again(project, tracked):
    assert fitted_again(project, "--no-cache", "--only", "bag_of_words") == {"bag_of_words"}


@pytest.mark.slow
def test_another_seed_trains_again(project, tracked):
    assert fitted_again(project, "--seed", "1", "--only", "bag_of_words") == {"bag_of_words"}


@pytest.mark.slow
def test_training_without_a_network_never_imports_tensorflow(project, tracked):
    done = project.python("-X", "importtime", "run.py", "--only", "bag_of_words", "--seed", "2")
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert done.returncode == 0
    assert "zenml" in imported
    assert imported.isdisjoint({"tensorflow", "keras"})


def test_a_step_that_fails_exits_1_with_its_reason_and_marks_its_run(project, tracked):
    source = project.root / "sentiment" / "models" / "families" / "bag_of_words.py"
    kept = source.read_text(encoding="utf-8")
    source.write_text(kept.replace("    return fit_bayes", "    raise ValueError('no room')\n    return fit_bayes"))
    try:
        done = project.run("--only", "bag_of_words", "--seed", "3", exits=1)
    finally:
        source.write_text(kept, encoding="utf-8")
    assert "bag_of_words: " in done.stderr
    assert "no room" in done.stderr
    lines = [STEP_LINE.fullmatch(line) for line in done.stderr.splitlines()]
    ended = {line["step"]: line["words"] for line in lines if line}
    assert ended["bag_of_words"] == "failed"
    assert {step for step, words in ended.items() if words == "not run"} == {
        *("evaluate_bag_of_words", "compare", "report", "register", "gate")
    }
    assert project.json("runs")[0]["status"] == "FAILED"
