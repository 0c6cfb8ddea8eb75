"""Merging and renaming people: every machine caption and document follows, and un-merging is exact."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as drawn
from hypothesis import strategies as st
from sqlalchemy import text

from gateway.editor.labels import labels
from gateway.editor.timeline import Edit, fold
from gateway.library import edits, people, segments, videos
from gateway.people import joining, names, renaming
from gateway.people.errors import MergedAlreadyError, NotMergedError, SamePersonError
from gateway.people.merging import followed, resolved
from gateway.pipeline.documents import document_of
from kernel.contracts.library import NewPerson, PersonInSegment, Segment, SegmentCaption
from kernel.contracts.time import Span
from kernel.particles import with_particle
from kernel.settings import Settings
from kernel.storage.database import Database
from tests.rooms import Rooms, open_front_door

PEOPLE, SCENES = 4, 3
KOREAN = ["하니", "서연", "민지", "다니엘"]
LATER = ["유진", "해린", "지우", "수빈", "예원", "나래"]


def said(called: list[tuple[str, str]]) -> list[SegmentCaption]:
    """What machines say of these people, ours and an older pipeline's; and what a person wrote of the first."""
    if not called:
        return []
    *most, last = [ko for ko, _ in called]
    who = " ".join([*(with_particle(name, "과", "와") for name in most), with_particle(last, "이", "가")])
    en = f"{' and '.join(en for _, en in called)} are on screen."
    return [
        SegmentCaption(text=f"{who} 보인다.", language="ko", origin="machine", observed=True),
        SegmentCaption(text=en, language="en", origin="machine", observed=True),
        SegmentCaption(text=f"{KOREAN[0]}와 {KOREAN[1]}이 웃는다", language="ko", origin="human"),
        SegmentCaption(text=f"{who} 걷는다.", language="ko", origin="import"),
    ]


@dataclass
class Stage:
    """A group of people and a video that shows them."""

    people: list[UUID]
    video: UUID


async def staged(database: Database, scenes: list[set[int]]) -> Stage:
    group = f"group {uuid4()}"
    async with database.transaction() as connection:
        ids = [(await people.add_person(connection, NewPerson(name=name, group=group))).id for name in KOREAN]
        new = videos.NewVideo(id=uuid4(), title="Day 2", source="upload", origin="day2.mp4")
        video, _ = await videos.add(connection, new)
        shown = [
            Segment(
                id=uuid4(),
                video_id=video.id,
                span=Span(start_ms=1000 * place, end_ms=1000 * place + 1000),
                captions=said([(KOREAN[one], KOREAN[one]) for one in sorted(scene)]),
                people=[
                    PersonInSegment(person_id=ids[one], probability=0.9, origin="machine") for one in sorted(scene)
                ],
                version=1,
            )
            for place, scene in enumerate(scenes)
        ]
        edit = Edit(
            video_id=video.id,
            version=1,
            kind="publish",
            actor="machine",
            door="pipeline",
            before=(),
            after=tuple(shown),
        )
        await edits.append(connection, edit)
    return Stage(ids, video.id)


async def timeline_of(database: Database, stage: Stage) -> tuple[Segment, ...]:
    async with database.transaction() as connection:
        timeline = await segments.timeline(connection, stage.video)
        assert fold(stage.video, await edits.history(connection, stage.video)) == timeline
    return timeline.segments


async def is_told_right(database: Database, stage: Stage) -> None:
    """Every caption of a machine says what its people are called now, and what a person wrote stays."""
    async with database.transaction() as connection:
        naming = await renaming.naming(connection)
    for segment in await timeline_of(database, stage):
        here = [person.person_id for person in segment.people if person.person_id]
        called = labels(here, naming)
        assert segment.captions == said([called[person] for person in here])


async def everything(database: Database, stage: Stage) -> object:
    """All there is to see of a stage: its people, its segments but for their version, its documents, its names."""
    async with database.transaction() as connection:
        who = await resolved(connection)
        known = [row for row in await names.all_names(connection) if row.id in stage.people]
        rows = [await people.get_person(connection, person) for person in stage.people]
    shown = [segment.model_copy(update={"version": 1}) for segment in await timeline_of(database, stage)]
    return rows, shown, [document_of(segment, "Day 2", who) for segment in shown], known


Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(["merge", "unmerge", "rename"]), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
    max_size=6,
)
WHO_IS_ON = st.lists(st.sets(st.integers(0, PEOPLE - 1)), min_size=SCENES, max_size=SCENES)


async def take(database: Database, stage: Stage, step: Step, fresh: list[str]) -> None:
    """One step of somebody at work; what makes no sense is refused and changes nothing."""
    what, one, other = step
    async with database.transaction() as connection:
        if what == "rename":
            await renaming.rename(connection, stage.people[one], name=fresh.pop(), aliases=[])
        elif what == "unmerge":
            await joining.unmerge(connection, stage.people[one])
        else:
            await joining.merge(connection, stage.people[one], stage.people[other])


@pytest.mark.long
@drawn(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenes=WHO_IS_ON, steps=STEPS, one=st.integers(0, PEOPLE - 1), other=st.integers(0, PEOPLE - 1))
def test_whatever_is_merged_unmerged_and_renamed(
    told: str, scenes: list[set[int]], steps: list[Step], one: int, other: int
) -> None:
    async def run() -> None:
        database = Database(told)
        try:
            stage, fresh = await staged(database, scenes), list(LATER)
            for step in steps:
                before = await everything(database, stage)
                try:
                    await take(database, stage, step, fresh)
                except (MergedAlreadyError, NotMergedError, SamePersonError):
                    assert await everything(database, stage) == before
                await is_told_right(database, stage)
            await merging_and_back(database, stage, one, other)
        finally:
            await database.close()

    asyncio.run(run())


async def merging_and_back(database: Database, stage: Stage, one: int, other: int) -> None:
    before = await everything(database, stage)
    try:
        await take(database, stage, ("merge", one, other), [])
    except (MergedAlreadyError, SamePersonError):
        return
    async with database.transaction() as connection:
        who: Mapping[UUID, UUID] = await resolved(connection)
        assert stage.people[one] in who
        assert not set(who.values()) & set(who)
    await take(database, stage, ("unmerge", one, other), [])
    assert await everything(database, stage) == before


@pytest.fixture(scope="module")
def told(cloned: Callable[[str], str]) -> str:
    return cloned("merging")


def test_pointers_are_followed_to_their_end() -> None:
    a, b, c, d = (uuid4() for _ in range(4))
    assert followed({a: b, b: c}) == {a: c, b: c}
    assert followed({}) == {}
    assert d not in followed({a: b})


async def test_a_merged_person_leads_to_the_other(database: Database) -> None:
    stage = await staged(database, [{0}, {0, 1}, {1}])
    hanni, seoyeon, *_ = stage.people
    await take(database, stage, ("merge", 0, 1), [])
    first, both, _ = await timeline_of(database, stage)
    assert first.captions[0].text == "서연이 보인다."
    assert both.captions[0].text == "하니와 서연이 보인다."
    async with database.transaction() as connection:
        who = await resolved(connection)
        listed = await people.list_people(connection, limit=50, q="하니")
        everybody = await people.list_people(connection, limit=50)
        known = {name.id: name for name in await names.all_names(connection)}
        jobs = list(await connection.execute(text("select payload from jobs.queue")))
    assert [mention.person_id for mention in document_of(both, "", who).people] == [seoyeon]
    assert [person.id for person in listed.items] == [seoyeon]
    assert hanni not in [person.id for person in everybody.items]
    assert hanni not in known
    assert known[seoyeon].aliases == ["서연", "하니"]
    assert len(jobs) == 3  # the publish, the rename, the segments that only read otherwise


async def test_merging_into_a_merged_person_resolves_and_makes_no_circle(database: Database) -> None:
    stage = await staged(database, [{0, 1, 2}])
    await take(database, stage, ("merge", 0, 1), [])
    async with database.transaction() as connection:
        led = await joining.merge(connection, stage.people[2], stage.people[0])
    assert led.id == stage.people[1]
    for refused, error in ((("merge", 1, 2), SamePersonError), (("merge", 1, 1), SamePersonError),
                           (("merge", 0, 3), MergedAlreadyError), (("unmerge", 1, 0), NotMergedError)):  # fmt: skip
        with pytest.raises(error):
            await take(database, stage, refused, [])


async def test_a_sentence_older_than_a_name_follows_too(database: Database) -> None:
    """Written while they were called otherwise, and not told of since: the old name is known, and goes."""
    stage = await staged(database, [{0, 1}])
    async with database.transaction() as connection:
        await people.change_person(connection, stage.people[0], name="해인", aliases=[])
    await take(database, stage, ("rename", 0, 0), ["유진"])
    [segment] = await timeline_of(database, stage)
    assert [caption.text for caption in segment.captions[:2]] == [
        "유진과 서연이 보인다.",
        "유진 and 서연 are on screen.",
    ]


async def test_whom_a_video_shows_is_told_as_one(settings: Settings, database: Database, database_url: str) -> None:
    stage = await staged(database, [{0, 1}, {0}, {2}])
    hanni, seoyeon, minji, _ = map(str, stage.people)
    async with open_front_door(Rooms(settings), database_url) as (client, _app):
        merged = await client.post(f"/v1/people/{hanni}/merge", json={"into": seoyeon})
        assert (merged.status_code, merged.json()["id"]) == (200, seoyeon)
        assert (await client.get(f"/v1/people/{hanni}")).json()["merged_into"] == seoyeon
        assert set((await client.get(f"/v1/videos/{stage.video}")).json()["people"]) == {seoyeon, minji}
        shown = (await client.get(f"/v1/videos/{stage.video}/segments")).json()["items"]
        assert [[one["person_id"] for one in segment["people"]] for segment in shown] == [[seoyeon], [seoyeon], [minji]]
        one = (await client.get(f"/v1/segments/{shown[1]['id']}")).json()
        assert [person["person_id"] for person in one["people"]] == [seoyeon]
        twice = await client.post(f"/v1/people/{hanni}/merge", json={"into": minji})
        assert (twice.status_code, twice.json()["code"]) == (409, "merged_already")
        back = await client.post(f"/v1/people/{hanni}/unmerge")
        assert (back.status_code, back.json()["merged_into"]) == (200, None)
        told = [entry["action"] for entry in (await client.get(f"/v1/audit?person={hanni}")).json()["items"]]
        assert told == ["person_unmerged", "person_merged"]
        assert set((await client.get(f"/v1/videos/{stage.video}")).json()["people"]) == {hanni, seoyeon, minji}
