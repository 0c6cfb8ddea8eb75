"""`scenedesk people`: the gallery, from folders `group/member/*.jpg`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from kernel.contracts.errors import InvalidError, ScenedeskError
from kernel.contracts.library import Group, NewPerson, Person
from standalone.cli.session import FAILED, Session, session
from standalone.rest import Library, open_library

PICTURES = (".jpg", ".jpeg", ".png", ".webp")
ALIASES = "aliases.txt"  # optional beside the pictures, one name a line

app = typer.Typer(no_args_is_help=True, help="Who is who: add, list. 인물.")


@dataclass(frozen=True)
class Member:
    """One person of a folder: who, of which group, called what else, shown in which pictures."""

    name: str
    group: str | None
    pictures: tuple[Path, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    member: Member
    used: int
    refused: tuple[tuple[Path, str], ...]


@app.command()
def add(
    context: typer.Context,
    who: Annotated[list[str], typer.Argument(help="Folders group/member/*.jpg, or names", metavar="FOLDER|NAME…")],
    group: Annotated[str | None, typer.Option(help="Group of people given by name")] = None,
) -> None:
    """Add people. Adding the same folder again adds only what is new."""
    here = session(context)
    outcomes = here.run(_add(here, who, group))
    for outcome in outcomes:
        show(here, outcome)
    if any(outcome.member.pictures and not outcome.used for outcome in outcomes):
        raise typer.Exit(FAILED)


@app.command("list")
def list_(context: typer.Context) -> None:
    """Everybody, with the number of pictures they are known by."""
    here = session(context)
    people, groups = here.run(_list(here))
    if not people:
        here.say("nobody", style="yellow")
        return
    table = Table("name", "groups", "aliases", "pictures", box=None, pad_edge=False)
    named = {group.id: group.name_ko if here.language == "ko" else group.name_en for group in groups}
    for person in people:
        name = person.name_ko if here.language == "ko" else person.name_en
        its = ", ".join(named[group] for group in person.groups if group in named)
        table.add_row(name, its, ", ".join(person.aliases), str(person.references))
    here.console.print(table)


async def _list(here: Session) -> tuple[list[Person], list[Group]]:
    async with open_library(here.settings, here.language, here.server) as library:
        return await library.people(), await library.groups()


async def _add(here: Session, who: list[str], group: str | None) -> list[Outcome]:
    members = [member for one in who for member in _members(one, group)]
    async with open_library(here.settings, here.language, here.server) as library:
        return await add_members(library, here, members)


def _members(one: str, group: str | None) -> Iterator[Member]:
    if Path(one).is_dir():
        yield from members_of(Path(one))
    elif "/" in one:
        raise InvalidError(reason=f"{one}: there is no such folder")
    else:
        yield Member(name=one, group=group)


def members_of(folder: Path) -> list[Member]:
    """Everybody in `folder/group/member/*.jpg`. Raises InvalidError when no picture lies at that depth."""
    members = []
    for member in sorted(path for path in folder.glob("*/*") if path.is_dir()):
        pictures = tuple(sorted(file for file in member.iterdir() if file.suffix.lower() in PICTURES))
        if pictures:
            members.append(Member(member.name, member.parent.name, pictures, _aliases(member)))
    if not members:
        raise InvalidError(reason=f"{folder} holds no group/member/*.jpg")
    return members


def _aliases(member: Path) -> tuple[str, ...]:
    note = member / ALIASES
    lines = note.read_text(encoding="utf-8").splitlines() if note.is_file() else []
    return tuple(line.strip() for line in lines if line.strip())


async def add_members(library: Library, here: Session, members: list[Member]) -> list[Outcome]:
    """Each member with pictures; people that are there already only gain what is new."""
    known = {person.name: person for person in await library.people()}
    return [await _add_one(library, here, member, known.get(member.name)) for member in members]


async def _add_one(library: Library, here: Session, member: Member, known: Person | None) -> Outcome:
    if known is None:
        new = NewPerson(name=member.name, group=member.group, aliases=list(member.aliases))
        known = await library.add_person(new)
    elif missing := [alias for alias in member.aliases if alias not in known.aliases]:
        await library.change_person(known.id, known.name, [*known.aliases, *missing])
    used, refused = 0, []
    for picture in member.pictures:
        try:
            reference = await library.add_reference(known.id, picture)
        except ScenedeskError as error:
            refused.append((picture, error.sentence(here.language)))
        else:
            used += reference.usable
            if reference.reason:
                refused.append((picture, reference.reason))
    return Outcome(member, used, tuple(refused))


def show(here: Session, outcome: Outcome) -> None:
    who = outcome.member
    name = f"{who.group} / {who.name}" if who.group else who.name
    if not who.pictures:
        here.say("person_named", name=name)
        return
    here.say("person_added", name=name, used=outcome.used, pictures=len(who.pictures))
    for picture, reason in outcome.refused:
        here.say("picture_refused", style="yellow", picture=picture.name, reason=reason)
