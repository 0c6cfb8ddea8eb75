"""What people say of faces: rulings, the decisions in which they are made, and taking these back."""

from uuid import UUID

from fastapi import APIRouter, Response

from gateway.access.admission import AtWho
from gateway.desk import AtDesk
from gateway.identity import deciding, inbox, learning
from gateway.identity.deciding import Verdict
from gateway.identity.ledger import AnchoredRuling, Followed, on_tracks
from gateway.library import decisions, rulings, tracks, videos
from gateway.library.conflicts import UndoneError
from gateway.people import merging
from gateway.rest.doors import ByWhom
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page, Track
from kernel.contracts.people import Decision, NewRuling, Ruling

router = APIRouter(tags=["rulings"])

NO_TRACK = NotFoundError(what="track")
NO_DECISION = NotFoundError(what="decision")


@router.get("/tracks/{track_id}", summary="One face track", responses=problems(no_track=NO_TRACK))
async def get_track(track_id: UUID, desk: AtDesk) -> Track:
    async with desk.database.transaction() as connection:
        return merging.shown_track(await tracks.get(connection, track_id), await merging.resolved(connection))


@router.post(
    "/tracks/{track_id}/rulings",
    status_code=201,
    summary="Say who a face is, or is not",
    response_model=Decision,
    responses=problems(no_track=NO_TRACK, no_person=NotFoundError(what="person")),
)
async def rule(track_id: UUID, said: NewRuling, desk: AtDesk, once: AtOnce, by: ByWhom) -> Response:
    """Seen at once on the timeline. It hangs on the face, not on the track's id: indexing again keeps to it.

    Of two rulings that contradict each other the newest counts. Undoing the decision takes it back exactly.
    `look_back` says how many other tracks the gallery would name otherwise by now.
    """

    async def work() -> tuple[int, Decision]:
        verdict = Verdict(track_id, said.verdict, said.person_id)
        decision = await deciding.decide(desk.database, [verdict], kind="rule", **by._asdict())
        if said.enrol and said.verdict == "is":
            await learning.learn(desk, decision.id, said.person_id, [track_id], by)
        return 201, await inbox.counted(desk, said.person_id, decision)

    return await once.answer(digest(str(track_id), said), work)


@router.get(
    "/videos/{video_id}/rulings", summary="Rulings on a video", responses=problems(no_video=NotFoundError(what="video"))
)
async def list_rulings(video_id: UUID, desk: AtDesk, limit: Limit = 50, cursor: Cursor = None) -> Page[Ruling]:
    """Those that stand, in the order they were made, each with the track its face is followed by now."""
    async with desk.database.transaction() as connection:
        await videos.get(connection, video_id)
        page = await rulings.listing(connection, video_id, limit=limit, cursor=cursor)
        said = page.items
        followed = (await tracks.outlines(connection, [video_id]))[video_id] if said else []
        near = [track.id for track in followed if any(track.span.overlap_ms(ruling.span) for ruling in said)]
        found = [seen.track for seen in await tracks.seen(connection, near)]
    hanging = on_tracks(said, [Followed(track.span, track.faces) for track in found])
    now = {ruling.id: found[index].id for index, its in reversed(hanging.items()) for ruling in its}
    shown = [_ruling(ruling, now.get(ruling.id)) for ruling in said]
    return Page(items=shown, next_cursor=page.next_cursor)


def _ruling(ruling: AnchoredRuling, track_id: UUID | None) -> Ruling:
    plain = ruling._asdict()
    del plain["faces"]
    return Ruling(**plain, track_id=track_id)


@router.get("/decisions", summary="Recent decisions", responses=problems())
async def list_decisions(desk: AtDesk, who: AtWho, limit: Limit = 50, cursor: Cursor = None) -> Page[Decision]:
    """Newest first; each may be undone once."""
    async with desk.database.transaction() as connection:
        return await decisions.listing(connection, cursor, limit, sight=who.sight)


@router.get("/decisions/{decision_id}", summary="One decision", responses=problems(no_decision=NO_DECISION))
async def get_decision(decision_id: UUID, desk: AtDesk, who: AtWho) -> Decision:
    async with desk.database.transaction() as connection:
        return await decisions.get(connection, decision_id, who.sight)


@router.post(
    "/decisions/{decision_id}/undo",
    summary="Undo a decision",
    response_model=Decision,
    responses=problems(no_decision=NO_DECISION, undone=UndoneError()),
)
async def undo(decision_id: UUID, desk: AtDesk, once: AtOnce, by: ByWhom) -> Response:
    """Takes all its rulings back, with one edit a video: faces are again whom the other rulings and the machine say.

    References that were learnt by it are removed.
    """

    async def work() -> tuple[int, Decision]:
        return 200, await learning.undo(desk, decision_id, by)

    return await once.answer(digest(str(decision_id)), work)
