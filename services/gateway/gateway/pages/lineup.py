"""Who may appear in a video, as its editor shows it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import people, series
from gateway.library.sight import Sight
from kernel.contracts.library import Person

MOST_SERIES = 200


async def editor(
    connection: AsyncConnection, video_id: UUID, known: Mapping[UUID, Person], sight: Sight
) -> dict[str, Any]:
    """What `parts/line_up.html` needs: who is declared, the groups to choose from, the series."""
    line_up = await series.declared(connection, video_id)
    groups = await people.all_groups(connection)
    every = (await series.listing(connection, limit=MOST_SERIES, sight=sight)).items
    chosen = set(line_up.groups) if line_up else set()
    return {
        "line_up": line_up,
        "lined_up_groups": [group for group in groups if group.id in chosen],
        "lined_up_people": [known[person] for person in line_up.people if person in known] if line_up else [],
        "known_groups": groups,
        "all_series": every,
        "series_id": await series.of_video(connection, video_id),
    }
