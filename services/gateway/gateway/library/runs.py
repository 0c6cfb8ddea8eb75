"""SQL of runs: one indexing of one video, its progress, and the token that fences off a worker that lost it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Select, case, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import jobs
from gateway.library import cursors
from gateway.library.sight import EVERYTHING, Sight
from gateway.tables import runs, videos
from kernel.contracts.errors import Language, NotFoundError, ScenedeskError
from kernel.contracts.library import STEPS, Page, Run, RunState, StepProgress

CHANNEL = "runs"
ACTIVE = ("queued", "running")


class Taken(NamedTuple):
    """A run somebody works on now; `fruitless` counts takes in a row that finished no step, this one included."""

    id: UUID
    video_id: UUID
    token: int
    fruitless: int


class Standing(NamedTuple):
    """Where a run stands for whoever holds a token."""

    ours: bool
    cancel_requested: bool


async def start(connection: AsyncConnection, video_id: UUID) -> tuple[Run, bool]:
    """A queued run with its job, and True; or the one that is at work on the video already, and False."""
    waiting = [StepProgress(name=name, state="waiting", progress=0).model_dump() for name in STEPS]
    new = insert(runs).values(id=uuid4(), video_id=video_id, steps=waiting).on_conflict_do_nothing()
    made = (await connection.execute(new.returning(runs.c.id))).scalar()
    if made is None:
        active = _shown().where(runs.c.video_id == video_id, runs.c.state.in_(ACTIVE))
        row = (await connection.execute(active)).one_or_none()
        return (_run(row), False) if row else await start(connection, video_id)  # it ended just now
    await connection.execute(update(videos).where(videos.c.id == video_id).values(state="indexing"))
    await jobs.index_video(connection, made)
    await _notify(connection, made)
    return await get(connection, made), True


async def get(connection: AsyncConnection, run_id: UUID) -> Run:
    row = (await connection.execute(_shown().where(runs.c.id == run_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="run")
    return _run(row)


async def listing(
    connection: AsyncConnection,
    cursor: str | None = None,
    limit: int = 50,
    video_id: UUID | None = None,
    *,
    sight: Sight = EVERYTHING,
) -> Page[Run]:
    """Newest first; of one video when it is given."""
    newest = (runs.c.created_at.desc(), runs.c.id.desc())
    query = _shown().where(sight.of(runs.c.video_id)).order_by(*newest).limit(limit + 1)
    if video_id is not None:
        query = query.where(runs.c.video_id == video_id)
    if cursor is not None:
        query = query.where(tuple_(runs.c.created_at, runs.c.id) < cursors.decode(cursor, datetime, UUID))
    found = [_run(row) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda run: (run.created_at, run.id))


async def active(connection: AsyncConnection, sight: Sight = EVERYTHING) -> list[Run]:
    """Runs that wait or are at work, oldest first."""
    query = _shown().where(_active(), sight.of(runs.c.video_id)).order_by(runs.c.created_at, runs.c.id)
    return [_run(row) for row in await connection.execute(query)]


async def several(connection: AsyncConnection, ids: Collection[UUID]) -> list[Run]:
    rows = await connection.execute(_shown().where(runs.c.id.in_(ids)))
    return [_run(row) for row in rows]


async def request_cancel(connection: AsyncConnection, run_id: UUID) -> Run:
    """Cancel a waiting run at once, ask a running one to stop; a finished one stays as it is."""
    await connection.execute(update(runs).where(runs.c.id == run_id, _active()).values(cancel_requested=True))
    waiting = select(runs.c.id).where(runs.c.id == run_id, runs.c.state == "queued").with_for_update()
    if (await connection.execute(waiting)).scalar() is not None:
        await _close(connection, run_id, "cancelled", None)
    await _notify(connection, run_id)
    return await get(connection, run_id)


async def take(connection: AsyncConnection, run_id: UUID) -> Taken | None:
    """Become the only one whose writes count; None when the run is over."""
    taken = await connection.execute(
        update(runs)
        .where(runs.c.id == run_id, _active())
        .values(
            state="running",
            token=runs.c.token + 1,
            fruitless_takes=runs.c.fruitless_takes + 1,
            started_at=func.coalesce(runs.c.started_at, func.now()),
        )
        .returning(runs.c.id, runs.c.video_id, runs.c.token, runs.c.fruitless_takes)
    )
    row = taken.one_or_none()
    await _notify(connection, run_id)
    return Taken(*row) if row else None


async def standing(connection: AsyncConnection, taken: Taken, *, lock: bool = False) -> Standing:
    """Whether the run is still ours, and whether somebody asked to stop it. With `lock` that stays so."""
    query = select(runs.c.token, runs.c.state, runs.c.cancel_requested).where(runs.c.id == taken.id)
    row = (await connection.execute(query.with_for_update() if lock else query)).one_or_none()
    ours = row is not None and row.token == taken.token and row.state == "running"
    return Standing(ours, cancel_requested=row is not None and row.cancel_requested)


async def show(connection: AsyncConnection, taken: Taken, steps: Sequence[StepProgress], *, fruitful: bool) -> None:
    """Write progress; `fruitful` when a step was just finished."""
    values: dict[str, Any] = {"steps": [step.model_dump() for step in steps]}
    if fruitful:
        values["fruitless_takes"] = 0
    await connection.execute(update(runs).where(*_held(taken)).values(**values))
    await _notify(connection, taken.id)


async def put_back(connection: AsyncConnection, taken: Taken, *, blameless: bool) -> None:
    """Leave a run to whoever takes it next; `blameless` when it was not the run that failed."""
    values: dict[str, Any] = {"state": "queued"}
    if blameless:
        values["fruitless_takes"] = 0
    await connection.execute(update(runs).where(*_held(taken)).values(**values))
    await _notify(connection, taken.id)


async def begin_again(connection: AsyncConnection, video_ids: Collection[UUID] | None = None) -> list[UUID]:
    """Take runs at work (of these videos; of all) away from their workers: what they read has changed meanwhile.

    Nothing they found is written any more. Steps that are done stay, and whoever takes the run next goes on from them.
    To be asked before a video is locked: whoever publishes holds a run and then its timeline.
    """
    # Those that wait are held too, so that nobody takes one and reads what is about to change.
    wanted = _active() if video_ids is None else _active() & runs.c.video_id.in_(video_ids)
    held = select(runs.c.id).where(wanted).order_by(runs.c.id).with_for_update()
    ids = list((await connection.execute(held)).scalars())
    at_work = update(runs).where(runs.c.id.in_(ids), runs.c.state == "running")
    again = at_work.values(state="queued", token=runs.c.token + 1, fruitless_takes=0)
    taken = [row.id for row in await connection.execute(again.returning(runs.c.id))]
    for run_id in taken:
        await jobs.index_video(connection, run_id)
        await _notify(connection, run_id)
    return taken


async def finish(
    connection: AsyncConnection, taken: Taken, state: RunState, error: ScenedeskError | None = None
) -> None:
    """End a run that is still ours; a video without a timeline ends as its run does."""
    if (await standing(connection, taken, lock=True)).ours:
        await _close(connection, taken.id, state, _problem(error) if error else None)
        await _notify(connection, taken.id)


async def without_job(connection: AsyncConnection) -> list[UUID]:
    """Active runs that no job speaks of any more, after a restored backup or a queue that was emptied."""
    rows = await connection.execute(select(runs.c.id).where(_active()))
    return await jobs.missing(connection, [row.id for row in rows])


def worded(run: Run, language: Language) -> Run:
    """A run whose problem, if any, speaks the reader's language."""
    if (problem := run.problem) is None:
        return run
    sentence = (problem.model_extra or {}).get("sentences", {}).get(language, problem.detail)
    return run.model_copy(update={"problem": problem.model_copy(update={"detail": sentence})})


def _problem(error: ScenedeskError) -> dict[str, Any]:
    return error.in_every_language("en").model_dump(exclude_none=True)


async def _close(connection: AsyncConnection, run_id: UUID, state: RunState, problem: dict[str, Any] | None) -> None:
    worked = func.extract("epoch", func.clock_timestamp() - runs.c.started_at)
    length = select(videos.c.duration_ms / 1000.0).where(videos.c.id == runs.c.video_id).scalar_subquery()
    closed = await connection.execute(
        update(runs)
        .where(runs.c.id == run_id)
        .values(
            state=state,
            problem=problem,
            finished_at=func.clock_timestamp(),
            realtime=length / func.nullif(worked, 0) if state == "done" else None,
        )
        .returning(runs.c.video_id)
    )
    without_timeline = {"done": "ready", "failed": "failed"}.get(state, "new")
    outcome = case((videos.c.version > 0, "ready"), else_=without_timeline)
    await connection.execute(update(videos).where(videos.c.id == closed.scalar_one()).values(state=outcome))


async def _notify(connection: AsyncConnection, run_id: UUID) -> None:
    """Wakes whoever watches runs, once the transaction is committed."""
    await connection.execute(select(func.pg_notify(CHANNEL, str(run_id))))


def _active() -> Any:
    return runs.c.state.in_(ACTIVE)


def _held(taken: Taken) -> tuple[Any, ...]:
    return (runs.c.id == taken.id, runs.c.token == taken.token, runs.c.state == "running")


def _shown() -> Select[Any]:
    return select(*(runs.c[name] for name in Run.model_fields))


def _run(row: Any) -> Run:
    return Run.model_validate(row._asdict())
