"""`scenedesk people merge | unmerge | rename | forget`: who is whom, and who is nobody here any more."""

from collections.abc import Sequence
from typing import Annotated

import typer

from kernel.contracts.errors import InvalidError, NotFoundError
from kernel.contracts.library import Group, Person
from kernel.particles import particle
from standalone.cli.enrolling import Known, called
from standalone.cli.session import Session, session
from standalone.rest import Library, open_library

Name = Annotated[str, typer.Argument(help="A name or alias", metavar="NAME")]
Into = Annotated[str, typer.Argument(help="Whom they turned out to be", metavar="INTO")]
NewName = Annotated[str, typer.Argument(help="The new name", metavar="NEW")]
OfGroup = Annotated[str | None, typer.Option("--group", help="When several answer to the name")]


def merge(context: typer.Context, name: Name, into: Into, group: OfGroup = None) -> None:
    """Two people turned out to be one. `unmerge` takes it back exactly."""
    here = session(context)
    here.run(_merge(here, name, into, group))


async def _merge(here: Session, name: str, into: str, group: str | None) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        person, other = await one_person(library, name, group), await one_person(library, into, group)
        end = await library.merge(person.id, other.id)
        here.say("merged", name=called(here, person), into=called(here, end))


def unmerge(context: typer.Context, name: Name, group: OfGroup = None) -> None:
    """Take a merge back; NAME is the one that was merged."""
    here = session(context)
    here.run(_unmerge(here, name, group))


async def _unmerge(here: Session, name: str, group: str | None) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        try:
            person = await one_person(library, name, group, merged=True)
        except NotFoundError:
            # Of somebody who is there the answer is that they are not merged.
            person = await one_person(library, name, group)
        here.say("unmerged", name=called(here, await library.unmerge(person.id)))


def rename(context: typer.Context, name: Name, new: NewName, group: OfGroup = None) -> None:
    """Call somebody otherwise, in every machine caption too. The old name stays an alias."""
    here = session(context)
    here.run(_rename(here, name, new, group))


async def _rename(here: Session, name: str, new: str, group: str | None) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        person = await one_person(library, name, group)
        aliases = [alias for alias in (person.name, *person.aliases) if alias != new]
        changed = await library.change_person(person.id, new, aliases)
        here.say("renamed", old=called(here, person), new=changed.name, to=particle(changed.name, "으로", "로"))


def forget(
    context: typer.Context,
    name: Name,
    group: OfGroup = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Forget somebody for good: everything that tells of them. A restored backup is forgotten again."""
    here = session(context)
    here.run(_forget(here, name, group, sure=yes))


async def _forget(here: Session, name: str, group: str | None, *, sure: bool) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        person = await one_person(library, name, group, merged=None)
        with_them = [one for one in await library.people(merged=True) if one.merged_into == person.id]
        if with_them:
            here.say("forget_merged", names=", ".join(called(here, one) for one in with_them))
        if not sure and not typer.confirm(here.word("forget_sure", name=called(here, person))):
            here.say("forget_left")
            return
        receipt = await library.forget(person.id, merged=bool(with_them))
        here.say("forgotten", **receipt.model_dump())
        if receipt.human_texts:
            here.say("forgotten_by_hand", style="yellow", places=", ".join(receipt.human_texts))


async def one_person(library: Library, name: str, group: str | None, *, merged: bool | None = False) -> Person:
    """Who answers to the name, or to it after a group's ("NewJeans/민지"): of those merged into somebody, of the
    others, or (None) of all.

    Raises NotFoundError when nobody does, InvalidError when several do.
    """
    everybody = await library.people(merged=merged is not False)
    wanted = [one for one in everybody if merged is None or (one.merged_into is not None) == merged]
    groups = await library.groups()
    known, (before, slash, after) = Known(wanted, groups), name.partition("/")
    found = known.find(name, group) or (known.find(after.strip(), before.strip()) if slash else [])
    if not found:
        raise NotFoundError(what=f"person: {name}")
    if len(found) > 1:
        raise InvalidError(reason=f"{name}: {', '.join(_within(one, groups) for one in found)}")
    return found[0]


def _within(person: Person, groups: Sequence[Group]) -> str:
    """As they can be asked for: a group of theirs and their name."""
    its = next((group.name for group in groups if group.id in person.groups), None)
    return f"{its}/{person.name}" if its else f"{person.name} ({person.id})"
