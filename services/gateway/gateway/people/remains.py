"""Where somebody who is forgotten is still to be found: files, kept results of steps, timelines and their history."""

import asyncio
import json
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.forgetting import Gone, unsaid, without, written_by_hand
from gateway.library import forgotten as sql
from gateway.library import past_questions, saved_searches
from gateway.library.forgotten import Marks, Pictures
from gateway.people import enlarging, portraits
from kernel.contracts.library import Segment
from kernel.contracts.search import SearchRequest
from kernel.spelling import key
from kernel.store import Store

# Folders of the store in which pictures of people lie beside the ones that are named: sampled frames and whole
# videos show everybody who was there, and stay with their video.
FOLDERS = ("references", "candidates", "upscaled", "thumbnails")


class Files(NamedTuple):
    """Files removed: pictures as they came in, and what was made of them."""

    pictures: int
    others: int


class Remains(NamedTuple):
    """How much there was."""

    pictures: Pictures
    files: Files
    tracks: int
    vectors: int
    steps: int
    rulings: int
    trainings: int
    searches: int


@dataclass
class History:
    """What timelines told of them. `changed`: videos, with the versions their changed segments are of."""

    edits: int = 0
    segments: int = 0
    captions: int = 0
    changed: dict[UUID, set[int]] = field(default_factory=lambda: defaultdict(set))
    human_texts: list[str] = field(default_factory=list)


# ---- files


def drop_files(store: Store, held: Pictures, videos: Iterable[UUID]) -> Files:
    """Remove pictures, everything made of them, and the faces cut from these videos, which are cut again when asked."""
    kept = held.kept
    pictures = sum(_unlink(store.path(one.picture)) for one in kept)
    enlarged = sum(enlarging.remove(store, reference_id) for reference_id in held.reference_ids)
    made = [store.path(portraits.name_of(one.picture, one.box)) for one in kept if one.box is not None]
    made += [path for one in kept if one.content_hash for path in _beside(store, one.content_hash)]
    made += [path for video_id in videos for path in store.path(f"thumbnails/{video_id}/faces").glob("*")]
    return Files(pictures, enlarged + sum(map(_unlink, made)))


def _beside(store: Store, content_hash: str) -> list[Path]:
    """Files named after a picture: enlarged ones, small ones."""
    return [path for folder in FOLDERS for path in store.path(folder).rglob(f"*{content_hash}*") if path.is_file()]


def _unlink(path: Path) -> bool:
    there = path.is_file()
    path.unlink(missing_ok=True)
    return there


# ---- kept results


async def drop_kept_results(connection: AsyncConnection, marks: Marks) -> int:
    """Drop results of steps that hold their id or a name; they are made again when the video is indexed again."""
    telling = [
        (row.video_id, row.step, row.fingerprint)
        async for row in sql.telling_steps(connection)
        if await asyncio.to_thread(_tells, row.result, marks)
    ]
    return await sql.drop_steps(connection, telling)


def _tells(result: bytes, marks: Marks) -> bool:
    said = unicodedata.normalize("NFC", zlib.decompress(result).decode()).casefold()
    return any(word.casefold() in said for word in marks.words)


# ---- searches


async def drop_searches(connection: AsyncConnection, marks: Marks, gone: Gone) -> int:
    """Drop saved searches and questions asked before that are about them: without the name they ask something else."""
    kept = [one for one, name, asked in await saved_searches.texts(connection) if _asks(name, asked, marks, gone)]
    past = [(actor, key) for actor, key, query in await past_questions.every(connection) if _says(query, gone)]
    return await saved_searches.drop(connection, kept) + await past_questions.drop(connection, past)


def _asks(name: str, asked: SearchRequest, marks: Marks, gone: Gone) -> bool:
    """Whether they are among its filters, or a text of it names them; a chip is keyed by what was written."""
    ids = {*asked.people, *asked.without, *asked.meant}
    taken_away = (key.partition(":")[2] for key in asked.ignored)
    return not marks.ids.isdisjoint(ids) or any(_says(one, gone) for one in (name, asked.query, *taken_away))


def _says(text: str, gone: Gone) -> bool:
    said = unicodedata.normalize("NFC", text)
    return unsaid(said, gone) != said or any(key(said) == key(name) for name in gone.names)


# ---- timelines


async def rewrite_history(connection: AsyncConnection, marks: Marks, gone: Gone) -> History:
    """Timelines and every edit of them, as if nobody had ever known who that was."""
    history = History()
    async for row in sql.edits_about(connection, marks):
        before = await asyncio.to_thread(_segments, row.before, gone)
        after = await asyncio.to_thread(_segments, row.after, gone)
        note = unsaid(row.note, gone) if row.note else row.note
        if (before, after, note) != (row.before, row.after, row.note):
            await sql.rewrite_edit(connection, row.id, before=before, after=after, note=note)
            history.edits += 1
    for row in await sql.segments_about(connection, marks):
        await _rewrite(connection, row, gone, history)
    for row in await sql.notes_about(connection, marks):
        await sql.rewrite_note(connection, row.id, unsaid(row.note, gone))
    return history


async def _rewrite(connection: AsyncConnection, row: Any, gone: Gone, history: History) -> None:
    was = Segment.model_validate(row.content)
    if written_by_hand(was, gone):
        history.human_texts.append(f"segment {row.id}")
    now = without(was, gone)
    if now == was:
        return
    named = sorted({person.person_id for person in now.people if person.person_id})
    await sql.rewrite_segment(connection, row.id, named, now.model_dump(mode="json"))
    history.segments += 1
    history.captions += sum(one != other for one, other in zip(was.captions, now.captions, strict=True))
    history.changed[row.video_id].add(row.version)


def _segments(contents: list[Any], gone: Gone) -> list[Any]:
    """Segments as an edit holds them. Those it does not concern come back to the letter."""
    return [_plain(content, gone) for content in contents]


def _plain(content: Any, gone: Gone) -> Any:
    was = Segment.model_validate(content)
    now = without(was, gone)
    return content if now == was else json.loads(now.model_dump_json())
