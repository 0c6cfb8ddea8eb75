"""Writing documents into the index: idempotent, versions never go back, what is unchanged is left alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.ext.asyncio import AsyncConnection

from embed_service import counts
from embed_service.lexemes import lexemes
from embed_service.tables import document_people, documents, removals, vectors
from embed_service.texts import Part, fingerprint, parts, parts_of
from kernel.contracts.embeddings import Document, PersonMention
from kernel.contracts.time import Span
from kernel.language import READING, Lexicon
from kernel.spelling import normal
from kernel.vectors import Matrix

MILLIONTHS = 1_000_000
WORDS = documents.c.caption_lexemes + documents.c.object_lexemes + documents.c.title_lexemes
# (model id, text) to its vector.
Embedded = Mapping[tuple[str, str], Matrix]


@dataclass(frozen=True)
class Stored:
    """What the index has of a segment; `texts` is empty and `fingerprint` None for one that was removed."""

    version: int
    fingerprint: str | None
    texts: Mapping[Part, str]
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plan:
    """What of a request has to be written."""

    changed: tuple[Document, ...]
    newer: tuple[Document, ...]  # the same content under a later version
    unchanged: int
    new_texts: Mapping[UUID, Mapping[Part, str]]  # texts to embed, by segment

    @property
    def texts(self) -> list[str]:
        return list(dict.fromkeys(text for texts in self.new_texts.values() for text in texts.values()))


def plan(asked: Sequence[Document], stored: Mapping[UUID, Stored]) -> Plan:
    """Compare a request with what is stored. Pure. Of two documents for one segment the later version counts."""
    latest = {document.segment_id: document for document in sorted(asked, key=lambda document: document.version)}
    changed: list[Document] = []
    newer: list[Document] = []
    for document in latest.values():
        known = stored.get(document.segment_id)
        if known is None or _supersedes(document, known):
            changed.append(document)
        elif known.fingerprint == fingerprint(document) and document.version > known.version:
            newer.append(document)
    return Plan(
        changed=tuple(changed),
        newer=tuple(newer),
        unchanged=len(asked) - len(changed),
        new_texts={document.segment_id: _new_texts(document, stored) for document in changed},
    )


def _supersedes(document: Document, known: Stored) -> bool:
    if known.fingerprint is None:
        return document.version > known.version
    return document.version >= known.version and fingerprint(document) != known.fingerprint


def _new_texts(document: Document, stored: Mapping[UUID, Stored]) -> dict[Part, str]:
    known = stored.get(document.segment_id)
    old = known.texts if known else {}
    return {part: text for part, text in parts(document).items() if old.get(part) != text}


async def read_stored(connection: AsyncConnection, segments: Iterable[UUID]) -> dict[UUID, Stored]:
    ids = list(segments)
    gone = select(removals.c.segment_id, removals.c.version).where(removals.c.segment_id.in_(ids))
    found = {row.segment_id: Stored(row.version, None, {}) for row in await connection.execute(gone)}
    columns = documents.c
    here = select(
        columns.segment_id, columns.version, columns.fingerprint, columns.text_ko, columns.text_en, WORDS.label("words")
    ).where(columns.segment_id.in_(ids))
    for row in await connection.execute(here):
        kept = parts_of(row.text_ko, row.text_en)
        found[row.segment_id] = Stored(row.version, row.fingerprint, kept, frozenset(row.words))
    return found


async def write(
    connection: AsyncConnection,
    work: Plan,
    stored: Mapping[UUID, Stored],
    rows: Sequence[dict[str, Any]],
    embedded: Embedded,
    models: Sequence[str],
) -> None:
    """Put what the plan says. `rows` are `row_of` the changed documents; `embedded` has all of the plan's texts."""
    for document in work.newer:
        await connection.execute(
            update(documents).values(version=document.version).where(documents.c.segment_id == document.segment_id)
        )
    if not work.changed:
        return
    ids = [document.segment_id for document in work.changed]
    await connection.execute(delete(removals).where(removals.c.segment_id.in_(ids)))
    put = insert(documents)
    replaced = {column.name: put.excluded[column.name] for column in documents.c if not column.primary_key}
    await connection.execute(
        put.on_conflict_do_update(index_elements=[documents.c.segment_id], set_=replaced), list(rows)
    )
    await connection.execute(delete(document_people).where(document_people.c.segment_id.in_(ids)))
    await _insert(connection, document_people, [row for document in work.changed for row in _people(document)])
    await _replace_vectors(connection, work, stored, embedded, models)
    await counts.apply(connection, _counted(rows, stored))


def _counted(rows: Iterable[Mapping[str, Any]], stored: Mapping[UUID, Stored]) -> counts.Change:
    change = counts.Change()
    for row in rows:
        known = stored.get(row["segment_id"])
        old = known.words if known is not None and known.fingerprint is not None else None
        change.replace(old, {*row["caption_lexemes"], *row["object_lexemes"], *row["title_lexemes"]})
    return change


def row_of(document: Document, lexicon: Lexicon) -> dict[str, Any]:
    """A document as a row of `documents`. Slow (half a millisecond a caption): not on an event loop."""
    texts, found = parts(document), lexemes(document, lexicon)
    return {
        **document.model_dump(
            include={
                "segment_id",
                "video_id",
                "version",
                "origin",
                "caption_model",
                "observed",
                "unknown_faces",
                "scale",
                "day",
            }
        ),
        "start_ms": document.span.start_ms,
        "end_ms": document.span.end_ms,
        "title": normal(document.title),
        "text_ko": texts.get("ko"),
        "text_en": texts.get("en"),
        "objects": [normal(label) for label in document.objects],
        "fingerprint": fingerprint(document),
        "caption_lexemes": found.captions,
        "object_lexemes": found.objects,
        "title_lexemes": found.title,
        "reading": READING,
        "unknown_seen": _moments(document.unknown_seen, document.span) if document.unknown_faces else MultiRange(),
        "people": sorted({mention.person_id for mention in document.people}),
    }


def _people(document: Document) -> list[dict[str, Any]]:
    """Everybody once, as sure as the surest mention, seen whenever any of them says so."""
    surest = {mention.person_id: mention for mention in sorted(document.people, key=lambda person: person.probability)}
    seen: dict[UUID, list[Span]] = defaultdict(list)
    for mention in document.people:
        seen[mention.person_id] += mention.seen or [document.span]
    return [
        {
            **mention.model_dump(exclude={"seen"}),
            "seen": _moments(seen[person], document.span),
            "segment_id": document.segment_id,
            "presence": presence(mention, document.span),
            "video_id": document.video_id,
            "start_ms": document.span.start_ms,
            "end_ms": document.span.end_ms,
        }
        for person, mention in surest.items()
    ]


def presence(mention: PersonMention, whole: Span) -> int:
    """Certainty x share of the document in which somebody is seen, in millionths."""
    certainty = 1.0 if mention.human else mention.probability
    return round(MILLIONTHS * certainty * min(1.0, mention.seen_ms / max(1, whole.duration_ms)))


def _moments(seen: Sequence[Span], whole: Span) -> MultiRange[int]:
    """As stored: cut to the document, and all of it when nothing more exact is told."""
    inside = [one for one in seen if one.overlap_ms(whole)] or [whole]
    return MultiRange(Range(max(one.start_ms, whole.start_ms), min(one.end_ms, whole.end_ms)) for one in inside)


async def _replace_vectors(
    connection: AsyncConnection,
    work: Plan,
    stored: Mapping[UUID, Stored],
    embedded: Embedded,
    models: Sequence[str],
) -> None:
    stale = [pair for document in work.changed for pair in _stale(document, stored.get(document.segment_id))]
    if stale:
        await connection.execute(delete(vectors).where(tuple_(vectors.c.segment_id, vectors.c.part).in_(stale)))
    rows = [
        {"model_id": model, "segment_id": segment, "part": part, "vector": embedded[model, text]}
        for segment, texts in work.new_texts.items()
        for part, text in texts.items()
        for model in models
    ]
    await _insert(connection, vectors, rows)


def _stale(document: Document, known: Stored | None) -> list[tuple[UUID, Part]]:
    """Parts whose text is another now, or none."""
    texts = parts(document)
    return [
        (document.segment_id, part) for part, text in (known.texts if known else {}).items() if texts.get(part) != text
    ]


async def _insert(connection: AsyncConnection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(insert(table), rows)
