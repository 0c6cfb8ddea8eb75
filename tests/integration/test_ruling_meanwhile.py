"""Somebody rules on a face while its video is being indexed: the run notices and keeps to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI

from gateway.identity.deciding import Verdict, decide
from gateway.library import people, tracks
from kernel.contracts.captions import Caption, CaptionModel, CaptionRequest, CaptionResponse, Clip
from kernel.contracts.library import NewPerson, Page, Video
from kernel.contracts.models import ModelCard
from kernel.settings import Faces, Media, Pipeline, Settings
from kernel.storage.database import Database
from kernel.web import create_service
from tests.films import A_SCENE, Product, compose, everybody

CARD = ModelCard(backend="drawn", model_id="drawn@1", licence="Apache-2.0", source="tests")


class Interrupted:
    """A caption-service that, once, rules on every face of the library before it answers."""

    def __init__(self, database: Database, person_id: UUID) -> None:
        self.database, self.person_id = database, person_id
        self.armed = False
        self.asked: list[list[str]] = []

    def app(self) -> FastAPI:
        @asynccontextmanager
        async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
            yield

        app = create_service("caption-service", lifespan=lifespan)

        @app.get("/v1/model")
        async def model() -> CaptionModel:
            return CaptionModel(captioner=CARD)

        @app.post("/v1/captions")
        async def captions(request: CaptionRequest) -> CaptionResponse:
            self.asked.append([person.name_en for clip in request.clips for person in clip.people])
            if self.armed:
                self.armed = False
                await self._rule()
            return CaptionResponse(captions=[self._said(clip) for clip in request.clips])

        return app

    async def _rule(self) -> None:
        async with self.database.transaction() as connection:
            [(_, found)] = (await tracks.outlines(connection, await self._videos(connection))).items()
        first = min(found, key=lambda track: track.id)
        said = Verdict(first.id, "is", self.person_id)
        await decide(self.database, [said], kind="rule", actor="person", door="page")

    async def _videos(self, connection) -> list[UUID]:
        rows = await connection.exec_driver_sql("select id from library.videos")
        return [row.id for row in rows]

    def _said(self, clip: Clip) -> Caption:
        who = ", ".join(person.name_en for person in clip.people) or "nobody known"
        return Caption(key=clip.key, text_en=f"{who}.", kind="generated", model=CARD)


@pytest.mark.slow
async def test_a_ruling_that_comes_while_sentences_are_made_is_in_what_is_published(
    settings: Settings, database: Database, database_url: str, shared: Path, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    await asyncio.to_thread(compose, film, everybody(shared, A_SCENE))
    async with database.transaction() as connection:
        minji = (await people.add_person(connection, NewPerson(name="Minji"))).id
    scribe = Interrupted(database, minji)
    few = {"media": Media(roots=(tmp_path,)), "faces": Faces(backend="edge")}
    product = Product(settings.model_copy(update=few), database_url, database, {"caption-service": scribe.app()})
    await product.doing([("POST", "/v1/videos/by-path", {"json": {"path": str(film)}})])
    [video] = Page[Video].model_validate_json(await product.read("/v1/videos")).items
    assert scribe.asked == [[]]

    scribe.armed = True
    again = ("POST", f"/v1/videos/{video.id}/reindex", {})
    await product.doing([again], pipeline=Pipeline(sample_fps=4))  # other pictures: sentences are made again
    assert scribe.asked == [[], [], ["Minji"]], "named again once, and told again"
    [segment] = await product.segments(video.id)
    assert [caption.text for caption in segment.captions] == ["Minji."]
    assert [person.person_id for person in segment.people if person.ruled] == [minji]
    assert [track.person_id for track in await product.tracks(video.id) if track.ruled] == [minji]
