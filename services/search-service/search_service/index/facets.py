"""How many of all hits have a person, are of a video, are of a day."""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.search import Facet, Facets
from search_service.index.presence import present
from search_service.index.scope import Scope
from search_service.index.statement import Parameters, fetch
from search_service.rank import Candidate

MOST = 20  # of a kind
REMEMBERED = 200  # scopes

COUNTED = """
with videos as (select video_id, count(*) as number from hits group by video_id), days as (
  select d.day, number from videos cross join lateral (
    select day from "index".documents where documents.video_id = videos.video_id limit 1) d)
(select 'people' as kind, p.person_id as id, null::date as day, count(*) as number
  from hits join "index".document_people p using (segment_id) group by p.person_id
  order by number desc, id limit {most})
union all (select 'videos', video_id, null, number from videos order by number desc, video_id limit {most})
union all (select 'days', null, day, sum(number) from days
  where day is not null group by day order by 4 desc, day desc limit {most})
"""


def of_hits(hits: Sequence[Candidate]) -> Facets:
    """Counted over some documents whose casts are known, the most frequent first; of days as frequent the latest."""
    people = _most_frequent(Counter(person for hit in hits for person in hit.cast))
    videos = _most_frequent(Counter(hit.video_id for hit in hits))
    days = _most_frequent(Counter(hit.day for hit in hits if hit.day), last_first=True)
    return Facets(
        people=[Facet(id=person, count=number) for person, number in people],
        videos=[Facet(id=video, count=number) for video, number in videos],
        days=[Facet(day=day, count=number) for day, number in days],
    )


def _most_frequent(counted: Counter[Any], *, last_first: bool = False) -> list[tuple[Any, int]]:
    # Sorted twice, which is stable: keys that Python has to make would cost more than all the rest.
    in_order = sorted(counted.items(), key=itemgetter(0), reverse=last_first)
    return sorted(in_order, key=itemgetter(1), reverse=True)[:MOST]


class ScopeFacets:
    """Counted over everything in a scope; remembered until the index changes."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[Scope, int], Facets] = OrderedDict()

    async def of(self, connection: AsyncConnection, scope: Scope, revision: int) -> Facets:
        known = self._known.get((scope, revision))
        if known is None:
            parameters = Parameters()
            hits = f"hits as materialized ({_in_scope(scope, parameters)})"
            known = _facets(await fetch(connection, _statement(hits), parameters.values))
        self._known[scope, revision] = known
        self._known.move_to_end((scope, revision))
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return known


def _in_scope(scope: Scope, parameters: Parameters) -> str:
    if scope.who:
        return present(scope, parameters)
    inside = f"where segment_id in ({parameters.scope(scope)})" if not scope.everything else ""
    return f'select segment_id, video_id from "index".documents {inside}'


def _statement(hits: str) -> str:
    return f"with {hits}, {COUNTED.strip().removeprefix('with ').format(most=MOST)}"


def _facets(rows: list[Any]) -> Facets:
    found: dict[str, list[Facet]] = {"people": [], "videos": [], "days": []}
    for row in rows:
        found[row["kind"]].append(Facet(id=row["id"], day=row["day"], count=row["number"]))
    return Facets(**found)
