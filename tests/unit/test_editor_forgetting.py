"""A segment without somebody: no id, no name in what machines said; everybody else and a person's words stay."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from gateway.editor.forgetting import Gone, without, written_by_hand
from gateway.editor.labels import Naming
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption
from kernel.contracts.time import Span
from kernel.particles import with_particle
from kernel.wording import says

HANNI, MINJI, KIM = UUID(int=1), UUID(int=2), UUID(int=3)
NAMES = {HANNI: ("하니", "Hanni"), MINJI: ("민지", "Minji"), KIM: ("김민지", "Kim Minji")}
STAY = {one: names for one, names in NAMES.items() if one != MINJI}
GONE = Gone(
    ids=frozenset({MINJI}),
    names=("민지", "Minji", "MJ"),
    living={name: frozenset({one}) for one, names in STAY.items() for name in names},
    before=Naming(NAMES, {}),
    after=Naming(STAY, {}),
)
WHO = st.lists(st.sampled_from([*NAMES, None]), unique=True, max_size=4)
ORIGINS = st.sampled_from(["machine", "import", "human"])


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    people, told = draw(WHO), draw(st.lists(st.tuples(st.sampled_from([*NAMES]), ORIGINS), max_size=4))
    captions = [
        SegmentCaption.model_validate({"text": text, "language": language, "origin": origin})
        for one, origin in told
        for text, language in (
            (f"{with_particle(NAMES[one][0], '이', '가')} 보인다.", "ko"),
            (f"{NAMES[one][1]} is on screen.", "en"),
        )
    ]
    on = [
        PersonInSegment.model_validate(
            {
                "person_id": one,
                "probability": 0.9,
                "origin": draw(ORIGINS),
                "track_ids": [uuid4()] * draw(st.integers(0, 1)),
            }
        )
        for one in people
    ]
    return Segment(
        id=uuid4(), video_id=uuid4(), span=Span(start_ms=0, end_ms=1), captions=captions, people=on, version=1
    )


@given(segment=segments())
def test_they_are_gone_and_everything_else_is_as_it_was(segment: Segment) -> None:
    left = without(segment, GONE)
    assert str(MINJI) not in left.model_dump_json()
    for caption in left.captions:
        if caption.origin != "human":
            assert not any(says(caption.text, caption.language, name, others=GONE.longer) for name in GONE.names)
    for before, after in zip(segment.captions, left.captions, strict=True):
        about = any(says(before.text, before.language, name, others=GONE.longer) for name in GONE.names)
        assert (before == after) == (before.origin == "human" or not about)
    others = {person.person_id: person for person in segment.people if person.person_id in STAY}
    assert {person.person_id: person for person in left.people if person.person_id} == others
    assert without(left, GONE) == left


@given(segment=segments())
def test_what_a_person_wrote_is_told_of(segment: Segment) -> None:
    by_hand = any(
        caption.origin == "human" and caption.text.startswith(("민지", "Minji")) for caption in segment.captions
    )
    assert written_by_hand(segment, GONE) == by_hand
