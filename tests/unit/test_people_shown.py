"""What the pages of people show: how well everybody is known, renamings by video, tracks behind names."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

from gateway.library.standing import Pictures
from gateway.pages import cards, formats
from gateway.pages.look_back import by_video
from gateway.pages.people import ASKED_FOR, known_by_person
from gateway.pages.person import tracks_of
from gateway.pages.words import scripts
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, Person, PersonInSegment, Rights, Track
from kernel.contracts.people import Appearance, Nearest, Receipt, Renaming
from kernel.contracts.time import Span

SPACE = UUID(int=8)


def person(name: str, merged_into: Person | None = None) -> Person:
    return Person(
        id=uuid5(SPACE, name),
        name=name,
        name_ko=name,
        name_en=name,
        colour=0,
        merged_into=merged_into.id if merged_into else None,
        created_at=datetime.now(UTC),
    )


def track(name: str, start: int = 0, video: str = "v", best: int = 0) -> Track:
    box = Box(left=0, top=0, right=1, bottom=1)
    return Track(
        id=uuid5(SPACE, name),
        video_id=uuid5(SPACE, video),
        span=Span(start_ms=start, end_ms=start + 1000),
        person_id=None,
        probability=0.5,
        best=best,
        faces=[FaceAt(at_ms=start + 100, box=box), FaceAt(at_ms=start + 600, box=box)],
        model_id="drawn@1",
    )


def renaming(name: str, start: int, video: str) -> Renaming:
    return Renaming(
        track=track(name, start, video),
        video_title=video,
        from_person_id=None,
        to_person_id=None,
        similarity=0.5,
        probability=0.9,
    )


def test_what_is_known_of_merged_people_counts_for_whom_they_turned_out_to_be() -> None:
    minji = person("민지")
    once = person("MJ", merged_into=minji)
    twice = person("M", merged_into=once)
    pictures = {minji.id: Pictures(2, 2), once.id: Pictures(3, 2, expired=1), twice.id: Pictures(1, 0, withdrawn=1)}
    known = known_by_person([twice, once, minji], pictures, {minji.id: 1000, twice.id: 500}, {once.id: 4})
    assert known[minji.id].pictures == Pictures(6, 4, expired=1, withdrawn=1)
    assert (known[minji.id].screen_ms, known[minji.id].scenes) == (1500, 4)
    assert known[minji.id].share == 4 / ASKED_FOR
    assert known[once.id].pictures == Pictures()


def test_more_pictures_than_asked_for_are_a_full_ring() -> None:
    minji = person("민지")
    assert known_by_person([minji], {minji.id: Pictures(9, 9)}, {}, {})[minji.id].share == 1


def test_renamings_are_by_video_most_first_and_in_order_of_time() -> None:
    items = [renaming("a", 5000, "one"), renaming("b", 0, "two"), renaming("c", 1000, "one")]
    sections = by_video(items)
    assert [(title, [item.track.span.start_ms for item in its]) for title, _, its in sections] == [
        ("one", [1000, 5000]),
        ("two", [0]),
    ]
    assert by_video([]) == []


def test_tracks_behind_a_name_are_all_that_mention_it() -> None:
    minji, gone = person("민지"), person("누구")
    one, two, three = (track(name).id for name in "abc")
    mentions = [
        PersonInSegment(person_id=minji.id, probability=1, origin="machine", track_ids=[one]),
        PersonInSegment(person_id=minji.id, probability=1, origin="machine", track_ids=[two]),
        PersonInSegment(person_id=gone.id, probability=1, origin="machine", track_ids=[three]),
    ]
    assert cards.tracks_of(mentions, {minji.id: minji}) == {minji.id: [one, two], None: [three]}


def test_the_best_moment_is_the_best_faces_or_the_beginning() -> None:
    assert cards.best_moment(track("a", 2000, best=1)) == 2600
    assert cards.best_moment(track("a", 2000, best=7)) == 2000


def test_an_appearance_shows_the_faces_that_are_there() -> None:
    first, second = track("a"), track("b")
    seen = Appearance(video_id=first.video_id, title="v", seconds=1, spans=[], track_ids=[second.id, first.id])
    assert tracks_of(seen, {second.id: second}) == [second]


def test_values_for_scripts_lengths_and_addresses() -> None:
    near = Nearest(person_id=SPACE, similarity=0.5, probability=0.25)
    assert formats.as_json([near]) == f'[{{"person_id": "{SPACE}", "similarity": 0.5, "probability": 0.25}}]'
    assert (
        formats.as_json(Rights(rights="보도자료"))
        == '{"rights": "보도자료", "consent": "unstated", "expires_at": null}'
    )
    assert [formats.duration(5.04, "ko"), formats.duration(80, "en")] == ["5.0초", "1:20"]
    assert [formats.site("https://img.example.org/a?b"), formats.site("사진첩")] == ["img.example.org", "사진첩"]


def test_whatever_a_receipt_counts_has_a_word() -> None:
    counts = [name for name, field in Receipt.model_fields.items() if field.annotation is int]
    assert "answers" in counts
    assert {f"went_{name}" for name in counts} <= scripts(str).keys()
