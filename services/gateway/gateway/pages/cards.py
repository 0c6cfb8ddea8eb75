"""What cards and rows of the pages show. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from gateway.library.segments import Moment
from gateway.pipeline.documents import ranked
from gateway.pipeline.merge import covered_ms, union
from kernel.contracts.errors import Language
from kernel.contracts.library import Person, PersonInSegment, Run, Segment, SegmentCaption, StepName, Track, Video
from kernel.contracts.time import Span

AT_WORK = ("queued", "running")
MOST_TICKS = 12
FINEST = 1500  # a part of a timeline that is narrower than a pixel on most screens
TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)


@dataclass(frozen=True)
class VideoCard:
    """A video with its newest run and the people in it, most seen first."""

    video: Video
    run: Run | None
    people: Sequence[Person]

    @property
    def working(self) -> bool:
        return self.run is not None and self.run.state in AT_WORK

    @property
    def stopped(self) -> bool:
        return self.run is not None and self.run.state in {"failed", "cancelled"}

    @property
    def step(self) -> StepName | None:
        """What it is doing now, or is about to between two steps; None while it waits for its turn."""
        if self.run is None or self.run.state != "running":
            return None
        return next((s.name for s in self.run.steps if s.state not in {"done", "kept"}), None)

    @property
    def progress(self) -> float:
        return progress(self.run) if self.run else 0


def progress(run: Run) -> float:
    """Of the whole run, 0..1: steps count alike."""
    if not run.steps:
        return 0
    return sum(1.0 if s.state in {"done", "kept"} else s.progress for s in run.steps) / len(run.steps)


@dataclass(frozen=True)
class Said:
    """The caption to show first, in the reader's language when there is one, and the one in the other."""

    first: SegmentCaption | None
    second: SegmentCaption | None


def said(captions: Sequence[SegmentCaption], language: Language) -> Said:
    by_standing = ranked(captions)
    own = next((c for c in by_standing if c.language == language), None)
    other = next((c for c in by_standing if c.language != language), None)
    return Said(own, other) if own else Said(other, None)


@dataclass(frozen=True)
class SegmentRow:
    """A segment as a row: what is said of it, who is in it and how sure that is, and how many nobody has named.

    `tracks` are the faces behind each name (None: of the unnamed), `ruled` are those a person spoke for.
    """

    segment: Segment
    said: Said
    named: Sequence[tuple[Person, float]]
    unknown: int
    tracks: Mapping[UUID | None, Sequence[UUID]]
    ruled: AbstractSet[UUID | None]


def segment_row(segment: Segment, people: Mapping[UUID, Person], language: Language) -> SegmentRow:
    named, unknown = who_is_in(segment.people, people)
    ruled = {mention.person_id for mention in segment.people if mention.ruled}
    return SegmentRow(
        segment, said(segment.captions, language), named, unknown, tracks_of(segment.people, people), ruled
    )


def tracks_of(mentions: Iterable[PersonInSegment], people: Mapping[UUID, Person]) -> dict[UUID | None, list[UUID]]:
    """The faces that say who is there, by person; None: those nobody has named."""
    found: dict[UUID | None, list[UUID]] = {}
    for mention in mentions:
        who = mention.person_id if mention.person_id in people else None
        found.setdefault(who, []).extend(mention.track_ids)
    return found


def who_is_in(
    mentions: Iterable[PersonInSegment], people: Mapping[UUID, Person]
) -> tuple[list[tuple[Person, float]], int]:
    """Everybody named, surest first, each once; and the number of unknown faces."""
    named: dict[UUID, float] = {}
    unknown = 0
    for mention in mentions:
        if mention.person_id is None or mention.person_id not in people:
            unknown += 1
        else:
            named[mention.person_id] = max(mention.probability, named.get(mention.person_id, 0))
    surest = sorted(named.items(), key=lambda pair: (-pair[1], people[pair[0]].name))
    return [(people[person], probability) for person, probability in surest], unknown


@dataclass
class Lane:
    """When somebody (None: people nobody has named) is on screen."""

    person: Person | None
    name: str
    spans: list[Span] = field(default_factory=list)

    def drawn(self, length_ms: int) -> list[Span]:
        """Spans to draw on a timeline so long: those whose gap nobody could see are one."""
        return union(self.spans, length_ms // FINEST)

    def path(self, length_ms: int) -> str:
        """`drawn` as one SVG path, a unit a millisecond wide and a pixel high: thousands of elements would be slow."""
        return "".join(
            f"M{span.start_ms} 5h{span.duration_ms}v19h-{span.duration_ms}z" for span in self.drawn(length_ms)
        )

    @property
    def colour(self) -> str:
        return f"c{self.person.colour % 8}" if self.person else "cu"

    @cached_property
    def total_ms(self) -> int:
        """Time on screen; where spans overlap it counts once."""
        return covered_ms(self.spans)


def lanes(
    seen: Iterable[tuple[UUID | None, Span]], people: Mapping[UUID, Person], language: Language, unknown: str
) -> list[Lane]:
    """One lane a person, most seen first, unknown people last."""
    made: dict[UUID | None, Lane] = {}
    for person_id, span in seen:
        person = people.get(person_id) if person_id else None
        name = (person.name_ko if language == "ko" else person.name_en) if person else unknown
        made.setdefault(person.id if person else None, Lane(person, name)).spans.append(span)
    return sorted(made.values(), key=lambda lane: (lane.person is None, -lane.total_ms, lane.name))


def seen_in(moments: Iterable[Moment]) -> list[tuple[UUID | None, Span]]:
    """When people are on screen by what segments say, for videos without face tracks."""
    return [(who, moment.span) for moment in moments for who in (*moment.people, *((None,) if moment.unknown else ()))]


def best_moment(track: Track) -> int:
    """When its face is seen best, in milliseconds; where it begins when no face was kept."""
    return track.faces[track.best].at_ms if track.best < len(track.faces) else track.span.start_ms


@dataclass(frozen=True)
class Bar:
    """A segment on the timeline."""

    id: UUID
    span: Span
    text: str
    colours: Sequence[str]


def bar(row: SegmentRow) -> Bar:
    colours = [str(person.colour % 8) for person, _ in row.named] + (["u"] if row.unknown else [])
    return Bar(row.segment.id, row.segment.span, row.said.first.text if row.said.first else "", colours)


def ticks(length_ms: int) -> list[int]:
    """Round times to write along a timeline, in milliseconds, the first at 0."""
    step = next((s for s in TICKS_S if length_ms / (s * 1000) <= MOST_TICKS), 14_400) * 1000
    return list(range(0, length_ms, step))
