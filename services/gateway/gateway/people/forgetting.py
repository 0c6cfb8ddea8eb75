"""Forgetting a person: everything that tells of them goes, a receipt without a name stays.

Whom it concerns is on the disk before anything is done; the files go first, then everything in the database at once.
Cut short anywhere, it is finished when the gateway opens next. See docs/decisions/0094-forgetting.md.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import jobs
from gateway.desk import Desk
from gateway.editor.forgetting import Gone
from gateway.editor.labels import Naming
from gateway.library import forgotten as sql
from gateway.library import people, placements, runs, videos
from gateway.library.forgotten import Marks
from gateway.people import audit, tombstones
from gateway.people.audit import By
from gateway.people.merging import all_of, followed
from gateway.people.remains import History, Remains, drop_files, drop_kept_results, drop_searches, rewrite_history
from kernel.contracts.errors import ConflictError, Language, ScenedeskError
from kernel.contracts.library import Person
from kernel.contracts.people import Receipt
from kernel.contracts.search import ForgetAnswersRequest
from kernel.telemetry import logger

log = logger("forgetting")


class OthersMergedError(ConflictError):
    """People were merged into the one to be forgotten: they are the same person, and are forgotten too."""

    code = "others_merged"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{count} more people were merged into this person and would be forgotten too. Confirm that with "
        "merged=true, or un-merge them first.",
        "ko": "이 인물에 합쳐진 인물 {count}명도 함께 삭제됩니다. merged=true로 확인하거나 "
        "먼저 합치기를 취소해 주세요.",
    }


async def forget(desk: Desk, person_id: UUID, *, merged: bool = False, by: By = By()) -> Receipt:
    """Forget a person, with everybody merged into them. Cannot be undone.

    Somebody merged into another is forgotten alone: the other stays. Raises NotFoundError, and OthersMergedError
    when others were merged into them and `merged` does not confirm that these go too.
    """
    async with desk.database.transaction() as connection:
        await people.get_person(connection, person_id)
        ids = all_of(person_id, await people.redirects(connection))
    if len(ids) > 1 and not merged:
        raise OthersMergedError(count=len(ids) - 1)
    await asyncio.to_thread(tombstones.write, tombstones.path_in(desk.settings.data_dir), ids)
    said = await _forget_said(desk, ids)
    receipt = await _forget_all(desk, person_id, ids, by, said)
    await desk.names.changed(desk.services.embed)
    return receipt


async def finish(desk: Desk) -> int:
    """Forget whoever was to be forgotten and is there: after a crash, after a restored backup. How many there were.

    The index is told before the first question is answered; other services need not answer yet.
    """
    asked = await asyncio.to_thread(tombstones.read, tombstones.path_in(desk.settings.data_dir))
    async with desk.database.transaction() as connection:
        there = await sql.still_there(connection, asked | await sql.all_ids(connection))
    for person_id in sorted(there):
        await _forget_all(desk, person_id, {person_id}, By("scenedesk", "pipeline"))
        log.warning("forgotten again", person_id=str(person_id))
    return len(there)


async def _forget_said(desk: Desk, ids: Collection[UUID]) -> int | None:
    """Have search-service drop what a language model said with their names in it: how much; None while it is away.

    The gallery's names never get there; what people spell otherwise, or wrote before they were in it, may have.
    """
    async with desk.database.transaction() as connection:
        words = await people.names_of(connection, ids)
    try:
        return (await desk.services.search.forget_answers(ForgetAnswersRequest(words=words))).dropped
    except ScenedeskError as error:
        log.warning("answers are forgotten later", reason=str(error))
        return None


async def _forget_all(desk: Desk, person_id: UUID, ids: Collection[UUID], by: By, said: int | None = None) -> Receipt:
    """`said`: answers that were dropped; None: all of them are dropped by a job, for they can't be looked through."""
    async with desk.database.transaction() as connection:
        receipt, changed = await _forget_in(connection, desk, person_id, ids, by)
        if said is None:
            await jobs.forget_answers(connection, datetime.now(UTC))
        else:
            receipt = receipt.model_copy(update={"answers": said})
            await sql.add(connection, receipt)
    desk.names.owe(changed)
    return receipt


async def _forget_in(
    connection: AsyncConnection, desk: Desk, person_id: UUID, asked: Collection[UUID], by: By
) -> tuple[Receipt, dict[UUID, set[int]]]:
    """The receipt, and the segments changed: videos, with the versions those are of."""
    await people.lock(connection)
    await sql.begin(connection)
    ids = set(asked) | {one for each in asked for one in all_of(each, await people.redirects(connection))}
    marks = Marks(frozenset(ids), tuple(await people.names_of(connection, ids)))
    gone = _gone(await people.all_people(connection), marks)
    await runs.begin_again(connection)
    await videos.lock(connection)  # all of them: an edit or a ruling made meanwhile would name them again
    remains = await _drop(connection, desk, marks, gone)
    await placements.forget(connection, marks)
    history = await rewrite_history(connection, marks, gone)
    for video_id, versions in history.changed.items():
        for version in sorted(versions):
            await jobs.index_again(connection, video_id, version)
    await people.detach(connection, ids)
    await sql.drop_people(connection, ids)
    receipt = _receipt(person_id, remains, history)
    for one in sorted(ids):
        await sql.add(connection, receipt.model_copy(update={"person_id": one}))
        await audit.write(connection, **by._asdict(), action="person_forgotten", person_id=one)
    return receipt, history.changed


def _gone(everybody: Iterable[Person], marks: Marks) -> Gone:
    before = {person.id: (person.name_ko, person.name_en) for person in everybody}
    redirects = {person.id: person.merged_into for person in everybody if person.merged_into is not None}
    living: dict[str, set[UUID]] = defaultdict(set)
    for person in everybody:
        if person.id not in marks.ids:
            for name in (person.name, *person.aliases):
                living[name].add(person.id)
    stay = {one: names for one, names in before.items() if one not in marks.ids}
    left = {one: into for one, into in redirects.items() if one not in marks.ids}
    return Gone(
        ids=marks.ids,
        names=marks.names,
        living={name: frozenset(ids) for name, ids in living.items()},
        before=Naming(before, followed(redirects)),
        after=Naming(stay, followed(left)),
    )


async def _drop(connection: AsyncConnection, desk: Desk, marks: Marks, gone: Gone) -> Remains:
    """Everything but timelines, and the people themselves."""
    pictures = await sql.pictures_of(connection, marks.ids)
    followed_faces = await sql.unname_tracks(connection, marks.ids)
    files = await asyncio.to_thread(drop_files, desk.store, pictures, followed_faces.videos)
    steps = await sql.drop_vectors_of_faces(connection, followed_faces.videos)
    steps += await drop_kept_results(connection, marks)
    await sql.undeclare(connection, marks.ids)
    await sql.drop_answers(connection, marks)
    await sql.drop_jobs(connection, marks)
    return Remains(
        pictures=pictures,
        files=files,
        tracks=followed_faces.tracks,
        vectors=pictures.vectors + followed_faces.vectors,
        steps=steps,
        rulings=await sql.drop_rulings(connection, marks.ids),
        trainings=await sql.drop_trainings(connection, marks),
        searches=await drop_searches(connection, marks, gone),
    )


def _receipt(person_id: UUID, remains: Remains, history: History) -> Receipt:
    return Receipt(
        person_id=person_id,
        at=datetime.now(UTC),
        references=remains.pictures.references,
        vectors=remains.vectors,
        pictures=remains.files.pictures,
        tracks=remains.tracks,
        rulings=remains.rulings,
        segments=history.segments,
        captions=history.captions,
        edits=history.edits,
        documents=history.segments,
        trainings=remains.trainings,
        candidates=remains.pictures.candidates,
        files=remains.files.others,
        steps=remains.steps,
        searches=remains.searches,
        human_texts=history.human_texts,
    )
