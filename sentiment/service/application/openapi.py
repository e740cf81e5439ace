"""The description of the service: made from the same types that decode and encode, with answers as examples."""

from __future__ import annotations

from html import escape
from typing import Any

import msgspec

from sentiment.service.application.messages import Invocation, Problem, Question, Said, Verdict, Verdicts
from sentiment.service.settings import Limits

_REVIEW = {"review": "The fabric is soft and it fits like a dream.", "title": "My new favourite"}
_ID = "0f8fad5bd9cb469fa165f33e0d1f1b0c"
_VERDICT: dict[str, Any] = {
    "probability": 0.9839,
    "recommended": True,
    "model_version": "3",
    "id": _ID,
    "known_words": 9,
}
_WORDS = {"words": [["soft", 0.61], ["dream", 0.48]]}
_COUNT: dict[str, Any] = {
    "name": "words",
    "in": "query",
    "description": "Name at most so many words that moved each verdict.",
}


def document(limits: Limits, *, needs_token: bool) -> dict[str, Any]:
    """Describe the routes in OpenAPI 3.1.

    Args:
        limits: That are named.
        needs_token: Whether requests must bring one.
    """
    types = [Question, Said, Invocation, Verdict, Verdicts, Problem]
    _, schemas = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    components: dict[str, Any] = {"schemas": schemas}
    described: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Customer sentiment",
            "version": "1",
            "description": "Would the customer recommend the product, judging by the review's text?",
        },
        "paths": _paths(limits),
        "components": components,
    }
    if needs_token:
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        described["security"] = [{"token": []}]
    return described


def _paths(limits: Limits) -> dict[str, Any]:
    words = {**_COUNT, "schema": {"type": "integer", "minimum": 0, "maximum": limits.words, "default": 0}}
    text = {"type": "string", "minLength": 1, "maxLength": limits.characters}
    parameters: list[dict[str, Any]] = [
        {"name": "review", "in": "query", "required": True, "schema": text, "example": _REVIEW["review"]},
        {"name": "title", "in": "query", "schema": {"type": "string", "maxLength": limits.characters}},
        words,
    ]
    asked = {
        "one": {"value": _REVIEW},
        "several": {"value": {"reviews": [_REVIEW, "It is NOT soft, I sent it back."]}},
    }
    answered = {
        "one": {"value": {**_VERDICT, **_WORDS}},
        "several": {"value": {"predictions": [_VERDICT, {**_VERDICT, "probability": 0.1, "recommended": False}]}},
    }
    either = {"anyOf": [_ref("Verdict"), _ref("Verdicts")]}
    mlflow = {"dataframe_records": {"value": {"dataframe_records": [_REVIEW], "params": {"words": 2}}}}
    said = {"feedback": {"value": {"id": _ID, "recommended": False}}}
    return {
        "/predict": {
            "get": _operation("Would this customer recommend the product?", _content(_ref("Verdict")), parameters),
            "post": _operation(
                f"The same for one review, or for up to {limits.reviews:,}.",
                _content(either, answered),
                [words],
                _content(_ref("Question"), asked),
            ),
        },
        "/feedback": {
            "post": _operation(
                "What the customer said later about a prediction.",
                _content({"type": "object"}),
                body=_content(_ref("Said"), said),
                status="202",
            )
        },
        "/invocations": {
            "post": _operation(
                "In the formats of MLflow's server.",
                _content({"type": "object"}),
                body=_content(_ref("Invocation"), mlflow),
            )
        },
        "/ping": {"get": _plain("Whether it is ready, as MLflow's server says it.", "application/json")},
        "/health": {"get": _plain("The same.", "application/json")},
        "/version": {"get": _plain("The version of MLflow that wrote the model.", "text/plain")},
        "/health/live": {"get": _operation("Whether the process answers.", _content({"type": "object"}))},
        "/health/ready": {"get": _operation("Whether the model was checked.", _content({"type": "object"}))},
        "/model": {"get": _operation("What is served, and how good it is.", _content({"type": "object"}))},
        "/metrics": {"get": _plain("Counts for Prometheus.", "text/plain")},
    }


def page(described: dict[str, Any]) -> str:
    """Make a page that people read of the description: no script, nothing from elsewhere."""
    sections = []
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            sections.append(
                f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(operation['summary'])}</p>"
            )
            sides = (("Asked", operation.get("requestBody", {})), *_answers(operation))
            sections += [_example(title, side) for title, side in sides]
    style = (
        "body{font:16px/1.5 system-ui;max-width:48rem;margin:2rem auto;padding:0 1rem}pre{overflow-x:auto;padding:1rem}"
    )
    both = "@media(prefers-color-scheme:dark){body{background:#16181d;color:#e6e6e6}}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Customer sentiment</title><style>{style}{both}'
        f'</style><meta name="viewport" content="width=device-width"><h1>Customer sentiment</h1>'
        f'<p>{escape(described["info"]["description"])} For programs: <a href="/openapi.json">openapi.json</a>.</p>'
        + "".join(sections)
    )


def _answers(operation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"Answered, {status}", answer) for status, answer in operation["responses"].items() if status < "300"]


def _example(title: str, side: dict[str, Any]) -> str:
    lines = [
        escape(msgspec.json.format(msgspec.json.encode(example["value"])).decode())
        for content in side.get("content", {}).values()
        for example in content.get("examples", {}).values()
    ]
    return "".join(f"<p>{escape(title)}:</p><pre><code>{line}</code></pre>" for line in lines)


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _content(schema: dict[str, Any], examples: dict[str, Any] | None = None) -> dict[str, Any]:
    described: dict[str, Any] = {"schema": schema}
    return {"application/json": described | ({"examples": examples} if examples else {})}


def _operation(
    summary: str,
    answer: dict[str, Any],
    parameters: list[dict[str, Any]] | None = None,
    body: dict[str, Any] | None = None,
    status: str = "200",
) -> dict[str, Any]:
    refused = {"description": "Refused or failed; says why.", "content": _content(_ref("Problem"))}
    operation: dict[str, Any] = {
        "summary": summary,
        "responses": {status: {"description": "Answered.", "content": answer}, "4XX": refused, "5XX": refused},
    }
    if parameters:
        operation["parameters"] = parameters
    if body:
        operation["requestBody"] = {"required": True, "content": body}
    return operation


def _plain(summary: str, kind: str) -> dict[str, Any]:
    answer = {"description": "Answered.", "content": {kind: {"schema": {"type": "string"}}}}
    return {"summary": summary, "responses": {"200": answer}}
