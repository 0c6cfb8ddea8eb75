"""The public REST as the command line uses it: one method a route, against any Scenedesk that answers."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from gateway.access.keys import trusted
from gateway.access.mode import is_loopback
from kernel.contracts.accounts import (
    Account,
    ChangedAccount,
    IssuedInvitation,
    IssuedToken,
    NewInvitation,
    NewService,
    NewToken,
    Token,
)
from kernel.contracts.editing import BulkEdit, BulkEdited, Edited, NewEdit
from kernel.contracts.errors import Language, Problem, UnavailableError, UpstreamError, Words
from kernel.contracts.finding import NewSavedSearch, PublicAnswer, PublicHit, ReadPicture, SavedSearch, SearchAnswer
from kernel.contracts.history import EditSummary, ThreeWay
from kernel.contracts.library import (
    Accepted,
    Group,
    ImportReport,
    ListedSegment,
    NewPerson,
    NewVideoByUrl,
    Page,
    Person,
    Reference,
    Rights,
    Run,
    Sex,
    Video,
)
from kernel.contracts.people import (
    Appearance,
    Approval,
    Candidate,
    Collection,
    Decision,
    LookBack,
    Membership,
    NamedStranger,
    Question,
    Receipt,
    Stranger,
    StrangerState,
)
from kernel.contracts.search import AnswerRequest, SearchRequest
from kernel.contracts.training import Training
from kernel.settings import Settings
from standalone import running

if TYPE_CHECKING:
    from gateway.models import Models

Answer = TypeVar("Answer", bound=BaseModel)
# Uploads and imports take as long as they take; an answer may wait for a model to load.
TIMEOUT = httpx.Timeout(600.0, connect=5.0)


class RefusedError(UpstreamError):
    """What Scenedesk refused, in its own words: whoever asks knows whom they asked."""

    sentences: ClassVar[dict[Language, str]] = {"en": "{detail}", "ko": "{detail}"}


class Library:
    """One Scenedesk over HTTP. Its problems come back as RefusedError, silence as UnavailableError."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.address = str(client.base_url).rstrip("/")

    async def upload(self, path: Path, title: str | None = None) -> Accepted:
        fields = {"title": title} if title else {}
        with path.open("rb") as file:
            return await self._call("POST", "/v1/videos", Accepted, files={"file": (path.name, file)}, data=fields)

    async def add_url(self, url: str) -> Accepted:
        return await self._call("POST", "/v1/videos/by-url", Accepted, json=_plain(NewVideoByUrl(url=url)))  # type: ignore[arg-type]

    async def video(self, video_id: UUID) -> Video:
        return await self._call("GET", f"/v1/videos/{video_id}", Video)

    async def videos(self) -> list[Video]:
        return [video async for video in self._all("/v1/videos", Video)]

    async def timeline(self, video_id: UUID) -> tuple[int, list[ListedSegment]]:
        """The version looked at, and all segments in order of time."""
        path = f"/v1/videos/{video_id}/segments"
        first = await self._send("GET", path, params={"limit": "1"})
        version = int(first.headers["ETag"].strip('"'))
        return version, [segment async for segment in self._all(path, ListedSegment)]

    async def edit(self, video_id: UUID, version: int, new: NewEdit) -> Edited:
        headers = {"If-Match": f'"{version}"'}
        return await self._call("POST", f"/v1/videos/{video_id}/edits", Edited, json=_plain(new), headers=headers)

    async def edit_many(self, bulk: BulkEdit) -> BulkEdited:
        # Without what was not said: an empty list of segments would be one.
        said = bulk.model_dump(mode="json", exclude_unset=True)
        return await self._call("POST", "/v1/edits", BulkEdited, json=said)

    async def edits(self, video_id: UUID) -> list[EditSummary]:
        return [edit async for edit in self._all(f"/v1/videos/{video_id}/edits", EditSummary)]

    async def three_way(self, video_id: UUID, version: int | None) -> ThreeWay:
        asked = {} if version is None else {"version": version}
        return await self._call("GET", f"/v1/videos/{video_id}/three-way", ThreeWay, params=asked)

    async def reindex(self, video_id: UUID) -> Run:
        return await self._call("POST", f"/v1/videos/{video_id}/reindex", Run)

    async def watch(self, run_id: UUID) -> AsyncIterator[Run]:
        """The run at every change, from its server-sent events, until it is over."""
        try:
            async with self._client.stream("GET", f"/v1/runs/{run_id}/events", timeout=None) as response:
                if response.is_error:
                    await response.aread()
                    raise RefusedError(service=self.address, problem=_problem_of(response))
                async for line in response.aiter_lines():
                    if line.startswith("data:"):
                        yield Run.model_validate_json(line.removeprefix("data:"))
        except httpx.TransportError as error:
            raise self._silence(error) from error

    async def people(self, *, merged: bool = False) -> list[Person]:
        """Everybody; with `merged` also those who were merged into somebody."""
        return [person async for person in self._all("/v1/people", Person, merged=str(merged).lower())]

    async def groups(self) -> list[Group]:
        return [group async for group in self._all("/v1/groups", Group)]

    async def add_person(self, new: NewPerson) -> Person:
        return await self._call("POST", "/v1/people", Person, json=_plain(new))

    async def change_person(self, person_id: UUID, name: str, aliases: list[str]) -> Person:
        body = {"name": name, "aliases": aliases}
        return await self._call("PUT", f"/v1/people/{person_id}", Person, json=body)

    async def describe_person(self, person: Person, sex: Sex | None) -> Person:
        """Whether they are a woman or a man; what they are called stays."""
        body = {"name": person.name, "aliases": person.aliases, "sex": sex}
        return await self._call("PUT", f"/v1/people/{person.id}", Person, json=body)

    async def merge(self, person_id: UUID, into: UUID) -> Person:
        return await self._call("POST", f"/v1/people/{person_id}/merge", Person, json={"into": str(into)})

    async def unmerge(self, person_id: UUID) -> Person:
        return await self._call("POST", f"/v1/people/{person_id}/unmerge", Person)

    async def forget(self, person_id: UUID, *, merged: bool) -> Receipt:
        return await self._call("DELETE", f"/v1/people/{person_id}?merged={str(merged).lower()}", Receipt)

    async def strangers(self, state: StrangerState) -> list[Stranger]:
        return [one async for one in self._all("/v1/strangers", Stranger, state=state)]

    async def name_stranger(self, stranger_id: UUID, said: NamedStranger) -> Decision:
        return await self._call("POST", f"/v1/strangers/{stranger_id}/name", Decision, json=_plain(said))

    async def put_away(self, stranger_id: UUID, *, hide: bool) -> Stranger:
        return await self._call("POST", f"/v1/strangers/{stranger_id}/{'hide' if hide else 'show'}", Stranger)

    async def look_back(self, person_id: UUID) -> LookBack:
        return await self._call("GET", f"/v1/people/{person_id}/look-back", LookBack, params={"limit": "1000"})

    async def approve(self, person_id: UUID, approval: Approval) -> Decision:
        return await self._call("POST", f"/v1/people/{person_id}/look-back", Decision, json=_plain(approval))

    async def train(self) -> Training:
        return await self._call("POST", "/v1/gallery/train", Training)

    async def confusion(self) -> bytes:
        return (await self._send("GET", "/v1/gallery/training/confusion.svg")).content

    async def questions(self) -> list[Question]:
        """The first of them: those after are ranked anew by each answer."""
        return (await self._call("GET", "/v1/questions", Page[Question])).items

    async def appearances(self, person_id: UUID) -> list[Appearance]:
        return [one async for one in self._all(f"/v1/people/{person_id}/appearances", Appearance)]

    async def memberships(self, person_id: UUID) -> list[Membership]:
        return [one async for one in self._all(f"/v1/people/{person_id}/memberships", Membership)]

    async def references(self, person_id: UUID) -> list[Reference]:
        return [reference async for reference in self._all(f"/v1/people/{person_id}/references", Reference)]

    async def add_reference(
        self, person_id: UUID, picture: Path, rights: Rights | None = None, face: int | None = None
    ) -> Reference:
        """`face` is the one meant, of several: its number from the left, from 0."""
        said = rights.model_dump(mode="json", exclude_none=True) if rights else {}
        fields = said | ({} if face is None else {"face": str(face)})
        with picture.open("rb") as file:
            files = {"photo": (picture.name, file)}
            return await self._call("POST", f"/v1/people/{person_id}/references", Reference, files=files, data=fields)

    async def collect_pictures(self, person_id: UUID, body: dict[str, Any]) -> Collection:
        return await self._call("POST", f"/v1/people/{person_id}/collect", Collection, json=body)

    async def collect_videos(self, body: dict[str, Any]) -> Collection:
        return await self._call("POST", "/v1/collections/videos", Collection, json=body)

    async def collection(self, collection_id: UUID) -> Collection:
        return await self._call("GET", f"/v1/collections/{collection_id}", Collection)

    async def candidates(self, state: str) -> list[Candidate]:
        return [found async for found in self._all("/v1/candidates", Candidate, state=state)]

    async def decide(self, candidate_id: UUID, verdict: str) -> Candidate:
        """`verdict`: approve or reject."""
        headers = {"Scenedesk-Door": "cli"}
        return await self._call("POST", f"/v1/candidates/{candidate_id}/{verdict}", Candidate, headers=headers)

    async def search(self, request: SearchRequest) -> SearchAnswer:
        return await self._call("POST", "/v1/search", SearchAnswer, json=_plain(request))

    async def search_all(self, request: SearchRequest) -> list[PublicHit]:
        """Every hit, page after page."""
        found, cursor = [], request.cursor
        while True:
            answer = await self.search(request.model_copy(update={"cursor": cursor}))
            found += answer.hits
            if (cursor := answer.next_cursor) is None:
                return found

    async def similar(self, segment_id: UUID, limit: int) -> SearchAnswer:
        return await self._call("GET", f"/v1/segments/{segment_id}/similar", SearchAnswer, params={"limit": limit})

    async def answer(self, request: AnswerRequest) -> PublicAnswer:
        return await self._call("POST", "/v1/answers", PublicAnswer, json=_plain(request))

    async def read_picture(self, picture: Path) -> ReadPicture:
        with picture.open("rb") as file:
            return await self._call("POST", "/v1/search/picture", ReadPicture, files={"picture": (picture.name, file)})

    async def saved_searches(self) -> list[SavedSearch]:
        return [kept async for kept in self._all("/v1/saved-searches", SavedSearch)]

    async def save_search(self, new: NewSavedSearch) -> SavedSearch:
        headers = {"Scenedesk-Door": "cli"}
        return await self._call("POST", "/v1/saved-searches", SavedSearch, json=_plain(new), headers=headers)

    async def new_hits(self, search_id: UUID) -> list[PublicHit]:
        return [one async for one in self._all(f"/v1/saved-searches/{search_id}/new", PublicHit)]

    async def looked(self, search_id: UUID) -> SavedSearch:
        return await self._call("POST", f"/v1/saved-searches/{search_id}/looked", SavedSearch)

    async def remove_search(self, search_id: UUID) -> None:
        await self._send("DELETE", f"/v1/saved-searches/{search_id}")

    async def models(self) -> "Models":
        from gateway.models import Models  # noqa: PLC0415 - brings the whole gateway, which few commands need

        return await self._call("GET", "/v1/models", Models)

    async def import_metadata(self, content: bytes) -> ImportReport:
        headers = {"Content-Type": "application/json"}
        return await self._call("POST", "/v1/import", ImportReport, content=content, headers=headers)

    async def _all(self, path: str, item: type[Answer], **asked: str) -> AsyncIterator[Answer]:
        cursor: str | None = None
        page = TypeAdapter(Page[item])  # type: ignore[valid-type]
        while True:
            params = asked | {"limit": "200"} | ({"cursor": cursor} if cursor else {})
            found = page.validate_json((await self._send("GET", path, params=params)).content, extra="ignore")
            for one in found.items:
                yield one
            if (cursor := found.next_cursor) is None:
                return

    async def accounts(self) -> list[Account]:
        return [one async for one in self._all("/v1/accounts", Account)]

    async def invite(self, new: NewInvitation) -> IssuedInvitation:
        return await self._call("POST", "/v1/invitations", IssuedInvitation, json=_plain(new))

    async def change_account(self, account_id: UUID, changed: ChangedAccount) -> Account:
        return await self._call("PATCH", f"/v1/accounts/{account_id}", Account, json=_plain(changed))

    async def add_service(self, new: NewService) -> Account:
        return await self._call("POST", "/v1/accounts", Account, json=_plain(new))

    async def issue_token(self, new: NewToken) -> IssuedToken:
        return await self._call("POST", "/v1/tokens", IssuedToken, json=_plain(new))

    async def tokens(self) -> list[Token]:
        return [one async for one in self._all("/v1/tokens", Token, everybodys="true")]

    async def revoke_token(self, token_id: UUID) -> None:
        await self._send("DELETE", f"/v1/tokens/{token_id}")

    async def _call(self, method: str, path: str, answer: type[Answer], **request: Any) -> Answer:
        return answer.model_validate_json((await self._send(method, path, **request)).content)

    async def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        if method == "POST":
            request["headers"] = {"Idempotency-Key": uuid4().hex} | request.get("headers", {})
        try:
            response = await self._client.request(method, path, **request)
        except httpx.TransportError as error:
            raise self._silence(error) from error
        if response.is_error:
            raise RefusedError(service=self.address, problem=_problem_of(response))
        return response

    def _silence(self, error: httpx.TransportError) -> UnavailableError:
        reason = f"{type(error).__name__}."
        return UnavailableError(
            what=self.address,
            reason=reason,
            remedy=Words("Is it running? scenedesk up", "실행 중인지 확인해 주세요: scenedesk up"),
        )


def _plain(value: BaseModel) -> Any:
    return json.loads(value.model_dump_json())


def _problem_of(response: httpx.Response) -> Problem:
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        title = response.reason_phrase or "Error"
        return Problem(
            type="about:blank", title=title, status=response.status_code, code="upstream", detail=response.text[:500]
        )


def _credentials(settings: Settings, server: str | None) -> dict[str, str]:
    """The token that was set; else, on this machine alone, the key that whoever may read the data folder has."""
    if settings.token is not None:
        return {"Authorization": f"Bearer {settings.token.get_secret_value()}"}
    if server is not None and not is_loopback(urlsplit(server).hostname or ""):
        return {}
    key = trusted(settings.data_dir)
    return {"Authorization": f"Bearer {key}"} if key is not None else {}


@asynccontextmanager
async def open_library(
    settings: Settings, language: Language, server: str | None, opening: Callable[[], None] = lambda: None
) -> AsyncIterator[Library]:
    """A Scenedesk to talk to: `server`, else the one that runs on the data directory, else one opened for the block.

    `opening` is called before the last of these. Raises what `open_standalone` raises.
    """
    async with AsyncExitStack() as stack:
        address = server or running.found(settings.data_dir)
        if address is None:
            from standalone.product import open_standalone  # noqa: PLC0415 - a second to load, needed only here

            opening()
            product = await stack.enter_async_context(open_standalone(settings, any_port=True))
            address = product.address
        client = httpx.AsyncClient(
            base_url=address,
            timeout=TIMEOUT,
            headers={"Accept-Language": language, "Scenedesk-Door": "cli"} | _credentials(settings, server),
            trust_env=server is not None,
        )
        yield Library(await stack.enter_async_context(client))
