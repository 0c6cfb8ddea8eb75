"""Answers that need no question in words: everything of a scope, those where the people asked for are most first."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.index.moments import exacting
from search_service.index.scope import Scope
from search_service.index.statement import Parameters, fetch
from search_service.paging import Place
from search_service.passages import GAP_MS, LONGEST_MS, Passage
from search_service.rank import NO_WORDS, Candidate


async def by_presence(connection: AsyncConnection, scope: Scope, after: Place | None, limit: int) -> list[Passage]:
    """Moments in order of certainty x screen share of those asked for, then by video and time.

    With nobody asked for, every document by itself in order of video and time.
    """
    parameters = Parameters()
    sql = _moments(scope, parameters) if scope.who else _in_order(scope, parameters)
    place = "minus_score, video_id, best_start, best"
    later = ""
    if after is not None:
        numbers = (after.minus_score, after.video_id, after.start_ms, after.segment_id)
        kinds = ("bigint", "uuid", "bigint", "uuid")
        given = ", ".join(parameters.put(number, kind) for number, kind in zip(numbers, kinds, strict=True))
        later = f"where ({place}) > ({given})"
    most = parameters.put(limit, "int")
    rows = await fetch(
        connection,
        f"{sql} select {place}, segments, start_ms, end_ms from passages {later} order by {place} limit {most}",
        parameters.values,
    )
    return [_passage(Place(*row[:4]), row[4], row[5], row[6]) for row in rows]


def _passage(at: Place, segments: list[UUID], start_ms: int, end_ms: int) -> Passage:
    best = Candidate(at.segment_id, at.video_id, at.start_ms, NO_WORDS)
    return Passage(at, best, tuple(segments), start_ms, end_ms)


def _in_order(scope: Scope, parameters: Parameters) -> str:
    inside = f"where segment_id in ({parameters.scope(scope)})" if not scope.everything else ""
    return (
        "with passages as (select 0 as minus_score, video_id, start_ms as best_start, segment_id as best, "
        f'array[segment_id] as segments, start_ms, end_ms from "index".documents {inside})'
    )


def _moments(scope: Scope, parameters: Parameters) -> str:
    """Neighbours in time are one moment, cut where it would be longer than one."""
    of_video = "partition by video_id order by start_ms, segment_id"
    return f"""
with hits as materialized ({present(scope, parameters)}),
marked as (
  select *, case when start_ms <= {GAP_MS} + max(end_ms) over (
    {of_video} rows between unbounded preceding and 1 preceding) then 0 else 1 end as opens from hits
),
chains as (select *, sum(opens) over ({of_video}) as chain from marked),
pieces as (
  select *, (start_ms - min(start_ms) over (partition by video_id, chain)) / {LONGEST_MS} as piece from chains
),
passages as (
  select -max(presence) as minus_score, video_id, min(start_ms) as start_ms, max(end_ms) as end_ms,
    (array_agg(start_ms order by presence desc, start_ms, segment_id))[1] as best_start,
    (array_agg(segment_id order by presence desc, start_ms, segment_id))[1] as best,
    array_agg(segment_id order by start_ms, segment_id) as segments
  from pieces group by video_id, chain, piece
)"""


def present(scope: Scope, parameters: Parameters) -> str:
    """A query of `segment_id, video_id, start_ms, end_ms, presence` in millionths of the documents in a scope.

    Where one person or group is all that is asked for, documents themselves are not read.
    """
    if scope == Scope(who=scope.who) and not exacting(scope.asked):
        anybody = parameters.put(sorted(scope.who[0]), "uuid[]")
        return (
            "select segment_id, video_id, start_ms, end_ms, max(presence)::bigint as presence "
            f'from "index".document_people where person_id = any({anybody}) '
            "group by segment_id, video_id, start_ms, end_ms"
        )
    inside = parameters.scope(scope)
    return (
        f"select segment_id, video_id, start_ms, end_ms, round({shares(scope.who, parameters)})::bigint as presence "
        f'from "index".documents d where segment_id in ({inside})'
    )


def shares(who: Sequence[Collection[UUID]], parameters: Parameters) -> str:
    """Certainty x share of a document `d` of those asked for, in millionths, on average; of each set, of the one who
    is there most.
    """
    found = [
        'coalesce((select max(p.presence) from "index".document_people p where p.segment_id = d.segment_id '
        f"and p.person_id = any({parameters.put(sorted(anybody), 'uuid[]')})), 0)"
        for anybody in who
    ]
    return f"({' + '.join(found)}) / {len(who)}.0"
