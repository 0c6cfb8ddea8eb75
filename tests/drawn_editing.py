"""Timelines and commands drawn at random, for tests of the editor."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid5

from hypothesis import assume
from hypothesis import strategies as st

from gateway.editor.timeline import Timeline
from gateway.pipeline.merge import people_in
from kernel.contracts import editing
from kernel.contracts.library import Segment, SegmentCaption, Track
from kernel.contracts.time import Span

VIDEO = UUID(int=1)
LENGTH = 1_000
PEOPLE = [UUID(int=100 + number) for number in range(4)]
WORDS = st.sampled_from(["민지가 웃는다", "하니가 춤춘다", "a cup", "two cups", "🎬 <b>'\"", "가"])
TAGS = st.sampled_from(["하이라이트", "b-roll", "x"])


def edges() -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(1, LENGTH - 1), min_size=1, max_size=6, unique=True).map(sorted)


def some_tracks(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[Track]:
    count = draw(st.integers(0, 6))
    tracks = []
    for number in range(count):
        start = draw(st.integers(0, LENGTH - 2))
        end = draw(st.integers(start + 1, LENGTH))
        tracks.append(
            Track(
                id=UUID(int=1000 + number),
                video_id=VIDEO,
                span=Span(start_ms=start, end_ms=end),
                person_id=draw(st.sampled_from([*PEOPLE, None])),
                probability=0.9,
                faces=[],
                model_id="drawn@1",
            )
        )
    return tracks


def opinion(cuts: list[int], tracks: list[Track], words: str, *, followed: bool) -> list[Segment]:
    """What a machine says: a segment between each two cuts. Not `followed`, people have no tracks, as imported ones."""
    bounds = [0, *cuts, LENGTH]
    spans = [Span(start_ms=a, end_ms=b) for a, b in pairwise(bounds)]
    made = []
    for span in spans:
        people = people_in(span, [track for track in tracks if track.span.overlap_ms(span)])
        if not followed:
            people = [one.model_copy(update={"origin": "import", "track_ids": []}) for one in people if one.person_id]
        said = SegmentCaption(text=f"{words} {span.start_ms}", language="en", origin="machine", model_id="drawn@1")
        made.append(
            Segment(
                id=uuid5(VIDEO, f"{span.start_ms}-{span.end_ms}"),
                video_id=VIDEO,
                span=span,
                captions=[said],
                people=people,
                version=0,
            )
        )
    return made


def a_command(draw: Callable[[st.SearchStrategy[Any]], Any], timeline: Timeline) -> editing.Operation:  # noqa: PLR0911 - one return a command
    ids = [segment.id for segment in timeline.segments]
    few = st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True)
    at = st.integers(0, LENGTH + 20)
    op = draw(st.sampled_from(["create", "split", "merge", "move", "delete", "caption", "people", "tag", "note"]))
    match op:
        case "create":
            said = [editing.Caption(language="ko", text=draw(WORDS))]
            return editing.Create(
                op=op, start_ms=draw(at), end_ms=draw(at), captions=said, people=[draw(st.sampled_from(PEOPLE))]
            )
        case "split":
            whole = draw(st.sampled_from(timeline.segments))
            inside = st.integers(whole.span.start_ms, whole.span.end_ms)
            return editing.Split(op=op, segment_id=whole.id, at_ms=draw(st.lists(inside, min_size=1, max_size=3)))
        case "merge":
            assume(len(ids) > 1)
            chosen = draw(st.lists(st.sampled_from(ids), min_size=2, max_size=3, unique=True))
            return editing.Merge(op=op, segment_ids=chosen, gaps=draw(st.booleans()))
        case "move":
            return editing.Move(op=op, segment_id=draw(st.sampled_from(ids)), start_ms=draw(at), end_ms=draw(at))
        case "delete":
            return editing.Delete(op=op, segment_ids=draw(few))
        case "caption":
            language, text = draw(st.sampled_from(["ko", "en"])), draw(st.none() | WORDS)
            return editing.SetCaption(op=op, segment_ids=draw(few), language=language, text=text)
        case "people":
            one, other = draw(st.permutations(PEOPLE))[:2]
            swap = draw(st.none() | st.just(editing.Replacement(gone=PEOPLE[0], by=PEOPLE[1])))
            return editing.ChangePeople(op=op, segment_ids=draw(few), add=[one], remove=[other], replace=swap)
        case "tag":
            return editing.ChangeTags(op=op, segment_ids=draw(few), add=[draw(TAGS)])
        case _:
            return editing.ChangeNotes(op="note", segment_ids=draw(few), add=draw(WORDS))
