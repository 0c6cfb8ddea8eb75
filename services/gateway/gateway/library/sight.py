"""Which videos somebody may see, as a condition of SQL: what is hidden never leaves the database."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, and_, exists, or_, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.account_tables import series_viewers, video_viewers
from gateway.tables import series, videos
from kernel.contracts.accounts import Role

RESTRICTED = ("editors", "named")


@dataclass(frozen=True)
class Sight:
    """Whose eyes something is looked at with. Admins, and the product itself, see everything."""

    account_id: UUID | None
    role: Role

    @property
    def whole(self) -> bool:
        return self.role == "admin"

    def of(self, video_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether the video of that id may be seen."""
        return true() if self.whole else video_id.not_in(self._hidden())

    def _hidden(self) -> CompoundSelect[Any]:
        """Ids of videos that are not for these eyes; by themselves, or by their series where they say nothing."""
        others = videos.c.owner_id.is_distinct_from(self.account_id)
        of_video = exists().where(
            video_viewers.c.video_id == videos.c.id, video_viewers.c.account_id == self.account_id
        )
        of_series = exists().where(
            series_viewers.c.series_id == videos.c.series_id, series_viewers.c.account_id == self.account_id
        )
        by_themselves = select(videos.c.id).where(
            videos.c.audience.in_(RESTRICTED), others, ~self._among(videos.c.audience, of_video)
        )
        by_series = (
            select(videos.c.id)
            .join(series, series.c.id == videos.c.series_id)
            .where(
                videos.c.audience.is_(None),
                series.c.audience.in_(RESTRICTED),
                others,
                ~self._among(series.c.audience, of_series),
            )
        )
        return union_all(by_themselves, by_series)

    def _among(self, audience: ColumnElement[Any], named: ColumnElement[bool]) -> ColumnElement[bool]:
        is_named = and_(audience == "named", named)
        return or_(audience == "editors", is_named) if self.role == "editor" else is_named

    async def hidden(self, connection: AsyncConnection) -> list[UUID]:
        """The hidden videos themselves, in order: what a search must leave alone."""
        if self.whole:
            return []
        return sorted((await connection.execute(self._hidden())).scalars())


EVERYTHING = Sight(None, "admin")
