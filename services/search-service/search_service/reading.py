"""Reading schema `index`. Says for itself which columns it reads; embed-service, which writes them, is not imported."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
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
from kernel.contracts.errors import Language
from kernel.contracts.models import ModelCard
from kernel.contracts.time import Span
from kernel.vectors import Matrix
from search_service.evidence import Scene
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


async def one_snapshot(connection: AsyncConnection) -> None:
    """Let every statement of this transaction see the same documents, whatever is written meanwhile."""
    await connection.execute(text("set transaction isolation level repeatable read, read only"))


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
    """Segments whose captions or title have those characters somewhere; reads every text of the scope."""
    texts = (documents.c.text_ko, documents.c.text_en, documents.c.title)
    inside = [func.strpos(func.lower(column), part.lower()) > 0 for column in texts]
    found = select(documents.c.segment_id).where(or_(*inside), *scope.conditions()).order_by(documents.c.segment_id)
    return set((await connection.execute(found.limit(limit))).scalars())


async def candidates(
    connection: AsyncConnection,
    scope: Scope,
    segments: Collection[UUID],
    lexemes: Collection[str],
    cosines: Mapping[UUID, Mapping[Language, float]],
) -> list[Candidate]:
    """What of the question some segments have: its words, and those it asks for."""
    columns = documents.c
    shared = [_common(column, lexemes) for column in LEXEMES.values()]
    rows = await connection.execute(
        select(columns.segment_id, columns.video_id, columns.start_ms, _average_presence(scope), *shared).where(
            columns.segment_id == any_(_uuids(segments))
        )
    )
    return [
        Candidate(
            segment_id=segment,
            video_id=video,
            start_ms=start_ms,
            matched={"caption": frozenset(caption), "object": frozenset(object_), "title": frozenset(title)},
            presence=presence if scope.who else None,
            cosines=cosines.get(segment, {}),
        )
        for segment, video, start_ms, presence, caption, object_, title in rows
    ]


async def scenes(connection: AsyncConnection, segments: Collection[UUID]) -> dict[UUID, Scene]:
    """What is shown of some segments."""
    people = await _people(connection, segments)
    rows = await connection.execute(select(documents).where(documents.c.segment_id == any_(_uuids(segments))))
    return {
        row.segment_id: Scene(
            title=row.title,
            span=Span(start_ms=row.start_ms, end_ms=row.end_ms),
            text_ko=row.text_ko,
            text_en=row.text_en,
            origin=row.origin,
            observed=row.observed,
            caption_model=row.caption_model,
            unknown_faces=row.unknown_faces,
            objects=tuple(row.objects),
            people=tuple(people.get(row.segment_id, ())),
        )
        for row in rows
    }


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
) -> dict[UUID, dict[Language, float]]:
    """Exact cosine of each language's caption, by segment."""
    similarity = 1 - vectors.c.vector.cosine_distance(_halfvec(vector))
    rows = await connection.execute(
        select(vectors.c.segment_id, vectors.c.part, similarity).where(
            vectors.c.model_id == model.model_id, vectors.c.segment_id == any_(_uuids(segments))
        )
    )
    found: dict[UUID, dict[Language, float]] = {}
    for segment, part, value in rows:
        found.setdefault(segment, {})[part] = float(value)
    return found


async def by_presence(connection: AsyncConnection, scope: Scope, after: Place | None, limit: int) -> list[Place]:
    """Segments in order of certainty x screen share of those asked for, then by video and time."""
    ranked = (
        select(
            cast(func.round(-MILLIONTHS * _average_presence(scope)), BigInteger).label("minus_score"),
            documents.c.video_id,
            documents.c.start_ms,
            documents.c.segment_id,
        )
        .where(*scope.conditions())
        .subquery()
    )
    found = select(ranked).order_by(*ranked.c).limit(limit)
    if after is not None:
        place = (after.minus_score, after.video_id, after.start_ms, after.segment_id)
        found = found.where(tuple_(*ranked.c) > tuple_(*place))
    return [Place(*row) for row in await connection.execute(found)]


def _average_presence(scope: Scope) -> ColumnElement[float]:
    """Certainty x screen share of those asked for, on average; of each set, of the one who is there most."""
    shares = [_presence(anybody) for anybody in scope.who]
    return sum(shares, start=literal(0.0)) / max(1, len(shares))


def _presence(anybody: frozenset[UUID]) -> ColumnElement[float]:
    columns = document_people.c
    certainty = case((columns.human, 1.0), else_=columns.probability)
    length = cast(documents.c.end_ms - documents.c.start_ms, Float)
    share = certainty * func.least(1.0, columns.seen_ms / length)
    best = select(func.max(share)).where(
        and_(columns.segment_id == documents.c.segment_id, columns.person_id == any_(_uuids(anybody)))
    )
    return func.coalesce(best.correlate(documents).scalar_subquery(), 0.0)
