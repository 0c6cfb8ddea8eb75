"""Every method of every client against the OpenAPI of the real app it calls."""

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_type_hints
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

import caption_service.app
import embed_service.app
import face_service.app
import gateway.app
import search_service.app
from kernel import clients
from kernel.contracts.accounts import ChangedAccount, NewInvitation, NewLink, NewService, NewToken
from kernel.contracts.captions import CaptionRequest, Clip, ClipPicture
from kernel.contracts.editing import BulkEdit, ChangeTags, NewEdit, Undo
from kernel.contracts.embeddings import EmbedTextsRequest, PutDocumentsRequest, PutNamesRequest, RemoveVideoRequest
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.faces import DetectRequest, EmbedFacesRequest, EnlargeRequest, FaceCrop
from kernel.contracts.finding import NewSavedSearch
from kernel.contracts.library import ListedSegment, NewPerson, Person, Rights
from kernel.contracts.people import Approval, NamedStranger
from kernel.contracts.placements import NewPlacement
from kernel.contracts.search import (
    AnswerRequest,
    ForgetAnswersRequest,
    Moment,
    SearchRequest,
    SimilarRequest,
    SummaryRequest,
    Wording,
    WordingRequest,
)
from kernel.contracts.time import Span
from kernel.settings import Settings
from slack_bot.archive import Archive, Caller
from standalone.rest import Library

ID = UUID(int=7)
CENTRE = ((0.5, 0.5),) * 5
REQUESTS: dict[type[BaseModel], BaseModel] = {
    type(value): value
    for value in (
        DetectRequest(pictures=["frames/a.jpg"]),
        EmbedFacesRequest(crops=[FaceCrop(picture="frames/a.jpg", landmarks=CENTRE)]),
        EnlargeRequest(picture="a.jpg", left=0, top=0, right=9, bottom=9, into="b.jpg"),
        CaptionRequest(
            clips=[Clip(key="1", span=Span(start_ms=0, end_ms=9), pictures=[ClipPicture(name="a.jpg", at_ms=0)])]
        ),
        EmbedTextsRequest(texts=["민지"]),
        PutDocumentsRequest(documents=[]),
        RemoveVideoRequest(video_id=ID),
        PutNamesRequest(names=[]),
        SearchRequest(query="민지"),
        AnswerRequest(query="민지 뭐 해?"),
        SummaryRequest(videos=[ID]),
        SimilarRequest(segment_id=ID),
        Moment(video_id=ID, at_ms=0),
        WordingRequest(captions=[Wording(text="a cup", language="en")]),
        ForgetAnswersRequest(words=["민지"]),
    )
}


def no_wire() -> Any:
    raise AssertionError("nothing is called while a document is made")


@pytest.fixture(scope="module")
def apps() -> dict[str, FastAPI]:
    settings, url = Settings(_env_file=None), "postgresql://127.0.0.1:1/none"
    return {
        "face-service": face_service.app.create_app(settings),
        "caption-service": caption_service.app.create_app(settings),
        "embed-service": embed_service.app.create_app(settings, url),
        "search-service": search_service.app.create_app(settings, url, no_wire),
        "gateway": gateway.app.create_app(settings, url, no_wire),
    }


def asked_and_answered(method: Any) -> bool:
    return inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)


async def first(answer: Any) -> object:
    """The answer, or the first event of a stream."""
    return await (anext(answer) if inspect.isasyncgen(answer) else answer)


def client_methods() -> Iterator[Any]:
    for _, client in inspect.getmembers(clients, inspect.isclass):
        if issubclass(client, clients.Client) and client is not clients.Client:
            for name, method in inspect.getmembers(client, asked_and_answered):
                if not name.startswith("_"):
                    yield pytest.param(client, name, method, id=f"{client.host}.{name}")


async def recorded(call: Callable[[httpx.AsyncClient], Any]) -> httpx.Request:
    """The request a client sends; it is answered with 418, so that the client stops there."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        seen.append(request)
        return httpx.Response(418, text="enough")

    async with httpx.AsyncClient(base_url="http://gateway:8000", transport=httpx.MockTransport(answer)) as wire:
        with pytest.raises(ScenedeskError, match="enough"):
            await call(wire)
    return seen[0]


def operation(app: FastAPI, request: httpx.Request) -> dict[str, Any]:
    """The documented operation a request goes to; ids in its path stand for parameters."""
    for template, methods in app.openapi()["paths"].items():
        parts, said = template.split("/"), request.url.path.split("/")
        if len(parts) == len(said) and all(p == s or p.startswith("{") for p, s in zip(parts, said, strict=True)):
            found = methods.get(request.method.lower())
            if found is not None and (template == request.url.path or str(ID) in request.url.path):
                return dict(found)
    raise AssertionError(f"{app.title} has no {request.method} {request.url.path}")


def schema_name(content: dict[str, Any]) -> str:
    return str(content["content"]["application/json"]["schema"]["$ref"]).rsplit("/", 1)[-1]


@pytest.mark.parametrize(("client", "name", "method"), list(client_methods()))
async def test_a_client_method_is_a_route_with_the_same_words(
    apps: dict[str, FastAPI], client: type[clients.Client], name: str, method: Any
) -> None:
    hints = get_type_hints(method)
    answer = hints.pop("return")
    request_type = next(iter(hints.values()), None)
    arguments = [] if request_type is None else [REQUESTS[request_type]]
    request = await recorded(lambda wire: first(getattr(client(wire), name)(*arguments)))
    route = operation(apps[client.host], request)
    if inspect.isasyncgenfunction(method):
        assert list(route["responses"]["200"]["content"]) == ["text/event-stream"]
    else:
        assert schema_name(route["responses"]["200"]) == answer.__name__
    if request_type is not None:
        assert schema_name(route["requestBody"]) == request_type.__name__


def test_every_service_with_routes_has_a_client(apps: dict[str, FastAPI]) -> None:
    hosts = {client.host for _, client in inspect.getmembers(clients, inspect.isclass) if hasattr(client, "host")}
    assert hosts == apps.keys() - {"gateway"}


def test_every_route_of_a_service_has_a_method(apps: dict[str, FastAPI]) -> None:
    """A route nobody can call by name is a route nobody tests."""
    routes = {
        (host, method.upper(), path)
        for host, app in apps.items()
        if host != "gateway"
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }
    assert len(routes) == len(list(client_methods()))


SOMEBODY = Person(id=ID, name="김민지", name_ko="김민지", name_en="Kim Minji", colour=0, created_at=datetime.now(UTC))
LIBRARY_CALLS: dict[str, Callable[[Library, Path], Any]] = {
    "upload": lambda library, file: library.upload(file, "title"),
    "add_url": lambda library, _: library.add_url("https://example.org/a.mp4"),
    "video": lambda library, _: library.video(ID),
    "reindex": lambda library, _: library.reindex(ID),
    "people": lambda library, _: library.people(),
    "groups": lambda library, _: library.groups(),
    "add_person": lambda library, _: library.add_person(NewPerson(name="김민지")),
    "change_person": lambda library, _: library.change_person(ID, "김민지", ["민지"]),
    "describe_person": lambda library, _: library.describe_person(SOMEBODY, "female"),
    "merge": lambda library, _: library.merge(ID, ID),
    "unmerge": lambda library, _: library.unmerge(ID),
    "forget": lambda library, _: library.forget(ID, merged=True),
    "strangers": lambda library, _: library.strangers("open"),
    "name_stranger": lambda library, _: library.name_stranger(ID, NamedStranger(name="김민지")),
    "put_away": lambda library, _: library.put_away(ID, hide=True),
    "look_back": lambda library, _: library.look_back(ID),
    "approve": lambda library, _: library.approve(ID, Approval(track_ids=[ID])),
    "train": lambda library, _: library.train(),
    "confusion": lambda library, _: library.confusion(),
    "questions": lambda library, _: library.questions(),
    "appearances": lambda library, _: library.appearances(ID),
    "memberships": lambda library, _: library.memberships(ID),
    "references": lambda library, _: library.references(ID),
    "add_reference": lambda library, file: library.add_reference(ID, file, Rights(consent="written"), 1),
    "collect_pictures": lambda library, _: library.collect_pictures(ID, {"rights": "press kit"}),
    "collect_videos": lambda library, _: library.collect_videos({"query": "김민지", "rights": "our own"}),
    "collection": lambda library, _: library.collection(ID),
    "candidates": lambda library, _: library.candidates("waiting"),
    "decide": lambda library, _: library.decide(ID, "approve"),
    "search": lambda library, _: library.search(SearchRequest(query="민지")),
    "videos": lambda library, _: library.videos(),
    "timeline": lambda library, _: library.timeline(ID),
    "edit": lambda library, _: library.edit(ID, 1, NewEdit(command=Undo(op="undo", version=1))),
    "edit_many": lambda library, _: library.edit_many(
        BulkEdit(question=SearchRequest(query="민지"), command=ChangeTags(op="tag", add=["하이라이트"]))
    ),
    "edits": lambda library, _: library.edits(ID),
    "three_way": lambda library, _: library.three_way(ID, 4),
    "search_all": lambda library, _: library.search_all(SearchRequest(query="민지")),
    "similar": lambda library, _: library.similar(ID, 5),
    "answer": lambda library, _: library.answer(AnswerRequest(query="민지가 뭐 했어?")),
    "read_picture": lambda library, file: library.read_picture(file),
    "saved_searches": lambda library, _: library.saved_searches(),
    "save_search": lambda library, _: library.save_search(NewSavedSearch(name="민지", question=SearchRequest())),
    "new_hits": lambda library, _: library.new_hits(ID),
    "looked": lambda library, _: library.looked(ID),
    "remove_search": lambda library, _: library.remove_search(ID),
    "accounts": lambda library, _: library.accounts(),
    "invite": lambda library, _: library.invite(NewInvitation()),
    "change_account": lambda library, _: library.change_account(ID, ChangedAccount(role="editor")),
    "add_service": lambda library, _: library.add_service(NewService(name="slack-bot")),
    "issue_token": lambda library, _: library.issue_token(NewToken(name="edit suite")),
    "tokens": lambda library, _: library.tokens(),
    "revoke_token": lambda library, _: library.revoke_token(ID),
    "models": lambda library, _: library.models(),
    "import_metadata": lambda library, _: library.import_metadata(b"[]"),
    "watch": lambda library, _: anext(library.watch(ID)),
}


@pytest.mark.parametrize("name", LIBRARY_CALLS)
async def test_the_command_line_calls_routes_of_the_gateway(
    apps: dict[str, FastAPI], name: str, tmp_path: Path
) -> None:
    file = tmp_path / "file.bin"
    file.write_bytes(b"bytes")
    request = await recorded(lambda wire: LIBRARY_CALLS[name](Library(wire), file))
    route = operation(apps["gateway"], request)
    sent = request.headers.get("content-type", "").split(";")[0]
    assert not sent or sent in route["requestBody"]["content"]


def test_every_call_of_the_command_line_is_checked() -> None:
    public = {name for name, _ in inspect.getmembers(Library, inspect.isfunction) if not name.startswith("_")}
    assert public == LIBRARY_CALLS.keys()


ARCHIVE_CALLS: dict[str, Callable[[Archive], Any]] = {
    "me": lambda archive: archive.me(),
    "offer_link": lambda archive: archive.offer_link(NewLink(elsewhere="slack:T1:U1", name="민지")),
    "know": lambda archive: archive.know(NewLink(elsewhere="slack:T1:U1", name="민지")),
    "place": lambda archive: archive.place(NewPlacement(elsewhere=PLACE, kind="card", video_id=ID, segment_id=ID)),
    "placements": lambda archive: archive.placements(ID),
    "due_placements": lambda archive: archive.due_placements(),
    "unplace": lambda archive: archive.unplace(PLACE),
    "search": lambda archive: archive.search(SearchRequest(query="민지")),
    "answer": lambda archive: archive.answer(AnswerRequest(query="민지가 뭐 했어?")),
    "save_search": lambda archive: archive.save_search(NewSavedSearch(name="민지", question=SearchRequest()), "key"),
    "segment": lambda archive: archive.segment(ID),
    "following": lambda archive: archive.following(LISTED),
    "difference": lambda archive: archive.difference(ID, 1, 2),
    "edit": lambda archive: archive.edit(ID, 1, NewEdit(command=Undo(op="undo", version=1)), "key"),
    "thumbnail": lambda archive: archive.thumbnail(ID, 0),
    "people": lambda archive: archive.people("민지", 5),
    "person": lambda archive: archive.person(ID),
    "saved_searches": lambda archive: archive.saved_searches(),
    "video": lambda archive: archive.video(ID),
    "runs": lambda archive: archive.runs(5),
    "run_changes": lambda archive: archive.run_changes(),
    "questions": lambda archive: archive.questions(5),
    "name_stranger": lambda archive: archive.name_stranger(ID, NamedStranger(person_id=ID), "key"),
    "not_them": lambda archive: archive.not_them(ID, ID, "key"),
    "undo_decision": lambda archive: archive.undo_decision(ID, "key"),
    "face": lambda archive: archive.face(ID),
    "linked": lambda archive: archive.linked(),
    "told_of": lambda archive: archive.told_of(ID),
    "looked_at": lambda archive: archive.looked_at(ID),
    "new_of": lambda archive: archive.new_of(ID, 5),
    "forget_search": lambda archive: archive.forget_search(ID),
    "recent_edits": lambda archive: archive.recent_edits(5, people=True),
    "moving": lambda archive: archive.moving(ID, MOMENT),
    "clip": lambda archive: archive.clip(ID, MOMENT),
    "clip_link": lambda archive: archive.clip_link(ID, MOMENT),
}
MOMENT = Span(start_ms=0, end_ms=9)
PLACE = f"slack:T1:C1:{ID}"
LISTED = ListedSegment(id=ID, video_id=ID, span=Span(start_ms=0, end_ms=1), captions=[], people=[], version=1)


@pytest.mark.parametrize("name", ARCHIVE_CALLS)
async def test_the_slack_bot_calls_routes_of_the_gateway(apps: dict[str, FastAPI], name: str) -> None:
    caller = Caller("sd_secret", acts_for="slack:T1:U1", language="en")
    request = await recorded(lambda wire: first(ARCHIVE_CALLS[name](Archive(lambda: wire, caller))))
    assert operation(apps["gateway"], request)
    said = [request.headers[header] for header in ("Authorization", "Scenedesk-Act-For", "Accept-Language")]
    assert said == ["Bearer sd_secret", "slack:T1:U1", "en"]


def test_every_call_of_the_slack_bot_is_checked() -> None:
    own = {name for name in vars(Archive) if not name.startswith("_")} - {"host"}
    assert own == ARCHIVE_CALLS.keys()
