"""Files in a real S3-compatible store: listed by the driver, copied by the workers, and gone when the job ends."""

from __future__ import annotations

import os
import tempfile
import time
from functools import partial
from pathlib import Path

import boto3
import fsspec
import pandas as pd
import pytest
from gcsfs.core import GCSFileSystem

from sentiment.errors import InputError
from sentiment.reviews.reading import read_reviews, with_text
from sentiment.reviews.schema import ARTICLE
from sentiment.scoring.order import Order
from sentiment.spark.files import input_files
from sentiment.spark.parts import Found, look_through
from sentiment.spark.rows import Side, open_reviews
from sentiment.spark.training import survey_on_spark
from tests.spark.test_scoring import HERE, PART, SCHEMA, here, read, spark, stored, written  # noqa: F401
from tests.stores.servers import ACCOUNT, gcs_server, s3_server, use_gcs, use_s3
from tests.trained import SAMPLE

BUCKET = "shop"
OPENING = partial(open_reviews, ARTICLE, "utf-8")


@pytest.fixture(scope="module")
def address():
    with s3_server(BUCKET) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(autouse=True)
def account(address, monkeypatch):
    """What the environment of the driver and of the workers says of the store."""
    use_s3(address, monkeypatch)
    fsspec.filesystem("s3").clear_instance_cache()  # of the address of another test


@pytest.fixture(scope="module")
def objects(address, tmp_path_factory):
    """Two files of reviews below a folder, and what is no data."""
    folder = tmp_path_factory.mktemp("objects")
    store = boto3.client(
        "s3",
        endpoint_url=address,
        aws_access_key_id=ACCOUNT["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ACCOUNT["AWS_SECRET_ACCESS_KEY"],
        region_name=ACCOUNT["AWS_DEFAULT_REGION"],
    )
    texts = [["T", f'soft,\n"number" {n}', "é"] for n in range(PART + 70)]
    found = {"in/a [1] #2.csv": texts, "in/more/b.csv": texts[:9]}
    for key, rows in found.items():
        path = written(folder / key.rpartition("/")[2], rows)
        store.upload_file(str(path), BUCKET, key)
    for key in ("in/_SUCCESS", "in/_temporary/c.csv"):
        store.put_object(Bucket=BUCKET, Key=key, Body=b"no reviews")
    store.upload_file(str(SAMPLE), BUCKET, "sample.csv")
    return store, {f"s3a://{BUCKET}/{key}": folder / key.rpartition("/")[2] for key in found}


def test_what_an_address_names(objects):
    a, b = objects[1]
    assert [one.path for one in input_files(f"s3a://{BUCKET}/in/")] == [a, b]
    assert [one.path for one in input_files(f"s3a://{BUCKET}/in/*/*.csv")] == [b]
    (one,) = input_files(f"s3://{BUCKET}/sample.csv")
    assert one.path == f"s3://{BUCKET}/sample.csv"
    assert str(SAMPLE.stat().st_size) in one.version


def test_objects_are_scored_as_files_of_one_machine_and_no_copy_stays(objects, stored, two_workers, tmp_path):  # noqa: F811
    conf = {f"spark.executorEnv.{name}": os.environ[name] for name in (*ACCOUNT, "AWS_ENDPOINT_URL")}
    order = Order(f"s3a://{BUCKET}/in/", tmp_path / "out.csv", "7", schema=SCHEMA)
    report = spark(order, stored, two_workers.model_copy(update={"conf": {**two_workers.conf, **conf}}))
    expected = []
    for name, path in objects[1].items():
        _, rows, _, _ = here(Order(path, tmp_path / "x.csv", "7", schema=SCHEMA), stored)
        expected += [[name, *row] for row in rows]
    assert read(order.destination)[1] == expected
    assert report.rows == PART + 79
    until = time.monotonic() + 60  # a worker tidies up after an executor that has ended
    while (kept := list(Path(tempfile.gettempdir()).glob("spark-*/executor-*/*/sentiment-inputs"))) and (
        time.monotonic() < until
    ):
        time.sleep(0.2)
    assert kept == []


@pytest.mark.slow
def test_objects_are_learned_from_as_files_are(objects):
    asked = {"read_as": ARTICLE, "encoding": "utf-8", "validation_share": 0.1, "seed": 0}
    surveyed, frames = survey_on_spark(f"s3://{BUCKET}/sample.csv", HERE, **asked)
    expected = with_text(read_reviews(SAMPLE))
    assert sum(surveyed.found.with_text) == len(expected)
    texts = pd.concat([frames[side] for side in Side]).sort_values("row")["review"]
    assert texts.tolist() == expected.sort_values("row")["review"].tolist()


def test_an_object_that_changed_since_it_was_listed_is_not_read(objects, monkeypatch, tmp_path):
    monkeypatch.setenv("SPARK_LOCAL_DIRS", str(tmp_path))
    store, _ = objects
    store.put_object(Bucket=BUCKET, Key="changing.csv", Body=b"Review Text\nsoft\n")
    names = input_files(f"s3://{BUCKET}/changing.csv")
    store.put_object(Bucket=BUCKET, Key="changing.csv", Body=b"Review Text\nhard\n")
    found = Found.model_validate_json(look_through(names, OPENING, 10, 0))
    assert found.problem == f"s3://{BUCKET}/changing.csv changed while it was read; start again"


@pytest.mark.parametrize("content", [b"Other\nsoft\n", b"Review Text\n\xff\n"])
def test_what_is_wrong_with_an_object_is_said_of_its_address(objects, monkeypatch, tmp_path, content):
    monkeypatch.setenv("SPARK_LOCAL_DIRS", str(tmp_path))
    objects[0].put_object(Bucket=BUCKET, Key="bad.csv", Body=content)
    names = input_files(f"s3://{BUCKET}/bad.csv")
    found = Found.model_validate_json(look_through(names, OPENING, 10, 0))
    assert found.problem.startswith(f"s3://{BUCKET}/bad.csv")
    assert str(tmp_path) not in found.problem


def test_an_empty_object_is_neither_read_nor_wrong(objects, monkeypatch, tmp_path):
    monkeypatch.setenv("SPARK_LOCAL_DIRS", str(tmp_path))
    objects[0].put_object(Bucket=BUCKET, Key="empty.csv", Body=b"")
    names = input_files(f"s3://{BUCKET}/empty.csv")
    assert Found.model_validate_json(look_through(names, OPENING, 10, 0)) == Found()


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("s3a://nobucket/in/", "bucket does not exist"),
        (f"s3a://{BUCKET}/none-*.csv", "matches no file"),
        (f"s3a://{BUCKET}/none/", "matches no file"),
        ("ftp://host/in.csv", "at ftp://, which is not known here"),
    ],
)
def test_what_is_not_there_is_said(objects, named, said):
    with pytest.raises(InputError, match=said):
        input_files(named)


def test_a_store_that_does_not_answer_is_said(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(InputError, match="cannot be listed: "):
        input_files(f"s3://{BUCKET}/in/")


def test_objects_of_google_cloud_storage_are_listed_and_copied(monkeypatch, tmp_path):
    with gcs_server(BUCKET) as port:
        use_gcs(f"http://127.0.0.1:{port}", monkeypatch)
        monkeypatch.setenv("SPARK_LOCAL_DIRS", str(tmp_path))
        with GCSFileSystem(token="anon").open(f"{BUCKET}/in/a.csv", "wb") as written_there:
            written_there.write(SAMPLE.read_bytes())
        (name,) = input_files(f"gs://{BUCKET}/in/")
        assert name.path == f"gs://{BUCKET}/in/a.csv"
        assert name.here().read_bytes() == SAMPLE.read_bytes()
        assert name.here() == name.here()
