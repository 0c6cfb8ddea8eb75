"""Reading schema `index`. Says for itself which columns it reads; embed-service, which writes them, is not imported."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    RowMapping,
    Text,
    Uuid,
    and_,
    any_,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.embeddings import IndexedName, PersonMention
from kernel.contracts.models import ModelCard
from kernel.contracts.time import Span
from kernel.vectors import Matrix
from search_service.paging import MILLIONTHS, Place
from search_service.rank import Candidate
from search_service.understand import Gallery

documents = table(
    "documents",
    column("segment_id", Uuid),
    column("video_id", Uuid),
    column("start_ms", BigInteger),
    column("end_ms", BigInteger),
    column("title", Text),
    column("text_ko", Text),
    column("text_en", Text),
    column("origin", Text),
    column("caption_model", Text),
    column("observed"),
    column("unknown_faces"),
    column("objects", ARRAY(Text)),
    column("caption_lexemes", ARRAY(Text)),
    column("object_lexemes", ARRAY(Text)),
    column("title_lexemes", ARRAY(Text)),
    schema="index",
)
document_people = table(
    "document_people",
    column("person_id", Uuid),
    column("segment_id", Uuid),
    column("probability", Float),
    column("seen_ms", BigInteger),
    column("human"),
    schema="index",
)
vectors = table(
    "vectors",
    column("model_id", Text),
    column("segment_id", Uuid),
    column("part", Text),
    column("vector", HALFVEC()),
    schema="index",
)
models = table("models", column("model_id", Text), column("state", Text), column("card"), schema="index")
names = table(
    "names",
    column("id", Uuid),
    column("kind", Text),
    column("name_ko", Text),
    column("name_en", Text),
    column("aliases", ARRAY(Text)),
    column("members", ARRAY(Uuid)),
    column("revision", Uuid),
    schema="index",
)
LEXEMES = {
    "caption": documents.c.caption_lexemes,
    "object": documents.c.object_lexemes,
    "title": documents.c.title_lexemes,
}
FREQUENT = 1_000  # a word in that many documents is common; counting on would cost more than it tells


@dataclass(frozen=True)
class Scope:
    """Which documents may answer: of each set somebody must be in it; of these videos, when any are named."""

    who: tuple[frozenset[UUID], ...] = ()
    videos: tuple[UUID, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on `documents`, each a walk of a B-tree."""
        found: list[ColumnElement[bool]] = [documents.c.segment_id.in_(_having(anybody)) for anybody in self.who]
        if self.videos:
            found.append(documents.c.video_id == any_(_uuids(self.videos)))
        return found


def _having(anybody: Iterable[UUID]) -> Any:
    return select(document_people.c.segment_id).where(document_people.c.person_id == any_(_uuids(anybody)))


def _uuids(ids: Iterable[UUID]) -> ColumnElement[Any]:
    return literal(sorted(ids), ARRAY(Uuid))


def _texts(values: Iterable[str]) -> ColumnElement[Any]:
    return literal(list(values), ARRAY(Text))


class Names:
    """The gallery's names, read again when they have changed."""

    def __init__(self) -> None:
        self._revision: UUID | None = None
        self._gallery = Gallery(())

    async def current(self, connection: AsyncConnection) -> Gallery:
        revision = (await connection.execute(select(names.c.revision).limit(1))).scalar()
        if revision != self._revision:
            rows = (await connection.execute(select(names))).mappings()
            self._gallery = Gallery(
                IndexedName(**{name: value for name, value in row.items() if name != "revision"}) for row in rows
            )
            self._revision = revision
        return self._gallery


async def active_model(connection: AsyncConnection) -> ModelCard | None:
    card = (await connection.execute(select(models.c.card).where(models.c.state == "active"))).scalar()
    return ModelCard.model_validate(card) if card is not None else None


async def count(connection: AsyncConnection, scope: Scope, at_most: int) -> int:
    """Documents in the scope, counted up to `at_most`."""
    some = select(documents.c.segment_id).where(*scope.conditions()).limit(at_most).subquery()
    return (await connection.execute(select(func.count()).select_from(some))).scalar_one()


async def nearest(connection: AsyncConnection, scope: Scope, model: ModelCard, vector: Matrix, limit: int) -> set[UUID]:
    """Segments nearest in meaning, every vector of the scope compared."""
    distance = vectors.c.vector.cosine_distance(_halfvec(vector))
    found = (
        select(vectors.c.segment_id)
        .join(documents, documents.c.segment_id == vectors.c.segment_id)
        .where(vectors.c.model_id == model.model_id, *scope.conditions())
        .order_by(distance, vectors.c.segment_id)
        .limit(limit)
    )
    return set((await connection.execute(found)).scalars())


async def nearest_approximate(
    connection: AsyncConnection, scope: Scope, model: ModelCard, vector: Matrix, limit: int
) -> set[UUID]:
    """Segments nearest in meaning by the model's HNSW index; filtered while it is walked.

    Iterative scan keeps a filter from leaving a short list. The planner may still choose to compare all.
    """
    await connection.execute(text("set local hnsw.ef_search = 100"))
    await connection.execute(text("set local hnsw.iterative_scan = relaxed_order"))
    # The expression and the condition of the index, literally: with parameters the planner can't recognise it.
    indexed = cast(vectors.c.vector, HALFVEC(model.dimension))
    distance = type_coerce(indexed, HALFVEC(model.dimension)).cosine_distance(_halfvec(vector))
    found = select(vectors.c.segment_id).where(vectors.c.model_id == literal(model.model_id, literal_execute=True))
    if conditions := scope.conditions():
        inside = select(documents.c.segment_id).where(documents.c.segment_id == vectors.c.segment_id, *conditions)
        found = found.where(inside.exists())
    return set((await connection.execute(found.order_by(distance).limit(limit))).scalars())


def _halfvec(vector: Matrix) -> ColumnElement[Any]:
    return cast(literal(vector, HALFVEC()), HALFVEC())


async def matching(connection: AsyncConnection, scope: Scope, lexemes: Collection[str], limit: int) -> set[UUID]:
    """Segments that have some of the words; those with most of them when there are more than `limit`."""
    matched = sum((_size(_common(column, lexemes)) for column in LEXEMES.values()), start=literal(0))
    found = (
        select(documents.c.segment_id)
        .where(or_(*(column.overlap(_texts(lexemes)) for column in LEXEMES.values())), *scope.conditions())
        .order_by(matched.desc(), documents.c.segment_id)
        .limit(limit)
    )
    return set((await connection.execute(found)).scalars())


def _common(column: Any, lexemes: Iterable[str]) -> ColumnElement[Any]:
    """The lexemes a document shares with the question, as an array."""
    mine, asked = func.unnest(column).column_valued("mine"), _texts(lexemes)
    return func.array(select(mine).where(mine == any_(asked)).scalar_subquery(), type_=ARRAY(Text))


def _size(array: ColumnElement[Any]) -> ColumnElement[int]:
    return func.cardinality(array)


async def frequencies(connection: AsyncConnection, lexemes: Collection[str]) -> dict[str, int]:
    """In how many documents each word is, counted up to FREQUENT."""
    row = (await connection.execute(select(*map(_frequency, lexemes)))).one()
    return dict(zip(lexemes, row, strict=True))


def _frequency(lexeme: str) -> ColumnElement[int]:
    having = or_(*(column.overlap(_texts([lexeme])) for column in LEXEMES.values()))
    some = select(documents.c.segment_id).where(having).limit(FREQUENT).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


async def containing(connection: AsyncConnection, scope: Scope, part: str, limit: int) -> set[UUID]:
    """Segments whose Korean caption or title has those characters somewhere; reads every text of the scope."""
    inside = [func.strpos(column, part) > 0 for column in (documents.c.text_ko, documents.c.title)]
    found = select(documents.c.segment_id).where(or_(*inside), *scope.conditions()).order_by(documents.c.segment_id)
    return set((await connection.execute(found.limit(limit))).scalars())


async def candidates(
    connection: AsyncConnection, segments: Collection[UUID], lexemes: Collection[str]
) -> list[Candidate]:
    """The documents of some segments with their people and with what of the question's words they have."""
    columns = [column for column in documents.c if not column.name.endswith("_lexemes")]
    shared = [_common(column, lexemes).label(f"in_{name}") for name, column in LEXEMES.items()]
    rows = await connection.execute(select(*columns, *shared).where(documents.c.segment_id == any_(_uuids(segments))))
    people = await _people(connection, segments)
    return [_candidate(row, tuple(people.get(row["segment_id"], ()))) for row in rows.mappings()]


def _candidate(row: RowMapping, people: tuple[PersonMention, ...]) -> Candidate:
    return Candidate(
        segment_id=row["segment_id"],
        video_id=row["video_id"],
        title=row["title"],
        span=Span(start_ms=row["start_ms"], end_ms=row["end_ms"]),
        text_ko=row["text_ko"],
        text_en=row["text_en"],
        origin=row["origin"],
        observed=row["observed"],
        caption_model=row["caption_model"],
        unknown_faces=row["unknown_faces"],
        objects=tuple(row["objects"]),
        matched={
            "caption": frozenset(row["in_caption"]),
            "object": frozenset(row["in_object"]),
            "title": frozenset(row["in_title"]),
        },
        people=people,
    )


async def _people(connection: AsyncConnection, segments: Collection[UUID]) -> dict[UUID, list[PersonMention]]:
    """People by segment: those that people confirmed first, then by certainty and time on screen."""
    columns = document_people.c
    rows = await connection.execute(
        select(document_people)
        .where(columns.segment_id == any_(_uuids(segments)))
        .order_by(columns.human.desc(), columns.probability.desc(), columns.seen_ms.desc(), columns.person_id)
    )
    found: dict[UUID, list[PersonMention]] = {}
    for row in rows.mappings():
        mention = PersonMention(**{name: value for name, value in row.items() if name != "segment_id"})
        found.setdefault(row["segment_id"], []).append(mention)
    return found


async def cosines(
    connection: AsyncConnection, segments: Collection[UUID], model: ModelCard, vector: Matrix
) -> dict[UUID, dict[Any, float]]:
    """Exact cosine of each language's caption, by segment."""
    similarity = 1 - vectors.c.vector.cosine_distance(_halfvec(vector))
    rows = await connection.execute(
        select(vectors.c.segment_id, vectors.c.part, similarity).where(
            vectors.c.model_id == model.model_id, vectors.c.segment_id == any_(_uuids(segments))
        )
    )
    found: dict[UUID, dict[Any, float]] = {}
    for segment, part, value in rows:
        found.setdefault(segment, {})[part] = float(value)
    return found


async def by_presence(
    connection: AsyncConnection, scope: Scope, after: Place | None, limit: int
) -> list[tuple[UUID, int]]:
    """Segments in order of certainty x screen share of those asked for, then by video and time; millionths."""
    shares = [_presence(anybody) for anybody in scope.who]
    average = sum(shares, start=literal(0.0)) / max(1, len(shares))
    ranked = (
        select(
            documents.c.segment_id,
            documents.c.video_id,
            documents.c.start_ms,
            cast(func.round(-MILLIONTHS * average), BigInteger).label("minus_score"),
        )
        .where(*scope.conditions())
        .subquery()
    )
    order = (ranked.c.minus_score, ranked.c.video_id, ranked.c.start_ms, ranked.c.segment_id)
    found = select(ranked.c.segment_id, ranked.c.minus_score).order_by(*order).limit(limit)
    if after is not None:
        place = (after.minus_score, after.video_id, after.start_ms, after.segment_id)
        found = found.where(tuple_(*order) > tuple_(*place))
    return [(row[0], -row[1]) for row in await connection.execute(found)]


def _presence(anybody: frozenset[UUID]) -> ColumnElement[float]:
    columns = document_people.c
    certainty = case((columns.human, 1.0), else_=columns.probability)
    length = cast(documents.c.end_ms - documents.c.start_ms, Float)
    share = certainty * func.least(1.0, columns.seen_ms / length)
    best = select(func.max(share)).where(
        and_(columns.segment_id == documents.c.segment_id, columns.person_id == any_(_uuids(anybody)))
    )
    return func.coalesce(best.correlate(documents).scalar_subquery(), 0.0)
