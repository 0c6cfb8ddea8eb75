"""Reading an older pipeline's rows."""

import json
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.imports.rows import read, segments_of, video_uuid
from kernel.contracts.errors import InvalidError

VIDEO = video_uuid("v1")


def row(timestamp: Any = 1, **more: Any) -> dict[str, Any]:
    return {"timestamp": timestamp, "video_id": "v1", "caption": "a woman sings", "faces": [], **more}


def face(member: str | None = "Kim Minji", group: str | None = "NJZ", **more: Any) -> dict[str, Any]:
    return {"group": group, "member": member, "confidence": 0.75, "bbox": [1, 2, 30, 40], **more}


def ids(who: tuple[str | None, str]) -> UUID:
    return uuid5(VIDEO, "/".join(part or "" for part in who))


def test_a_row_is_one_second_with_its_people() -> None:
    rows = read([row(100, faces=[face()])])
    [segment] = segments_of(VIDEO, rows.videos["v1"], ids)
    assert (segment.span.start_ms, segment.span.end_ms) == (100_000, 101_000)
    assert segment.captions[0].origin == "import"
    assert segment.people[0].person_id == ids(("NJZ", "Kim Minji"))
    assert segment.people[0].imported_box == (1, 2, 30, 40)


def test_a_member_named_twice_in_a_second_is_one_person_at_the_surer_word() -> None:
    rows = read([row(faces=[face(confidence=0.4), face(confidence=0.9)])])
    [segment] = segments_of(VIDEO, rows.videos["v1"], ids)
    assert [p.probability for p in segment.people] == [0.9]


@pytest.mark.parametrize("member", [None, "", "unknown", "Unknown"])
def test_an_unnamed_face_is_unknown_and_kept(member: str | None) -> None:
    rows = read([row(faces=[face(member)])])
    [segment] = segments_of(VIDEO, rows.videos["v1"], ids)
    assert [p.person_id for p in segment.people] == [None]
    assert rows.people == {}


@pytest.mark.parametrize(
    ("bad", "where"),
    [
        ({"timestamp": -1, "video_id": "v"}, "timestamp"),
        ({"timestamp": "100", "video_id": "v"}, "timestamp"),
        ({"timestamp": float("nan"), "video_id": "v"}, "timestamp"),
        ({"timestamp": True, "video_id": "v"}, "timestamp"),
        ({"timestamp": 1}, "video_id"),
        ({"timestamp": 1, "video_id": ""}, "video_id"),
        ({"timestamp": 1, "video_id": "v", "caption": "x" * 2001}, "caption"),
        ({"timestamp": 1, "video_id": "v", "faces": [{"confidence": 2}]}, "faces.0.confidence"),
        ("a string", "row"),
        (None, "row"),
        ({"timestamp": 1, "video_id": "v", "caption": "\ud800"}, "caption"),
        ({"timestamp": 1, "video_id": "\udfff"}, "video_id"),
        ({"timestamp": 1, "video_id": "v", "faces": [{"bbox": [float("nan"), 0, 1, 1]}]}, "faces.0.bbox.0"),
    ],
)
def test_a_row_that_means_nothing_is_refused_with_its_reason_and_the_rest_is_kept(bad: Any, where: str) -> None:
    rows = read([bad, row()])
    assert [(r.row, r.reason.split(":")[0]) for r in rows.refused] == [(0, where)]
    assert len(rows.videos["v1"]) == 1


def test_nulls_and_numbers_as_names_are_taken_as_meant() -> None:
    rows = read([{"timestamp": 1, "video_id": 7, "caption": None, "faces": None}])
    assert list(rows.videos) == ["7"]
    assert rows.refused == []


@pytest.mark.parametrize("nobody", [None, "a string", {"member": None, "group": "NJZ"}, {"member": "\ud800"}])
def test_somebody_without_a_name_is_refused_and_the_others_keep_theirs(nobody: Any) -> None:
    named = {"member": "Kim Minji", "group": "NJZ", "aliases": ["민지"]}
    rows = read({"rows": [row()], "people": [nobody, named]})
    assert [(refused.part, refused.row) for refused in rows.refused] == [("people", 0)]
    assert rows.people == {("NJZ", "Kim Minji"): ("민지",)}
    assert len(rows.videos["v1"]) == 1


def test_reasons_are_in_the_readers_language() -> None:
    rows = read([{"video_id": "v1"}, row(2), row(2)], "ko")
    assert [refused.reason for refused in rows.refused] == [
        "timestamp: 빠져 있습니다",
        "v1의 2.0초에 대한 행이 이미 있습니다",
    ]


def test_a_second_row_for_a_moment_is_refused() -> None:
    rows = read([row(5), row(5, caption="another")])
    assert [r.row for r in rows.refused] == [1]


def test_people_bring_aliases_and_people_nobody_saw() -> None:
    payload = {"rows": [row(faces=[face()])], "people": [{"member": "Kim Minji", "group": "NJZ", "aliases": ["민지"]}]}
    assert read(payload).people == {("NJZ", "Kim Minji"): ("민지",)}


@pytest.mark.parametrize("payload", [{}, {"rows": 1}, "x", 3, None, {"rows": [], "people": "x"}])
def test_a_file_of_another_form_is_refused_whole(payload: Any) -> None:
    with pytest.raises(InvalidError):
        read(payload)


def test_text_is_nfc_and_has_no_nul() -> None:
    rows = read([row(caption="\u1100\u1161\x00나")])
    assert rows.videos["v1"][0].caption == "가나"


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["timestamp", "video_id", "caption", "faces", "member", "rows"]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@given(st.lists(values, max_size=6))
def test_every_row_is_either_kept_or_refused(payload: list[Any]) -> None:
    rows = read(payload)
    assert sum(map(len, rows.videos.values())) + len(rows.refused) == len(payload) == rows.rows
    for external, kept in rows.videos.items():
        json.dumps([s.model_dump(mode="json") for s in segments_of(video_uuid(external), kept, ids)], allow_nan=False)
