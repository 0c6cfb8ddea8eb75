"""`scenedesk people`: who is who."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from kernel.contracts.errors import InvalidError, NotFoundError, Words
from kernel.contracts.library import Consent, Group, Person, Reference, Rights
from kernel.contracts.people import Membership
from standalone.cli.enrolling import ASKED_FOR, Known, Member, Outcome, Said, add_members, called, doubts, members_of
from standalone.cli.enrolling import show as show_outcome
from standalone.cli.session import FAILED, Session, no_file, session
from standalone.rest import open_library

DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]

app = typer.Typer(no_args_is_help=True, help="Who is who: add, list, show, references.")

Name = Annotated[str, typer.Argument(help="A name or alias", metavar="NAME")]
OfGroup = Annotated[str | None, typer.Option("--group", help="When several answer to the name")]


@app.command()
def add(  # noqa: PLR0913, PLR0917 - options of a command
    context: typer.Context,
    who: Annotated[list[str], typer.Argument(help="Folders group/member/*.jpg, or names", metavar="FOLDER|NAME…")],
    group: Annotated[str | None, typer.Option(help="Group of people given by name")] = None,
    picture: Annotated[list[Path] | None, typer.Option(help="A picture of the one person given by name")] = None,
    face: Annotated[
        int | None, typer.Option(help="Of several faces in it: which, from the left, from 0", min=0)
    ] = None,
    rights: Annotated[str | None, typer.Option(help="Who owns the pictures, what they may be used for")] = None,
    consent: Annotated[Consent, typer.Option(help="On what ground they are kept")] = "unstated",
    expires: Annotated[
        datetime | None, typer.Option(help="From then on they match nothing; local time", formats=DATES)
    ] = None,
) -> None:
    """Add people. Adding the same folder again adds only what is new.

    Exit code 1 when a person with pictures is left without any that can be used.
    """
    here = session(context)
    if picture and (len(who) > 1 or Path(who[0]).is_dir()):
        raise typer.BadParameter("--picture belongs to one NAME", param_hint="--picture")
    until = expires.astimezone() if expires else None
    said = Said(Rights.model_validate({"rights": rights, "consent": consent, "expires_at": until}), face)
    outcomes = here.run(_add(here, who, group, tuple(picture or ()), said))
    for outcome in outcomes:
        show_outcome(here, outcome)
    if any(outcome.member.pictures and not outcome.usable for outcome in outcomes):
        raise typer.Exit(FAILED)


async def _add(
    here: Session, who: list[str], group: str | None, pictures: tuple[Path, ...], said: Said
) -> list[Outcome]:
    members = [member for one in who for member in _members(one, group, pictures)]
    async with open_library(here.settings, here.language, here.server) as library:
        return await add_members(library, here, members, said)


def _members(one: str, group: str | None, pictures: tuple[Path, ...]) -> Iterator[Member]:
    if Path(one).is_dir():
        yield from members_of(Path(one))
    elif "/" in one:
        raise InvalidError(reason=Words(f"{one}: there is no such folder", f"{one}: 폴더가 없습니다"))
    else:
        if missing := next((path for path in pictures if not path.is_file()), None):
            raise InvalidError(reason=no_file(missing))
        yield Member(name=one, group=group, pictures=pictures)


@app.command("list")
def list_(context: typer.Context) -> None:
    """Everybody, with how many of the five pictures asked for can be used."""
    here = session(context)
    people, groups = here.run(_list(here))
    if not people:
        here.say("nobody", style="yellow")
        return
    table = _table(here, "name", "groups", "aliases", "pictures")
    named = {group.id: called(here, group) for group in groups}
    for person in people:
        its = ", ".join(named[group] for group in person.groups if group in named)
        table.add_row(called(here, person), its, ", ".join(person.aliases), _usable(here, person))
    here.console.print(table)


async def _list(here: Session) -> tuple[list[Person], list[Group]]:
    async with open_library(here.settings, here.language, here.server) as library:
        return await library.people(), await library.groups()


def _usable(here: Session, person: Person) -> str:
    """`2 of 5`, and how many there are when some can't be used."""
    shown = here.word("usable_of", usable=person.usable_references, asked=ASKED_FOR)
    unused = person.references - person.usable_references
    return f"{shown} (+{unused})" if unused else shown


def _table(here: Session, *columns: str) -> Table:
    return Table(*(here.word(f"column_{column}") for column in columns), box=None, pad_edge=False)


# ---- one person


@dataclass(frozen=True)
class Found:
    """A person with all that is shown of them."""

    person: Person
    memberships: list[Membership]
    references: list[Reference]
    everybody: Known
    groups: dict[UUID, Group]
    merged: list[Person]


async def _find(here: Session, name: str, group: str | None) -> Found:
    """Raises NotFoundError when nobody answers to the name, InvalidError when several do."""
    async with open_library(here.settings, here.language, here.server) as library:
        people, groups = await library.people(), await library.groups()
        everybody, by_id = Known(people, groups), {group.id: group for group in groups}
        found = everybody.find(name, group)
        if not found:
            raise NotFoundError(what=f"person: {name}")
        if len(found) > 1:
            raise InvalidError(reason=f"{name}: {', '.join(_within(here, one, by_id) for one in found)} (--group)")
        person = found[0]
        return Found(
            person,
            await library.memberships(person.id),
            await library.references(person.id),
            everybody,
            by_id,
            [one for one in await library.people(merged=True) if one.merged_into == person.id],
        )


def _within(here: Session, person: Person, groups: dict[UUID, Group]) -> str:
    its = [called(here, group) for each in person.groups if (group := groups.get(each))]
    return f"{', '.join(its) or '-'} / {called(here, person)}"


@app.command()
def show(context: typer.Context, name: Name, group: OfGroup = None) -> None:
    """One person: names, groups with their dates, how well they are known, what is doubtful."""
    here = session(context)
    found = here.run(_find(here, name, group))
    table = Table(box=None, pad_edge=False, show_header=False)
    person = found.person
    table.add_row(here.word("column_name"), called(here, person))
    table.add_row(here.word("column_aliases"), ", ".join(person.aliases))
    if person.sex:
        table.add_row(here.word("column_sex"), here.word(f"sex_{person.sex}"))
    for each in found.memberships:
        table.add_row(
            here.word("column_groups"), f"{called(here, found.groups[each.group_id])}  {_dates(each)}".strip()
        )
    if found.merged:
        table.add_row(here.word("column_merged"), ", ".join(called(here, one) for one in found.merged))
    table.add_row(here.word("column_pictures"), _usable(here, person))
    table.add_row("id", str(person.id))
    here.console.print(table)
    for doubt in doubts(here, found.references, found.everybody.named):
        here.say("doubt", style="yellow", doubt=doubt)


def _dates(membership: Membership) -> str:
    if membership.since is None and membership.until is None:
        return ""
    return f"{membership.since or ''} – {membership.until or ''}".strip()


@app.command()
def references(context: typer.Context, name: Name, group: OfGroup = None) -> None:
    """A person's pictures: where each is from, on what ground it is kept, whether it matches."""
    here = session(context)
    found = here.run(_find(here, name, group))
    if not found.references:
        here.say("no_pictures", style="yellow", name=called(here, found.person))
        return
    table = _table(here, "source", "state", "consent", "expires", "id")
    for each in found.references:
        ends = each.rights.expires_at
        expires = f"{ends.astimezone():%Y-%m-%d %H:%M}" if ends else ""
        table.add_row(
            each.source, _state(here, each), here.word(f"consent_{each.rights.consent}"), expires, str(each.id)
        )
    here.console.print(table)
    for doubt in doubts(here, found.references, found.everybody.named):
        here.say("doubt", style="yellow", doubt=doubt)


def _state(here: Session, reference: Reference) -> str:
    if reference.reason:
        return here.word(f"reason_{reference.reason}")
    return here.word("outlier") if reference.outlier else here.word("usable")
