"""An edit written as text: read, made on the segment as it is now, and taken back by the same button as any other."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from kernel.contracts.history import FoundSegment
from kernel.contracts.library import Person
from slack_bot import typed
from slack_bot.archive import Archive
from slack_bot.blocks import differences, modals, notices, scenes
from slack_bot.bot import Turn
from slack_bot.changes import Change, Form, changes, form_of
from slack_bot.drafts import Draft
from slack_bot.handlers import approving, showing
from slack_bot.typed import Typed

# What history calls the fields that a change touches.
OF_FIELD: dict[str, tuple[str, ...]] = {
    "ko": ("captions.ko",),
    "en": ("captions.en",),
    "people": ("person:", "not:"),
    "span": ("span",),
}


async def edit(turn: Turn, written: str) -> None:
    """By the command: it says of which segment."""
    said = typed.read(written)
    if said is None or said.segment_id is None:
        await turn.fail(notices.typed_usage(turn.say))
        return
    await corrected(turn, said, said.segment_id)


async def corrected(
    turn: Turn,
    said: Typed,
    segment_id: UUID,
    version: int | None = None,
    *,
    thread: str | None = None,
    note: str | None = None,
) -> None:
    """Made, or proposed under the card in that thread. `version`: what they had seen; None: as it is now."""
    archive = await turn.archive()
    segment = await archive.segment(segment_id)
    if segment.state != "live":
        await turn.fail(differences.gone(segment, turn.bot.web(segment.video_id, segment.id), turn.say))
        return
    people = await _meant(turn, said.people)
    if people is None:
        return
    was = form_of(segment)
    made = changes(segment.id, was, _form(was, said, tuple(people)))
    if not made:
        await turn.fail(notices.plainly(modals.unchanged(turn.say)["deed"]))
        return
    known = await showing.names_in(turn, segment) | people
    called = {one: scenes.called(person, turn.language) for one, person in known.items()}
    draft = Draft(
        video_id=segment.video_id,
        segment_id=segment.id,
        version=await _seen(archive, segment, version, made),
        language=turn.language,
        channel=turn.reply.channel,
        thread=thread,
        note=note,
        commands=tuple(change.command for change in made),
    )
    await approving.settle(turn, draft, [modals.told(change, called, turn.say) for change in made], turn.key)


async def _seen(archive: Archive, segment: FoundSegment, version: int | None, made: Sequence[Change]) -> int:
    """The version that was looked at; the newest, when since then others have changed other fields alone."""
    if version is None or version >= segment.version:
        return segment.version
    since = await archive.difference(segment.video_id, version, segment.version)
    others = {one.field for each in since.segments if each.segment_id == segment.id for one in each.fields}
    mine = tuple(prefix for change in made for prefix in OF_FIELD[change.field])
    return version if any(field.startswith(mine) for field in others) else segment.version


def _form(was: Form, said: Typed, people: tuple[UUID, ...]) -> Form:
    return replace(
        was,
        captions={**was.captions, **said.captions},
        people=was.people if said.people is None else people,
        start_ms=was.start_ms if said.start_ms is None else said.start_ms,
        end_ms=was.end_ms if said.end_ms is None else said.end_ms,
    )


async def _meant(turn: Turn, names: tuple[str, ...] | None) -> dict[UUID, Person] | None:
    """Whom the names mean, each exactly one person by name or alias; None when it was said that one does not."""
    archive, found = await turn.archive(), {}
    for name in names or ():
        meant = [one for one in await archive.people(name, 50) if name.casefold() in _called(one)]
        if len(meant) != 1:
            await turn.fail(notices.not_one(name, len(meant), turn.say))
            return None
        found[meant[0].id] = meant[0]
    return found


def _called(person: Person) -> set[str]:
    return {name.casefold() for name in (person.name, person.name_ko, person.name_en, *person.aliases)}
