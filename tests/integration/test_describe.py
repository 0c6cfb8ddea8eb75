"""Sentences are made anew only for spans of which there is something new to say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from fastapi import FastAPI

from gateway.pipeline.describe import Described, clips_of, describe
from gateway.pipeline.frames import Look, Picture
from kernel.clients import CaptionService
from kernel.contracts.captions import Caption, CaptionRequest, CaptionResponse, Clip, ClipPicture, SeenPerson
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, Track
from kernel.contracts.models import ModelCard
from kernel.contracts.time import Span
from kernel.web import create_service
from kernel.wire import open_wire

CARD = ModelCard(backend="drawn", model_id="drawn@1", licence="Apache-2.0", source="tests")


class Scribe:
    """A caption-service that says who is there, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def app(self) -> FastAPI:
        @asynccontextmanager
        async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
            yield

        app = create_service("caption-service", lifespan=lifespan)

        @app.post("/v1/captions")
        async def captions(request: CaptionRequest) -> CaptionResponse:
            self.asked += [clip.key for clip in request.clips]
            return CaptionResponse(captions=[self._said(clip) for clip in request.clips])

        return app

    def _said(self, clip: Clip) -> Caption:
        who = ", ".join(person.name_en for person in clip.people) or "a person"
        return Caption(key=clip.key, text_en=f"{who} at {clip.span.start_ms}.", kind="observed", model=CARD)


def clip(number: int, *people: str) -> Clip:
    return Clip(
        key=str(number),
        span=Span(start_ms=number * 1000, end_ms=number * 1000 + 1000),
        pictures=[ClipPicture(name=f"{number}.jpg", at_ms=number * 1000)],
        people=[SeenPerson(name_ko=name, name_en=name, share=1) for name in people],
        unknown_faces=0,
        largest_face=None,
        motion=None,
    )


@pytest.fixture
def scribe() -> Scribe:
    return Scribe()


async def told(scribe: Scribe, clips: list[Clip], former: Described | None, maker: str = "drawn@1") -> Described:
    progress: list[float] = []
    async with open_wire({"caption-service": scribe.app()}) as wire:
        described = await describe(CaptionService(wire), clips, [maker], former, progress.append)
    assert progress == sorted(progress)
    assert all(0 < fraction <= 1 for fraction in progress)
    return described


async def test_only_what_changed_is_described_again(scribe: Scribe) -> None:
    first = await told(scribe, [clip(n, "Hanni") for n in range(20)], None)
    assert len(scribe.asked) == len(first.captions) == 20
    scribe.asked.clear()
    clips = [clip(n, "Minji" if n in (3, 17) else "Hanni") for n in range(21)]
    second = await told(scribe, clips, first)
    assert scribe.asked == ["3", "17", "20"]
    assert second == await told(scribe, clips, None), "as if all had been described"
    assert second.captions["3"].text_en == "Minji at 3000."


async def test_another_maker_describes_everything_again(scribe: Scribe) -> None:
    first = await told(scribe, [clip(0), clip(1)], None)
    await told(scribe, [clip(0), clip(1)], first, maker="drawn@2")
    assert scribe.asked == ["0", "1", "0", "1"]


async def test_a_result_of_before_hashes_were_kept_is_no_help(scribe: Scribe) -> None:
    old = Described(captions=(await told(scribe, [clip(0)], None)).captions)
    scribe.asked.clear()
    assert (await told(scribe, [clip(0)], old)).made_of.keys() == {"0"}
    assert scribe.asked == ["0"]


def followed(number: int, span: Span, copy_of: int | None = None) -> Track:
    face = FaceAt(at_ms=span.start_ms, box=Box(left=0.1, top=0.1, right=0.3, bottom=0.5))
    return Track(
        id=UUID(int=number),
        video_id=UUID(int=1),
        span=span,
        person_id=UUID(int=9),
        probability=1,
        copy_of=None if copy_of is None else UUID(int=copy_of),
        faces=[face],
        model_id="drawn@1",
    )


def test_a_clip_says_how_many_of_its_faces_are_a_screens() -> None:
    """A detector counts bodies: without it the one on the wall would be "another person"."""
    spans = [Span(start_ms=0, end_ms=1000), Span(start_ms=1000, end_ms=2000)]
    pictures = tuple(Picture(name=f"{at}.jpg", at_ms=at, width=9, height=9, motion=0) for at in (0, 1000))
    look = Look(shots=tuple(spans), pictures=pictures, duration_ms=2000)
    tracks = [followed(2, spans[0]), followed(3, spans[0], copy_of=2), followed(4, spans[1])]
    clips = clips_of(look, spans, tracks, {UUID(int=9): ("하니", "Hanni")})
    assert [(len(one.people), one.copies) for one in clips] == [(1, 1), (1, 0)]
