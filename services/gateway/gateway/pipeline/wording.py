"""Captions in the other language, by search-service's language model: an edit of the machine's after the fact.

Without a model, and where it can't be said faithfully, a caption stays alone in its own language. What people wrote is
never said otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from gateway.editor.timeline import Edit, Timeline
from gateway.library import edits, segments
from kernel.clients import SearchService
from kernel.contracts.errors import Language, UnavailableError
from kernel.contracts.library import Segment, SegmentCaption
from kernel.contracts.search import Worded, Wording, WordingRequest
from kernel.storage.database import Database

CAPTIONS_A_REQUEST = 100
OTHER: dict[Language, Language] = {"ko": "en", "en": "ko"}
LATER = ("budget", "timeout", "failed")  # what time may mend


class WordingLaterError(UnavailableError):
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Some captions could not be said in the other language yet: {reason}",
        "ko": "일부 설명을 다른 언어로 옮기지 못했습니다: {reason}",
    }


def unworded(found: Iterable[Segment]) -> list[Wording]:
    """Captions of machines and imports that are there in one language alone, each once."""
    wanted = (_alone(segment) for segment in found)
    return list(dict.fromkeys(Wording(text=one.text, language=one.language) for one in wanted if one is not None))


def _alone(segment: Segment) -> SegmentCaption | None:
    if len({caption.language for caption in segment.captions}) != 1:
        return None
    return next((caption for caption in segment.captions if caption.origin != "human"), None)


async def word_captions(database: Database, service: SearchService, video_id: UUID) -> int:
    """Say a video's captions in the other language; on how many segments that is new.

    Raises WordingLaterError when the rest may be had later, and what the service does.
    """
    async with database.transaction() as connection:
        wanted = unworded((await segments.timeline(connection, video_id)).segments)
    said: dict[Wording, Worded] = {}
    why: str | None = None
    for first in range(0, len(wanted), CAPTIONS_A_REQUEST):
        some = wanted[first : first + CAPTIONS_A_REQUEST]
        answer = await service.word(WordingRequest(captions=some))
        said |= {one: worded for one, worded in zip(some, answer.captions, strict=True) if worded.text}
        why = why or answer.why_not
        if not answer.configured:
            break
    async with database.transaction() as connection:
        edit = worded(await segments.timeline(connection, video_id, lock=True), said)
        if edit is not None:
            await edits.append(connection, edit)
    if why in LATER:
        raise WordingLaterError(what="language model", reason=why, remedy="")
    return len(edit.after) if edit else 0


def worded(timeline: Timeline, said: Mapping[Wording, Worded]) -> Edit | None:
    """The edit that adds to captions that are still there, and still alone, what was said for them."""
    version = timeline.version + 1
    changed = [(old, new) for old in timeline.segments if (new := _with(old, said, version)) is not None]
    if not changed:
        return None
    return Edit(
        video_id=timeline.video_id,
        version=version,
        kind="publish",
        actor="machine",
        door="pipeline",
        before=tuple(old for old, _ in changed),
        after=tuple(new for _, new in changed),
    )


def _with(segment: Segment, said: Mapping[Wording, Worded], version: int) -> Segment | None:
    alone = _alone(segment)
    found = said.get(Wording(text=alone.text, language=alone.language)) if alone else None
    if alone is None or found is None or found.text is None:
        return None
    caption = SegmentCaption(
        text=found.text,
        language=OTHER[alone.language],
        origin="machine",
        worded=True,
        model_id=found.model_id,
        made_at=found.made_at,
    )
    captions: Sequence[SegmentCaption] = [*segment.captions, caption]
    return segment.model_copy(update={"captions": [*captions], "version": version})
