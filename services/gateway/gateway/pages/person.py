"""One person: pictures, groups, and every appearance."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.library import appearances, audit, memberships, references, segments, standing, tracks, videos
from gateway.library import people as sql
from gateway.pages.frame import AtFrame, PageRoute
from gateway.pages.people import ASKED_FOR, known_by_person
from gateway.people.doubts import in_use
from gateway.people.enlarging import SMALL_PX
from gateway.people.merging import all_of, followed
from gateway.people.references import in_sight
from gateway.people.references import listed as pictures_of
from kernel.contracts.library import Track
from kernel.contracts.people import Appearance

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PICTURES = 200
ENTRIES = 50
VIDEOS = 20
FACES = 24  # of one video


@router.get("/people/{person_id}")
async def one(person_id: UUID, frame: AtFrame, cursor: str | None = None) -> HTMLResponse:
    model = await in_use(frame.desk.services.faces)
    async with frame.desk.database.transaction() as connection:
        person = await sql.get_person(connection, person_id)
        persons = await sql.all_people(connection)
        groups = await sql.all_groups(connection)
        pictures = await pictures_of(connection, person_id, model, limit=PICTURES)
        pictures = await in_sight(connection, pictures, frame.sight)
        portraits = await references.with_portrait(connection)
        known = known_by_person(
            persons,
            await standing.pictures(connection),
            await standing.screen_time(connection, frame.sight),
            await segments.counted_by_person(connection, frame.sight),
        )
        entries = await audit.listing(connection, limit=ENTRIES, person_id=person_id)
        redirects = await sql.redirects(connection)
        into = followed(redirects)
        same = all_of(into.get(person_id, person_id), redirects)
        seen = await appearances.total(connection, same, frame.sight)
        page = await appearances.listing(connection, same, cursor, VIDEOS, sight=frame.sight)
        shown = await tracks.several(connection, [track for one in page.items for track in one.track_ids[:FACES]])
        lengths = {
            video.id: video.duration_ms for video in await videos.several(connection, {o.video_id for o in page.items})
        }
        member_of = await memberships.of_person(connection, person_id)
    # Somebody merged is shown with what is known of whom they turned out to be.
    end = into.get(person_id, person_id)
    how = known[end]
    everybody = {other.id: other for other in persons}
    by_id = {group.id: group for group in groups}
    return frame.show(
        "person.html",
        person=person,
        into=everybody.get(end) if person.merged_into else None,
        known=everybody,
        merged=[everybody[other] for other in all_of(person_id, redirects) if other != person_id],
        groups=[(membership, by_id[membership.group_id]) for membership in member_of if membership.group_id in by_id],
        known_groups=groups,
        references=pictures.items,
        small_px=SMALL_PX,
        portraits=portraits,
        usable=how.pictures.usable,
        share=how.share,
        asked_for=ASKED_FOR,
        audit=entries.items if frame.who.may("editor") else [],
        scenes=how.scenes,
        seen_s=seen.seconds,
        videos=seen.videos,
        appearances=[(one, lengths.get(one.video_id), tracks_of(one, shown)) for one in page.items],
        next_address=frame.further(page.next_cursor),
    )


def tracks_of(appearance: Appearance, shown: Mapping[UUID, Track]) -> list[Track]:
    """The faces of an appearance that are shown, as time goes."""
    return [shown[track] for track in appearance.track_ids if track in shown]
