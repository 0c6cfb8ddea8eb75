"""`scenedesk people unknown | look-back | ask | appearances`: faces without a name, and what a name brings with it."""

from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from kernel.contracts.errors import InvalidError
from kernel.contracts.library import Person
from kernel.contracts.people import Appearance, Approval, LookBack, NamedStranger, Nearest, Question, Stranger
from standalone.cli.enrolling import called
from standalone.cli.identities import Name, OfGroup, one_person
from standalone.cli.session import Session, session
from standalone.rest import Library, open_library

SHORT = 8  # letters of an id that are shown, and enough to say which is meant


def unknown(  # noqa: PLR0913, PLR0917 - options of a command
    context: typer.Context,
    stranger: Annotated[str | None, typer.Argument(help="The beginning of an id of the list", metavar="ID")] = None,
    name: Annotated[str | None, typer.Option(help="Say who it is: a name or alias, or a new name")] = None,
    group: OfGroup = None,
    hide: Annotated[bool, typer.Option("--hide", help="A passer-by: put away wherever they appear")] = False,
    show: Annotated[bool, typer.Option("--show", help="No passer-by after all")] = False,
    hidden: Annotated[bool, typer.Option("--hidden", help="List those that were put away")] = False,
) -> None:
    """Faces nobody has named, over all videos, most screen time first. With ID: name, hide or show one."""
    here = session(context)
    if stranger is None:
        if name or hide or show:
            raise typer.BadParameter("--name, --hide and --show belong to an ID", param_hint="ID")
        here.run(_list_unknown(here, hidden=hidden))
    elif sum((name is not None, hide, show)) != 1:
        raise typer.BadParameter("--name, --hide or --show", param_hint="ID")
    elif name is not None:
        here.run(_name(here, stranger, name, group))
    else:
        here.run(_put_away(here, stranger, hide=hide))


def look_back(
    context: typer.Context,
    name: Name,
    group: OfGroup = None,
    approve: Annotated[bool, typer.Option("--approve", help="Rename all of them, as one undoable decision")] = False,
) -> None:
    """Older faces that would be named otherwise by now. Nothing changes without --approve."""
    here = session(context)
    here.run(_look_back(here, name, group, approve=approve))


def ask(context: typer.Context) -> None:
    """The questions whose answers settle most screen time, best first."""
    here = session(context)
    here.run(_ask(here))


def appearances(context: typer.Context, name: Name, group: OfGroup = None) -> None:
    """Where somebody is on screen, newest video first, and for how long."""
    here = session(context)
    here.run(_appearances(here, name, group))


async def _list_unknown(here: Session, *, hidden: bool) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        found = await library.strangers("hidden" if hidden else "open")
        names = await _names(here, library)
    if not found:
        here.say("no_hidden" if hidden else "no_unknown", style="yellow")
        return
    table = Table(*(here.word(f"column_{one}") for one in ("id", "seconds", "videos", "tracks", "nearest")), box=None)
    for one in found:
        table.add_row(_short(one.id), f"{one.seconds:.1f}", str(one.videos), str(one.tracks), _nearest(one, names))
    here.console.print(table)


async def _name(here: Session, begins: str, name: str, group: str | None) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        stranger = await _meant(library, begins)
        known = [person for person in await library.people() if name in (person.name, *person.aliases)]
        if known:
            person = await one_person(library, name, group)
            said = NamedStranger(person_id=person.id)
        else:
            said = NamedStranger(name=name, group=group)
        decision = await library.name_stranger(stranger.id, said)
        here.say("stranger_named", name=name, tracks=decision.rulings, videos=len(decision.edits))
        if decision.look_back:
            here.say("look_back_waits", name=name, tracks=decision.look_back)


async def _put_away(here: Session, begins: str, *, hide: bool) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        stranger = await _meant(library, begins)
        await library.put_away(stranger.id, hide=hide)
        here.say("stranger_hidden" if hide else "stranger_shown", id=_short(stranger.id))


async def _meant(library: Library, begins: str) -> Stranger:
    """Raises InvalidError unless exactly one stranger's id begins so."""
    everybody = [*await library.strangers("open"), *await library.strangers("hidden")]
    found = [one for one in everybody if str(one.id).startswith(begins.lower())]
    if len(found) != 1:
        raise InvalidError(reason=begins)
    return found[0]


async def _look_back(here: Session, name: str, group: str | None, *, approve: bool) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        person = await one_person(library, name, group)
        found = await library.look_back(person.id)
        names = await _names(here, library)
        if not found.items:
            here.say("nothing_to_look_back", style="yellow", name=called(here, person))
            return
        _show_look_back(here, found, names)
        if not approve:
            here.say("approve_with", tracks=found.tracks, seconds=found.seconds, videos=found.videos)
            return
        decision = await library.approve(person.id, Approval(track_ids=[one.track.id for one in found.items]))
        here.say("approved", tracks=decision.rulings, videos=len(decision.edits), id=decision.id)


def _show_look_back(here: Session, found: LookBack, names: dict[UUID, str]) -> None:
    table = Table(*(here.word(f"column_{one}") for one in ("video", "from", "to", "sure")), box=None, pad_edge=False)
    nobody = here.word("unknown_face")
    for one in found.items:
        before, after = (names.get(who, nobody) if who else nobody for who in (one.from_person_id, one.to_person_id))
        at = f"{one.video_title} {one.track.span.start_ms / 1000:.1f}–{one.track.span.end_ms / 1000:.1f}"
        table.add_row(at, before, after, f"{one.probability:.2f}")
    here.console.print(table)


async def _ask(here: Session) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        questions = await library.questions()
        names = await _names(here, library)
    if not questions:
        here.say("no_questions", style="yellow")
        return
    table = Table(*(here.word(f"column_{one}") for one in ("question", "id", "settles")), box=None, pad_edge=False)
    for one in questions:
        table.add_row(
            _question(here, one, names), _short(one.stranger.id) if one.stranger else "", f"{one.seconds:.1f}"
        )
    here.console.print(table)


def _question(here: Session, one: Question, names: dict[UUID, str]) -> str:
    if one.suggestion is None:
        return here.word("who_is_it")
    return here.word("is_it", name=names.get(one.suggestion.person_id, ""))


async def _appearances(here: Session, name: str, group: str | None) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        person = await one_person(library, name, group)
        found = await library.appearances(person.id)
    if not found:
        here.say("no_appearances", style="yellow", name=called(here, person))
        return
    _show_appearances(here, person, found)


def _show_appearances(here: Session, person: Person, found: list[Appearance]) -> None:
    table = Table(*(here.word(f"column_{one}") for one in ("video", "seconds", "times")), box=None, pad_edge=False)
    for one in found:
        table.add_row(one.title, f"{one.seconds:.1f}", str(len(one.spans)))
    here.console.print(table)
    seconds = f"{sum(one.seconds for one in found):.1f}"
    here.say("appears", name=called(here, person), seconds=seconds, videos=len(found))


async def _names(here: Session, library: Library) -> dict[UUID, str]:
    return {person.id: called(here, person) for person in await library.people()}


def _nearest(stranger: Stranger, names: dict[UUID, str]) -> str:
    return ", ".join(_likely(one, names) for one in stranger.nearest)


def _likely(one: Nearest, names: dict[UUID, str]) -> str:
    return f"{names.get(one.person_id, '')} {one.probability:.2f}"


def _short(stranger_id: UUID) -> str:
    return str(stranger_id)[:SHORT]
