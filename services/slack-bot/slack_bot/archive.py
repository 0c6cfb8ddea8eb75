"""Scenedesk as the bot asks it: the public REST, each time as the person it speaks for."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from kernel.clients import Client
from kernel.contracts.accounts import Link, Me, NewLink, OfferedLink
from kernel.contracts.editing import Edited, NewEdit
from kernel.contracts.errors import Language, Problem, UpstreamError
from kernel.contracts.finding import (
    NewPreviewLink,
    NewSavedSearch,
    PreviewLink,
    PublicAnswerEvent,
    PublicHit,
    SavedSearch,
    SearchAnswer,
)
from kernel.contracts.history import Difference, FoundSegment, RecentEdit
from kernel.contracts.library import ListedSegment, Page, Person, Run, Video
from kernel.contracts.people import Decision, NamedStranger, NotThem, Question
from kernel.contracts.placements import NewPlacement, NewPlacements, Placement
from kernel.contracts.search import AnswerRequest, SearchRequest
from kernel.contracts.time import Span
from kernel.wire import Wire

PAGE = 200
Item = TypeVar("Item", bound=BaseModel)


@dataclass(frozen=True)
class Caller:
    """By which token the bot asks, for whom (None: for itself), and in which language it is answered."""

    token: str
    acts_for: str | None = None
    language: Language = "ko"

    @property
    def headers(self) -> dict[str, str]:
        said = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language, "Scenedesk-Door": "slack"}
        return said | ({"Scenedesk-Act-For": self.acts_for} if self.acts_for else {})


class Archive(Client):
    """One method a route. Refusals are UpstreamError in the caller's language."""

    host = "gateway"

    def __init__(self, wire: Wire, caller: Caller) -> None:
        super().__init__(wire())
        self.caller = caller

    def _headers(self, body: BaseModel | None, said: Mapping[str, str]) -> dict[str, str]:
        return {**super()._headers(body, said), **self.caller.headers}

    async def _all(self, path: str, item: type[Item]) -> AsyncGenerator[Item]:
        """Every item of every page of a path that asks something already."""
        cursor: str | None = ""
        while cursor is not None:
            further = {"limit": PAGE} | ({"cursor": cursor} if cursor else {})
            page = await self._page(f"{path}&{urlencode(further)}", item)
            for one in page.items:
                yield one
            cursor = page.next_cursor

    async def _page(self, path: str, item: type[Item]) -> Page[Item]:
        page: Page[Item] = TypeAdapter(Page[item]).validate_json((await self._send("GET", path)).content)  # type: ignore[valid-type]
        return page

    # ---- who

    async def me(self) -> Me:
        return await self._call("GET", "/v1/me", Me)

    async def offer_link(self, new: NewLink) -> OfferedLink:
        return await self._call("POST", "/v1/links", OfferedLink, new)

    async def linked(self) -> list[Link]:
        """Everybody of Slack who is linked, or known by their address."""
        return [one async for one in self._all("/v1/links?program=slack", Link)]

    async def know(self, new: NewLink) -> None:
        """Whom the bot acts for is called so in Slack."""
        await self._send("PUT", "/v1/me/links", new)

    # ---- what Slack shows

    async def place(self, *new: NewPlacement) -> None:
        """Note what Slack shows from now on, so that it follows its scene and is taken back."""
        await self._send("PUT", "/v1/placements", NewPlacements(placements=list(new)))

    async def placements(self, segment_id: UUID) -> list[Placement]:
        """What Slack shows of a segment."""
        answer = await self._send("GET", f"/v1/placements?program=slack&segment_id={segment_id}")
        return TypeAdapter(list[Placement]).validate_json(answer.content)

    async def due_placements(self) -> list[Placement]:
        """What has to be shown again, or taken back."""
        return [one async for one in self._all("/v1/placements/due?program=slack", Placement)]

    async def unplace(self, elsewhere: str) -> None:
        """Again changes nothing."""
        try:
            await self._send("DELETE", f"/v1/placements/{elsewhere}")
        except UpstreamError as error:
            if error.upstream.status != 404:  # noqa: PLR2004 - HTTP's own number
                raise

    # ---- finding

    async def search(self, question: SearchRequest) -> SearchAnswer:
        return await self._call("POST", "/v1/search", SearchAnswer, question)

    async def answer(self, question: AnswerRequest) -> AsyncGenerator[PublicAnswerEvent]:
        """Hits, sentences, the whole answer, each as soon as it is there."""
        async with aclosing(self._events("/v1/answers/stream", question)) as events:
            async for name, content in events:
                if name == "problem":
                    raise UpstreamError(service=self.host, problem=Problem.model_validate_json(content))
                yield PublicAnswerEvent.model_validate_json(content)

    async def save_search(self, new: NewSavedSearch, key: str) -> SavedSearch:
        return await self._call("POST", "/v1/saved-searches", SavedSearch, new, **{"Idempotency-Key": key})

    async def told_of(self, search_id: UUID) -> SavedSearch:
        return await self._call("POST", f"/v1/saved-searches/{search_id}/told", SavedSearch)

    async def looked_at(self, search_id: UUID) -> SavedSearch:
        return await self._call("POST", f"/v1/saved-searches/{search_id}/looked", SavedSearch)

    async def new_of(self, search_id: UUID, limit: int) -> list[PublicHit]:
        """What it found that nobody has looked at, newest first."""
        return (await self._page(f"/v1/saved-searches/{search_id}/new?limit={limit}", PublicHit)).items

    async def forget_search(self, search_id: UUID) -> None:
        await self._send("DELETE", f"/v1/saved-searches/{search_id}")

    async def saved_searches(self) -> list[SavedSearch]:
        return (await self._page(f"/v1/saved-searches?limit={PAGE}", SavedSearch)).items

    # ---- segments

    async def segment(self, segment_id: UUID) -> FoundSegment:
        """As it is now; one that is no more as it last was."""
        return await self._call("GET", f"/v1/segments/{segment_id}", FoundSegment)

    async def following(self, segment: ListedSegment) -> ListedSegment | None:
        """The segment that comes next on the timeline."""
        seen, cursor = False, None
        while True:
            asked = urlencode({"limit": PAGE} | ({"cursor": cursor} if cursor else {}))
            page = await self._page(f"/v1/videos/{segment.video_id}/segments?{asked}", ListedSegment)
            for one in page.items:
                if seen:
                    return one
                seen = one.id == segment.id
            if (cursor := page.next_cursor) is None:
                return None

    async def difference(self, video_id: UUID, before: int, after: int) -> Difference:
        return await self._call("GET", f"/v1/videos/{video_id}/difference?from={before}&to={after}", Difference)

    async def edit(self, video_id: UUID, version: int, new: NewEdit, key: str) -> Edited:
        """`key`: the same edit sent again is done once."""
        headers = {"If-Match": f'"{version}"', "Idempotency-Key": key}
        return await self._call("POST", f"/v1/videos/{video_id}/edits", Edited, new, **headers)

    async def thumbnail(self, video_id: UUID, at_ms: int) -> bytes:
        """The picture on screen then, as JPEG."""
        return (await self._send("GET", f"/v1/videos/{video_id}/thumbnail?at_ms={at_ms}&width=480")).content

    async def moving(self, video_id: UUID, span: Span) -> bytes:
        """Pictures of that span, as GIF."""
        return (await self._send("GET", f"/v1/videos/{video_id}/preview.gif?{_moment(span)}")).content

    async def clip(self, video_id: UUID, span: Span) -> bytes:
        """That span with its sound, as MP4."""
        return (await self._send("GET", f"/v1/videos/{video_id}/preview.mp4?{_moment(span)}")).content

    async def clip_link(self, video_id: UUID, span: Span) -> PreviewLink:
        """An address that shows that span to whoever has it, until it expires."""
        path, new = f"/v1/videos/{video_id}/preview-links", NewPreviewLink(**span.model_dump())
        return await self._call("POST", path, PreviewLink, new)

    async def recent_edits(self, limit: int, *, people: bool) -> list[RecentEdit]:
        """Of every video they may see, newest first; `people`: only what people did."""
        return (await self._page(f"/v1/edits?limit={limit}&people={str(people).lower()}", RecentEdit)).items

    async def video(self, video_id: UUID) -> Video:
        return await self._call("GET", f"/v1/videos/{video_id}", Video)

    async def runs(self, limit: int) -> list[Run]:
        """Newest first."""
        return (await self._page(f"/v1/runs?limit={limit}", Run)).items

    async def run_changes(self) -> AsyncGenerator[Run]:
        """Every run that is at work, and every change of any, for as long as it is listened to."""
        async with aclosing(self._events("/v1/runs/events")) as events:
            async for name, content in events:
                if name == "run":
                    yield Run.model_validate_json(content)

    # ---- people

    async def questions(self, limit: int) -> list[Question]:
        """The question whose answer settles most screen time first."""
        return (await self._page(f"/v1/questions?limit={limit}", Question)).items

    async def name_stranger(self, stranger_id: UUID, said: NamedStranger, key: str) -> Decision:
        path = f"/v1/strangers/{stranger_id}/name"
        return await self._call("POST", path, Decision, said, **{"Idempotency-Key": key})

    async def not_them(self, stranger_id: UUID, person_id: UUID, key: str) -> None:
        said = NotThem(person_id=person_id)
        await self._send("POST", f"/v1/strangers/{stranger_id}/is-not", said, **{"Idempotency-Key": key})

    async def undo_decision(self, decision_id: UUID, key: str) -> Decision:
        path = f"/v1/decisions/{decision_id}/undo"
        return await self._call("POST", path, Decision, None, **{"Idempotency-Key": key})

    async def face(self, track_id: UUID) -> bytes:
        """Where the track's face is clearest, as JPEG."""
        return (await self._send("GET", f"/v1/tracks/{track_id}/face.jpg?width=240")).content

    async def people(self, part: str, limit: int) -> list[Person]:
        """Whose name or alias holds `part`."""
        return (await self._page(f"/v1/people?q={quote(part)}&limit={limit}", Person)).items

    async def person(self, person_id: UUID) -> Person:
        return await self._call("GET", f"/v1/people/{person_id}", Person)


def _moment(span: Span) -> str:
    return urlencode(span.model_dump())
