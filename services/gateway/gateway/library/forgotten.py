"""SQL of forgetting: where a person may stand in the library, taking them out of it, and the receipts."""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, cast, delete, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import cursors
from gateway.tables import (
    candidates,
    collections,
    decisions,
    forgotten,
    gallery_versions,
    idempotency_keys,
    people,
    reference_vectors,
    references,
    rulings,
    runs,
    segments,
    steps,
    track_vectors,
    tracks,
    trainings,
)
from gateway.timeline_tables import edits
from kernel.contracts.faces import Box, Face
from kernel.contracts.library import Page
from kernel.contracts.people import Receipt

# Steps whose results hold vectors, names or ids of people; the rest hold pictures' names and boxes.
TELLING_STEPS = ("tracks", "identify", "captions", "merge")
ROWS_AT_ONCE = 50


class Marks(NamedTuple):
    """What somebody would be found by: their ids and everything they were called."""

    ids: frozenset[UUID]
    names: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        return [*map(str, sorted(self.ids)), *self.names]

    def within(self, column: Any) -> ColumnElement[bool]:
        """Whether the text of a column holds any of them; more is found than means them, never less."""
        return or_(*(cast(column, Text).icontains(word, autoescape=True) for word in self.words))


async def begin(connection: AsyncConnection) -> None:
    """From here to the end of the transaction history may be rewritten. Nothing but forgetting says this."""
    await connection.execute(text("set local scenedesk.forgetting = 'on'"))


# ---- timelines and their history


async def edits_about(connection: AsyncConnection, marks: Marks) -> AsyncIterator[Any]:
    """Edits (id, before, after, note) that may tell of them, a few at a time: a whole history is large."""
    told = or_(marks.within(edits.c.before), marks.within(edits.c.after), marks.within(edits.c.note))
    ids = (await connection.execute(select(edits.c.id).where(told).order_by(edits.c.id))).scalars().all()
    for first in range(0, len(ids), ROWS_AT_ONCE):
        few = select(edits.c.id, edits.c.before, edits.c.after, edits.c.note)
        for row in await connection.execute(few.where(edits.c.id.in_(ids[first : first + ROWS_AT_ONCE]))):
            yield row


async def rewrite_edit(connection: AsyncConnection, edit_id: UUID, **columns: Any) -> None:
    await connection.execute(update(edits).where(edits.c.id == edit_id).values(**columns))


async def segments_about(connection: AsyncConnection, marks: Marks) -> Sequence[Any]:
    """Segments (id, video_id, version, content) that may tell of them."""
    told = or_(segments.c.people.overlap(list(marks.ids)), marks.within(segments.c.content))
    query = select(segments.c.id, segments.c.video_id, segments.c.version, segments.c.content).where(told)
    return (await connection.execute(query.order_by(segments.c.id))).all()


async def rewrite_segment(connection: AsyncConnection, segment_id: UUID, named: list[UUID], content: Any) -> None:
    row = update(segments).where(segments.c.id == segment_id)
    await connection.execute(row.values(people=named, content=content))


# ---- steps


async def telling_steps(connection: AsyncConnection) -> AsyncIterator[Any]:
    """Kept results (video_id, step, fingerprint, result) that could hold somebody, a few at a time."""
    key = (steps.c.video_id, steps.c.step, steps.c.fingerprint)
    query = select(*key).where(steps.c.step.in_(TELLING_STEPS)).order_by(*key)
    keys = [tuple(row) for row in await connection.execute(query)]
    for first in range(0, len(keys), ROWS_AT_ONCE):
        few = select(*key, steps.c.result).where(tuple_(*key).in_(keys[first : first + ROWS_AT_ONCE]))
        for row in await connection.execute(few):
            yield row


async def drop_steps(connection: AsyncConnection, keys: Iterable[tuple[UUID, str, str]]) -> int:
    dropped = 0
    for video_id, step, fingerprint in keys:
        row = delete(steps).where(
            steps.c.video_id == video_id, steps.c.step == step, steps.c.fingerprint == fingerprint
        )
        dropped += (await connection.execute(row)).rowcount
    return dropped


async def drop_vectors_of_faces(connection: AsyncConnection, video_ids: Collection[UUID]) -> int:
    """Kept results that hold the vectors of all faces of these videos; indexed again, they are made again."""
    held = delete(steps).where(steps.c.video_id.in_(video_ids), steps.c.step == "tracks")
    return (await connection.execute(held)).rowcount


# ---- tracks and rulings


class Followed(NamedTuple):
    tracks: int
    vectors: int
    videos: list[UUID]


async def unname_tracks(connection: AsyncConnection, ids: Collection[UUID]) -> Followed:
    """Their tracks are unknown faces without a vector; nobody's track remembers being like them."""
    theirs = select(tracks.c.id).where(tracks.c.person_id.in_(ids))
    vectors = (await connection.execute(delete(track_vectors).where(track_vectors.c.track_id.in_(theirs)))).rowcount
    unknown = {"person_id": None, "probability": 0, "similarity": 0, "ruled": False, "stranger_id": None}
    named = update(tracks).where(tracks.c.person_id.in_(ids)).values(**unknown).returning(tracks.c.video_id)
    video_ids = [row.video_id for row in await connection.execute(named)]
    near = update(tracks).where(tracks.c.nearest_person_id.in_(ids))
    await connection.execute(near.values(nearest_person_id=None, similarity=0))
    await connection.execute(_UNLIKE, {"ids": [str(one) for one in ids]})
    return Followed(len(video_ids), vectors, sorted(set(video_ids)))


_IDS = bindparam("ids", type_=ARRAY(Text))
_UNLIKE = text("""
    update library.tracks set evidence = jsonb_set(evidence, '{likes}', coalesce(
        (select jsonb_agg(one order by place)
         from jsonb_array_elements(evidence->'likes') with ordinality as l(one, place)
         where one->>'person_id' <> all(:ids)), '[]'))
    where jsonb_path_exists(evidence, '$.likes[*] ? (exists(@.person_id))')
      and exists (select from jsonb_array_elements(evidence->'likes') one where one->>'person_id' = any(:ids))
""").bindparams(_IDS)
_UNDECLARE = """
    update library.{table} set line_up = jsonb_set(line_up, '{{people}}', coalesce(
        (select jsonb_agg(one order by place) from jsonb_array_elements_text(line_up->'people')
         with ordinality as l(one, place) where one <> all(:ids)), '[]'))
    where line_up->'people' ?| :ids
"""
_LINE_UPS = [text(_UNDECLARE.format(table=table)).bindparams(_IDS) for table in ("videos", "series")]


async def undeclare(connection: AsyncConnection, ids: Collection[UUID]) -> None:
    """Take them out of every line-up."""
    for statement in _LINE_UPS:
        await connection.execute(statement, {"ids": [str(one) for one in ids]})


async def drop_rulings(connection: AsyncConnection, ids: Collection[UUID]) -> int:
    """Drop what was said of their faces, and decisions that were about nothing else."""
    dropped = delete(rulings).where(rulings.c.person_id.in_(ids)).returning(rulings.c.decision_id)
    of = [row.decision_id for row in await connection.execute(dropped)]
    left = select(rulings.c.decision_id)
    await connection.execute(delete(decisions).where(decisions.c.id.in_(set(of)), decisions.c.id.notin_(left)))
    return len(of)


async def notes_about(connection: AsyncConnection, marks: Marks) -> Sequence[Any]:
    query = select(decisions.c.id, decisions.c.note).where(marks.within(decisions.c.note))
    return (await connection.execute(query)).all()


async def rewrite_note(connection: AsyncConnection, decision_id: UUID, note: str | None) -> None:
    await connection.execute(update(decisions).where(decisions.c.id == decision_id).values(note=note))


# ---- pictures


class Kept(NamedTuple):
    """A picture of theirs in the store, the hash its name begins with, and the face in it."""

    picture: str
    content_hash: str
    box: Box | None


class Pictures(NamedTuple):
    kept: list[Kept]
    references: int
    vectors: int
    candidates: int
    reference_ids: list[UUID]


async def pictures_of(connection: AsyncConnection, ids: Collection[UUID]) -> Pictures:
    """Pictures that nobody else needs, and how many references, vectors and candidates there are of them."""
    mine = references.c.person_id.in_(ids)
    theirs = candidates.c.collection_id.in_(select(collections.c.id).where(collections.c.person_id.in_(ids)))
    found = ((references, mine), (candidates, theirs))
    needed: set[str] = set()
    for table, whose in found:
        hashes = select(table.c.content_hash).where(~whose, table.c.content_hash.isnot(None))
        needed |= set((await connection.execute(hashes)).scalars())
    kept: dict[str, Kept] = {}
    for table, whose in found:
        held = select(table.c.picture, table.c.content_hash, table.c.face).where(whose, table.c.picture.isnot(None))
        kept |= {row.picture: _kept(row) for row in await connection.execute(held) if row.content_hash not in needed}
    made = select(func.count()).select_from(reference_vectors.join(references)).where(mine)
    return Pictures(
        [*kept.values()],
        await _count(connection, select(func.count()).where(mine)),
        await _count(connection, made),
        await _count(connection, select(func.count()).where(theirs)),
        [*(await connection.execute(select(references.c.id).where(mine))).scalars()],
    )


def _kept(row: Any) -> Kept:
    face = Face.model_validate(row.face) if row.face and "landmarks" in row.face else None
    return Kept(row.picture, row.content_hash or "", face.box if face else None)


async def _count(connection: AsyncConnection, query: Any) -> int:
    return int((await connection.execute(query)).scalar_one())


# ---- the rest


async def drop_trainings(connection: AsyncConnection, marks: Marks) -> int:
    """Drop what was trained since they were in the gallery: their pictures may be in its weights and its report."""
    since = select(func.min(people.c.created_at)).where(people.c.id.in_(marks.ids)).scalar_subquery()
    learnt = or_(trainings.c.created_at >= since, marks.within(trainings.c.report))
    await connection.execute(delete(gallery_versions).where(marks.within(gallery_versions.c.calibration)))
    return (await connection.execute(delete(trainings).where(learnt))).rowcount


async def drop_answers(connection: AsyncConnection, marks: Marks) -> None:
    """Drop answers kept for repeated requests, problems of runs and searches that tell of them."""
    told = or_(marks.within(idempotency_keys.c.response), marks.within(idempotency_keys.c.route))
    await connection.execute(delete(idempotency_keys).where(told))
    await connection.execute(update(runs).where(marks.within(runs.c.problem)).values(problem=None))
    searched = (collections.c.person_id.is_(None), marks.within(collections.c.query))
    await connection.execute(delete(collections).where(*searched))
    await connection.execute(update(collections).where(marks.within(collections.c.query)).values(query=""))
    titled = or_(marks.within(candidates.c.title), marks.within(candidates.c.reason))
    await connection.execute(update(candidates).where(titled).values(title=None, reason=None))


async def drop_jobs(connection: AsyncConnection, marks: Marks) -> None:
    """Drop jobs about them, and what failed ones left written down."""
    words = {"words": [f"%{word}%" for word in map(_escaped, marks.words)]}
    await connection.execute(_JOBS, words)
    await connection.execute(_LOGGED, words)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_WORDS = bindparam("words", type_=ARRAY(Text))
_JOBS = text(
    "delete from jobs.queue where convert_from(payload, 'UTF8') ilike any(:words) or headers::text ilike any(:words)"
).bindparams(_WORDS)
_LOGGED = text("update jobs.log set traceback = null where traceback::text ilike any(:words)").bindparams(_WORDS)


async def drop_people(connection: AsyncConnection, ids: Collection[UUID]) -> None:
    """The people themselves; references, memberships, collections and candidates go with them."""
    await connection.execute(delete(people).where(people.c.id.in_(ids)))


# ---- receipts


async def add(connection: AsyncConnection, receipt: Receipt) -> None:
    row = {"person_id": receipt.person_id, "receipt": receipt.model_dump(mode="json")}
    put = upsert(forgotten).values(row)
    again = put.on_conflict_do_update(index_elements=["person_id"], set_={"receipt": put.excluded.receipt})
    await connection.execute(again)


async def all_ids(connection: AsyncConnection) -> set[UUID]:
    return set((await connection.execute(select(forgotten.c.person_id))).scalars())


async def still_there(connection: AsyncConnection, ids: Collection[UUID]) -> set[UUID]:
    """Which of these people the gallery has."""
    return set((await connection.execute(select(people.c.id).where(people.c.id.in_(ids)))).scalars())


async def listing(connection: AsyncConnection, *, limit: int, cursor: str | None = None) -> Page[Receipt]:
    """Newest first."""
    place = (forgotten.c.created_at, forgotten.c.person_id)
    query = select(forgotten).order_by(*(column.desc() for column in place)).limit(limit + 1)
    if cursor is not None:
        query = query.where(tuple_(*place) < cursors.decode(cursor, datetime, UUID))
    rows = (await connection.execute(query)).all()
    page = cursors.page(rows, limit, lambda row: (row.created_at, row.person_id))
    return Page(items=[Receipt.model_validate(row.receipt) for row in page.items], next_cursor=page.next_cursor)
