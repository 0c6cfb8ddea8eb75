"""Documents that may be hits: the nearest in meaning and those that words bring, in one statement.

Scopes that leave few documents are resolved first and compared one by one, so that a filter never leaves a
short answer. Only where many are left is the model's approximate index asked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.models import ModelCard
from search_service.index.presence import shares
from search_service.index.scope import Scope
from search_service.index.statement import LEXEMES, Parameters, fetch, quoted
from search_service.index.words import RARE, TOGETHER, Choice
from search_service.rank import NONE, Candidate, Closest, Matched

NEAREST = 200  # vectors; a document has one for each of its texts


@dataclass(frozen=True)
class Sought:
    """What is looked for, and where. `vector` is of `model`, as text."""

    scope: Scope
    model: ModelCard | None
    vector: str | None
    lexemes: frozenset[str]
    choice: Choice
    also: Collection[UUID] = ()
    exact_below: int = 20_000


async def candidates(connection: AsyncConnection, sought: Sought, documents: int) -> list[Candidate]:
    """Candidates in no order. `documents`: how many the index has in all."""
    if sought.scope.everything:
        return (await _found(connection, sought, narrow=False, exact=documents <= sought.exact_below))[1]
    number, found = await _found(connection, sought, narrow=True, exact=True)
    if number <= sought.exact_below:
        return found
    _, found = await _found(connection, sought, narrow=False, exact=False)
    if len(found) >= NEAREST // 8:
        return found
    # The index gave up before it found enough of them: every vector of the scope is compared after all.
    everything = Sought(**{**vars(sought), "exact_below": documents})
    return (await _found(connection, everything, narrow=True, exact=True))[1]


async def _found(
    connection: AsyncConnection, sought: Sought, *, narrow: bool, exact: bool
) -> tuple[int, list[Candidate]]:
    """How many documents the scope has (0 when not narrow), and candidates, none of them when they are too many."""
    parameters = Parameters()
    rows = await fetch(connection, _statement(sought, parameters, narrow=narrow, exact=exact), parameters.values)
    among = sought.lexemes.intersection
    found = [
        Candidate(
            segment_id,
            video_id,
            start_ms,
            Matched(among(caption), among(objects) if objects else NONE, among(title) if title else NONE),
            Closest(part, cosine) if part else None,
            *rest,
        )
        for _, segment_id, video_id, start_ms, caption, objects, title, part, cosine, *rest in rows
        if segment_id is not None
    ]
    return rows[0][0] if narrow else 0, found


def _statement(sought: Sought, parameters: Parameters, *, narrow: bool, exact: bool) -> str:
    everything = sought.scope.everything
    scope = "" if everything else parameters.scope(sought.scope)
    parts: list[str] = []
    if narrow:
        parts.append(f"scope as materialized (({scope}) limit {sought.exact_below + 1})")
        parts.append("size as materialized (select count(*) as number from scope)")
    inside = "{0}.segment_id in (select segment_id from scope)" if narrow else "true"
    if not everything and not narrow:
        inside = f"{{0}}.segment_id in ({scope})"
    parts += [*_near(sought, parameters, inside, narrow=narrow, exact=exact)]
    parts += [*_worded(sought, parameters, inside.format("d"))]
    also = parameters.put(sorted(sought.also), "uuid[]")
    few = f"where (select number from size) <= {sought.exact_below}" if narrow else ""
    # A scope's number of documents comes even where none is found.
    one = "(select number from size) as number, chosen.* from (select) one left join chosen on true"
    return f"""
with {", ".join(parts)},
more as (select segment_id from worded union select unnest({also}) except select segment_id from near),
texts as (select segment_id, part, cosine from near union all {_others(sought, parameters)}),
closest as (select distinct on (segment_id) * from texts order by segment_id, cosine desc nulls last),
chosen as (
  select d.segment_id, d.video_id, d.start_ms, d.caption_lexemes, d.object_lexemes, d.title_lexemes,
    closest.part, closest.cosine, d.end_ms, {_presence(sought.scope, parameters)} as presence, d.day, d.people
  from closest join "index".documents d using (segment_id) {few}
)
select {one if narrow else "0 as number, chosen.* from chosen"}
"""


def _vector(sought: Sought, parameters: Parameters) -> str:
    # In a query of its own, so that it is read once and not for every row.
    return f"(select {parameters.put(sought.vector, 'text')}::halfvec)"


def _near(sought: Sought, parameters: Parameters, inside: str, *, narrow: bool, exact: bool) -> Sequence[str]:
    nothing = "near as (select null::uuid as segment_id, null::text as part, null::float8 as cosine where false)"
    if sought.model is None or sought.vector is None:
        return [nothing]
    vector, of_model = _vector(sought, parameters), f"v.model_id = {quoted(sought.model.model_id)}"
    # The expression and the condition of the model's index, literally: with parameters it is not recognised.
    column = "v.vector" if exact else f"v.vector::halfvec({sought.model.dimension})"
    distance = f"{column} <=> {vector}"
    if narrow:
        # As an array: looked up in one walk of the key, which a join would begin anew for each.
        some = f"any(array(select segment_id from scope where (select number from size) <= {sought.exact_below}))"
        source = f'"index".vectors v where v.segment_id = {some} and {of_model}'
    else:
        source = f'"index".vectors v where {of_model} and {inside.format("v")}'
    return [
        (
            f"near as materialized (select v.segment_id, v.part, 1 - ({distance}) as cosine from {source} "
            f"order by {distance} limit {NEAREST})"
        )
    ]


def _worded(sought: Sought, parameters: Parameters, inside: str) -> Sequence[str]:
    """Documents that have the rarest words, and those that have both of two things."""
    alone, together = sought.choice.alone, sought.choice.together
    if not alone and not together:
        return ["worded as (select null::uuid as segment_id where false)"]
    # Those asked for once more, so that documents with a word but without them are not even read.
    cast = "".join(f" and d.people && {parameters.put(sorted(any_), 'uuid[]')}" for any_ in sought.scope.who)
    queries: list[str] = []
    if alone:
        queries.append(_having([alone], parameters, inside + cast, RARE))
    if together:
        queries.append(_having(together, parameters, inside + cast, TOGETHER))
    return [f"worded as ({' union '.join(queries)})"]


def _having(groups: Sequence[Sequence[str]], parameters: Parameters, inside: str, limit: int) -> str:
    """Documents with a word of each group."""
    having = " and ".join(f"{LEXEMES} && {parameters.put(list(words), 'text[]')}" for words in groups)
    return f'(select d.segment_id from "index".documents d where {having} and {inside} limit {limit})'


def _others(sought: Sought, parameters: Parameters) -> str:
    """Texts of documents that words brought and whose vectors are not among the nearest, with their cosines."""
    if sought.model is None or sought.vector is None:
        return "select segment_id, null, null from more"
    return (
        f"select more.segment_id, v.part, 1 - (v.vector <=> {_vector(sought, parameters)}) "
        f'from more left join "index".vectors v on v.segment_id = more.segment_id '
        f"and v.model_id = {quoted(sought.model.model_id)}"
    )


def _presence(scope: Scope, parameters: Parameters) -> str:
    return f"({shares(scope.who, parameters)} / 1e6)::float8" if scope.who else "null::float8"
