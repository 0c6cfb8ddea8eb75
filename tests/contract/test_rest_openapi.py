"""The OpenAPI document says everything, and the gateway does what it says."""

import asyncio
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import gateway.app
from kernel.settings import Settings
from tests.rooms import Rooms, open_front_door
from tests.serving import served

WRITES = {"post", "put", "delete", "patch"}
CASES_AN_OPERATION = 12


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    settings = Settings(_env_file=None)
    return gateway.app.create_app(settings, "postgresql://nobody@127.0.0.1/nothing", _no_wire).openapi()


def _no_wire() -> Any:
    raise AssertionError("a document needs no wire")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_openapi_31_with_described_tags(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert used == described


def test_every_operation_says_what_it_is(document: dict[str, Any]) -> None:
    named = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(named)) == len(named)
    for name, operation in operations(document):
        assert operation["summary"], name
        assert name.startswith("GET") or operation["description"], name


def test_every_operation_documents_its_problems(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        refusals = {status: r for status, r in operation["responses"].items() if status >= "400"}
        assert {"422", "503"} <= refusals.keys(), name
        assert ("{" not in name) or "404" in refusals, name
        for status, refusal in refusals.items():
            shown = refusal["content"]["application/problem+json"]
            assert shown["schema"] == {"$ref": "#/components/schemas/Problem"}, (name, status)


def test_every_body_and_every_answer_has_an_example_that_is_right(document: dict[str, Any]) -> None:
    counted = 0
    for name, operation in operations(document):
        for kind, content in contents(operation):
            schema = {**content["schema"], "components": document["components"]}
            validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
            shown = [content["example"]] if "example" in content else [e["value"] for e in content["examples"].values()]
            assert shown, f"{name} {kind}: no example"
            for example in shown:
                wrong = [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(example)]
                assert wrong == [], f"{name} {kind}"
                counted += 1
    assert counted > 300


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Bodies and JSON answers, refusals too."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    for status, answer in operation["responses"].items():
        yield from ((status, said) for kind, said in answer.get("content", {}).items() if kind.endswith("json"))


def test_every_creating_post_takes_a_key(document: dict[str, Any]) -> None:
    without = {
        name
        for name, operation in operations(document)
        if name.startswith("POST")
        and not any(p["name"].lower() == "idempotency-key" for p in operation.get("parameters", []))
    }
    states = {"POST /v1/strangers/{stranger_id}/hide", "POST /v1/strangers/{stranger_id}/show"}
    # Said twice, these are done once.
    states |= {
        "POST /v1/collections/{collection_id}/cancel",
        *(f"POST /v1/candidates/{{candidate_id}}/{said}" for said in ("approve", "reject")),
        *(f"POST /v1/saved-searches/{{search_id}}/{said}" for said in ("looked", "told")),
    }
    # A secret is told once: it is not kept to be said again. What is only signed is kept nowhere.
    states |= {"POST /v1/tokens", "POST /v1/invitations", "POST /v1/links", "POST /v1/videos/{video_id}/preview-links"}
    asking = {f"POST /v1/{way}" for way in ("search", "search/picture", "answers", "answers/stream", "summaries")}
    assert without == {*asking, "POST /v1/runs/{run_id}/cancel", *states}


def test_nothing_of_fastapis_own_errors_is_left(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in str(document)
    assert "Problem" in document["components"]["schemas"]


# ---- what it says is what it does

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
# These answer without end, or with a file: the checks above read neither.
STREAMS = ("/v1/runs/events", "/v1/runs/{run_id}/events", "/v1/videos/{video_id}/edits/events")


@pytest.mark.long
async def test_drawn_requests_get_documented_answers(settings: Settings, database_url: str) -> None:
    async with open_front_door(Rooms(settings), database_url) as (_, app), served(app, settings) as address:
        cases = await asyncio.to_thread(_draw, app.openapi(), address)
    assert cases > 150


def _draw(document: dict[str, Any], address: str) -> int:
    """Send drawn requests to every operation but the endless ones; how many were sent."""
    schema = schemathesis.openapi.from_dict(document)
    count = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path in STREAMS:
            continue

        @seed(20261124)
        @hypothesis_settings(
            max_examples=CASES_AN_OPERATION,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            nonlocal count
            count += 1
            case.call_and_validate(base_url=address, checks=list(CHECKS))

        ask()
    return count
