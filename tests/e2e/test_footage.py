"""Real footage with frame-exact truth through the whole product, faces by the small open pack."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import av
import httpx
import pytest
from PIL import Image

from kernel.contracts.library import ListedSegment, NewPerson, Page, Run, Segment
from kernel.contracts.search import SearchRequest
from kernel.contracts.time import Span
from standalone import sample
from standalone.rest import Library
from tests.e2e.conftest import Running

FRAME_MS = 40  # both films have 25 frames a second
# People of the composed film, known by other footage than what is in it.
KNOWN = {
    "signer-1": ("people-signing/learn.mkv", "people-signing/school.mkv"),
    "signer-2": ("people-signing/again.mkv", "people-signing/no.mkv"),
}
Names = dict[UUID, str]


def still(clip: Path, folder: Path, at_s: float = 1.0) -> Path:
    """The picture a clip shows at `at_s`, as a photo."""
    with av.open(str(clip)) as container:
        frame = next(frame for frame in container.decode(video=0) if frame.time >= at_s)
        photo = folder / f"{clip.stem}.jpg"
        frame.to_image().save(photo, quality=92)
    return photo


def small(photo: Path) -> Path:
    """As somebody may have been sent it."""
    with Image.open(photo) as picture:
        picture.resize((picture.width // 2, picture.height // 2)).save(photo, quality=50)
    return photo


async def enrol(library: Library, name: str, group: str, photos: Sequence[Path], aliases: Sequence[str] = ()) -> UUID:
    person = await library.add_person(NewPerson(name=name, group=group, aliases=list(aliases)))
    for photo in photos:
        await library.add_reference(person.id, photo)
    return person.id


async def index(library: Library, film: Path) -> tuple[UUID, Run]:
    """Upload a film and follow its run to the end."""
    accepted = await library.upload(film)
    assert accepted.run is not None
    told = [run async for run in library.watch(accepted.run.id)]
    assert told[-1].state == "done", told[-1].problem
    return accepted.video.id, told[-1]


def segments(product: Running, video: UUID) -> list[Segment]:
    said = httpx.get(f"{product.address}/v1/videos/{video}/segments", params={"limit": 200})
    return list(Page[ListedSegment].model_validate_json(said.content).items)


def shown_at(found: Sequence[Segment], names: Names, at_ms: int) -> set[str]:
    """Names of those whom the timeline shows at a moment."""
    return {
        names[person.person_id]
        for segment in found
        if segment.span.contains(at_ms)
        for person in segment.people
        if person.person_id is not None and any(span.contains(at_ms) for span in person.seen)
    }


class Score:
    """Names told against names true, moment by moment."""

    def __init__(self) -> None:
        self.right = self.told = self.true = 0

    def add(self, told: set[str], true: set[str]) -> None:
        self.right += len(told & true)
        self.told += len(told)
        self.true += len(true)

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.told + self.true)


@pytest.mark.long
def test_who_is_on_a_timeline_of_ten_people(product: Running, shared: Path) -> None:
    """Eighty-eight people are known; eight of them and two strangers are shown, up to four at once."""
    folder = shared / "faces"
    names: Names = {}

    async def work(library: Library) -> tuple[UUID, Run]:
        for row in csv.DictReader((folder / "people.csv").read_text(encoding="utf-8").splitlines()):
            if row["role"] == "enrolled":
                photos = [folder / name for name in row["gallery"].split(";")]
                names[await enrol(library, row["member"], row["group"], photos)] = row["member"]
        return await index(library, folder / "scenes" / "timeline.mp4")

    video, _ = product.ask(work)
    found = segments(product, video)
    truth = json.loads((folder / "scenes" / "timeline.json").read_text(encoding="utf-8"))
    score = Score()
    for scene in truth["scenes"]:
        true = {person["member"] for person in scene["people"]} - {"UNKNOWN"}
        for frame in range(scene["first_frame"], scene["last_frame"] + 1, 5):
            score.add(shown_at(found, names, frame * FRAME_MS + FRAME_MS // 2), true)
    assert score.f1 >= 0.98

    answer = product.ask(lambda library: library.search(SearchRequest(query="GA-T03 나오는 장면")))
    assert [hit.span for hit in answer.hits] == [Span(start_ms=5400, end_ms=7200)]


@pytest.mark.slow
def test_scenes_of_a_composed_film(product: Running, shared: Path, tmp_path: Path) -> None:
    film = shared / "media" / "composed" / "scenes.mp4"
    names: Names = {}

    async def work(library: Library) -> tuple[UUID, Run]:
        for name, clips in KNOWN.items():
            photos = [still(shared / "media" / clip, tmp_path) for clip in clips]
            names[await enrol(library, name, "Signers", photos, [f"수어-{name[-1]}"])] = name
        portrait = sample.draw_people(tmp_path / "people") / sample.GROUP / sample.PERSON / "portrait.jpg"
        names[await enrol(library, sample.PERSON, sample.GROUP, [portrait], sample.ALIASES)] = "astronaut"
        return await index(library, film)

    video, run = product.ask(work)
    truth = json.loads(film.with_suffix(".json").read_text(encoding="utf-8"))["shots"]
    found = segments(product, video)

    begun = {segment.span.start_ms for segment in found}
    missed = [shot for shot in truth if not any(abs(at - round(shot["start"] * 1000)) <= FRAME_MS for at in begun)]
    assert missed == []

    score = Score()
    for shot in truth:
        true = set(shot["people"]) & set(names.values())
        for frame in range(shot["first_frame"] + 1, shot["last_frame"], 5):
            score.add(shown_at(found, names, frame * FRAME_MS + FRAME_MS // 2), true)
    assert score.f1 >= 0.95
    assert run.realtime is not None

    answer = product.ask(lambda library: library.search(SearchRequest(query="아일린 콜린스 나오는 장면")))
    assert answer.hits[0].span.contains(31_000)
    signing = product.ask(lambda library: library.search(SearchRequest(query="수어-1 나오는 장면")))
    middles = {(hit.span.start_ms + hit.span.end_ms) // 2 for hit in signing.hits}
    assert any(8920 <= at < 12320 for at in middles)
    assert any(33040 <= at < 35920 for at in middles)

    for shot in truth:
        middle = (shot["start"] + shot["end"]) / 2
        taken = small(still(film, tmp_path, middle))
        where = product.ask(lambda library, taken=taken: library.read_picture(taken)).frames
        scenes = {segment.id for segment in found if segment.span.contains(round(middle * 1000))}
        assert where, middle
        assert where[0].segment_id in scenes, middle
