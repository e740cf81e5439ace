"""Models in a store that speaks GCS, behind a proxy that is busy now and then: ZenML's artifact, and MLflow's files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from mlflow import MlflowClient
from mlflow.entities import LoggedModelStatus
from zenml.enums import StackComponentType
from zenml.integrations.gcp.artifact_stores import GCPArtifactStore
from zenml.integrations.gcp.flavors.gcp_artifact_store_flavor import GCPArtifactStoreConfig

from materializers.text_model import TextModelMaterializer
from sentiment.errors import TamperedModelError
from sentiment.models.text_model import TextModel
from sentiment.tracking import EXPERIMENT
from sentiment.tracking.registry.release import load_version, promote
from tests.stores.proxy import BUSY, REFUSED, Proxy, one_in_ten, proxy_before
from tests.stores.servers import gcs_server, use_gcs
from tests.tracking.conftest import LENIENT

BUCKET = "sentiment-test"
REVIEWS = ["Lovely and soft, I wear it every day.", "It fell apart, I sent it back."]


@pytest.fixture(scope="module")
def emulator() -> Iterator[int]:
    with gcs_server(BUCKET) as port:
        yield port


@pytest.fixture
def proxy(emulator: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    with proxy_before(emulator) as proxy:
        use_gcs(proxy.address, monkeypatch)
        yield proxy


@pytest.fixture
def store(proxy: Proxy) -> GCPArtifactStore:
    now = datetime.now(UTC)
    return GCPArtifactStore(
        name="test",
        id=uuid4(),
        config=GCPArtifactStoreConfig(path=f"gs://{BUCKET}/zenml"),
        flavor="gcp",
        type=StackComponentType.ARTIFACT_STORE,
        user=None,
        created=now,
        updated=now,
    )


@pytest.fixture
def files(proxy: Proxy) -> str:
    return f"gs://{BUCKET}/mlflow/{uuid4().hex}"


def keep(model, store):
    """Keep a model as ZenML does at the end of a step."""
    materializer = TextModelMaterializer(f"{store.path}/{uuid4().hex}", store)
    materializer.save(model)
    materializer.save_visualizations(model)
    materializer.extract_full_metadata(model)
    return materializer


def test_a_model_comes_back_from_a_store_that_is_busy_or_slow_now_and_then(store, proxy, models):
    proxy.trouble = one_in_ten(seconds=0.2, seed=1)
    for _ in range(4):
        again = keep(models[0], store).load(TextModel)
        assert list(again.predict_proba(REVIEWS)) == list(models[0].predict_proba(REVIEWS))
    assert BUSY in [trouble for _, trouble in proxy.troubled]


def test_a_model_is_kept_with_at_most_twenty_requests_in_each_place(store, proxy, log_model, models):
    keep(models[0], store)
    assert len(proxy.asked) == 2 * 5  # ZenML's client begins each file before it sends it
    proxy.forget()
    log_model(models[0])
    assert len(proxy.asked) == 1 + 10  # and MLflow's asks for the bucket


def test_a_changed_object_is_refused_before_anything_is_loaded(
    registry, register_model, store, held_out, files, models
):
    version = register_model(models[0])
    model = version.model_uri.removeprefix("models:/")
    load_version(registry, version)
    place = f"{files}/models/{model}/artifacts/data/files/vectorizer.txt".removeprefix("gs://")
    before = store.filesystem.cat(place)
    store.filesystem.pipe(place, before.replace(b"a", b"b", 1))
    with pytest.raises(TamperedModelError, match=r"data/files/vectorizer\.txt was changed"):
        load_version(registry, version)
    with pytest.raises(TamperedModelError):
        promote(registry, version.version, held_out, LENIENT, who="test")


def test_an_upload_that_ends_in_the_middle_leaves_nothing_to_promote(registry, log_model, proxy, models):
    proxy.trouble = lambda _: REFUSED if len(proxy.asked) > 5 else None
    with pytest.raises(Exception, match="403"):
        log_model(models[0])
    client = MlflowClient(registry.tracking_uri)
    (model,) = client.search_logged_models([client.get_experiment_by_name(EXPERIMENT).experiment_id])
    assert model.status == LoggedModelStatus.FAILED
    assert registry.versions() == []
