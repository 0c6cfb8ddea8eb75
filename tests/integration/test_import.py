"""Importing an older pipeline's rows into a real library and index."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

import embed_service.app
from gateway.editor.timeline import fold
from gateway.imports.rows import video_uuid
from gateway.imports.run import import_rows
from gateway.library import edits, segments
from kernel.clients import EmbedService
from kernel.contracts.library import ImportReport
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.wire import open_wire

MEMBERS = ("Kim Minji", "Hanni Pham", "Kang Haerin", "Lee Hyein", None)
DOINGS = ("is sleeping on the grass", "sings on a stage", "holds a paper cup", "waves at the camera")


def rows(count: int, video: str = "camp-2", first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "timestamp": first + second,
            "video_id": video,
            "caption": f"a woman {DOINGS[second % 4]}, take {second}",
            "faces": [{"group": "NJZ", "member": MEMBERS[second % 5], "confidence": 0.75, "bbox": [10, 20, 110, 140]}],
        }
        for second in range(count)
    ]


@pytest.fixture
async def embed(settings: Settings, database_url: str) -> AsyncIterator[EmbedService]:
    async with open_wire({"embed-service": embed_service.app.create_app(settings, database_url)}) as wire:
        yield EmbedService(wire)


async def counts(database: Database) -> dict[str, int]:
    async with database.transaction() as connection:
        tables = ("library.segments", "library.people", "library.videos", "library.edits", "index.documents")
        found = {
            name: (await connection.execute(text(f"select count(*) from {name}"))).scalar()  # noqa: S608 - our own names
            for name in tables
        }
    return {name: int(count or 0) for name, count in found.items()}


async def test_rows_are_segments_people_and_documents_at_once(database: Database, embed: EmbedService) -> None:
    report = await import_rows(database, embed, rows(50))
    assert (report.videos, report.people, report.groups, report.segments) == (1, 4, 1, 50)
    assert await counts(database) == {
        "library.segments": 50,
        "library.people": 4,
        "library.videos": 1,
        "library.edits": 1,
        "index.documents": 50,
    }


async def test_the_same_file_again_changes_nothing(database: Database, embed: EmbedService) -> None:
    await import_rows(database, embed, rows(20))
    before = await counts(database)
    again = await import_rows(database, embed, rows(20))
    assert (again.videos, again.people, again.groups, again.segments, again.unchanged) == (0, 0, 0, 0, 20)
    assert await counts(database) == before


async def test_a_second_part_of_a_video_is_added_to_the_first(database: Database, embed: EmbedService) -> None:
    await import_rows(database, embed, rows(10))
    report = await import_rows(database, embed, rows(10, first=8))
    assert (report.segments, report.videos) == (10, 0)  # two moments say something else now
    async with database.transaction() as connection:
        timeline = await segments.timeline(connection, video_uuid("camp-2"))
        history = await edits.history(connection, video_uuid("camp-2"))
    assert [s.span.start_ms for s in timeline.segments] == [second * 1000 for second in range(18)]
    assert fold(timeline.video_id, history) == timeline


async def test_refused_rows_are_reported_and_the_rest_comes_in(database: Database, embed: EmbedService) -> None:
    report = await import_rows(database, embed, [*rows(3), {"timestamp": "x"}, None])
    assert [refused.row for refused in report.refused] == [3, 4]
    assert report.segments == 3


async def test_aliases_come_along_and_join_an_existing_person(database: Database, embed: EmbedService) -> None:
    await import_rows(database, embed, rows(5))
    people = [{"member": "Kim Minji", "group": "NJZ", "aliases": ["민지", "김민지"]}]
    report: ImportReport = await import_rows(database, embed, {"rows": [], "people": people})
    assert report.people == 0
    async with database.transaction() as connection:
        query = text("select aliases from library.people where name = 'Kim Minji'")
        assert (await connection.execute(query)).scalar() == ["민지", "김민지"]


async def test_eleven_hundred_rows_come_in_whole(database: Database, embed: EmbedService) -> None:
    report = await import_rows(database, embed, rows(1100))
    assert report.segments == (await counts(database))["index.documents"] == 1100
