"""`scenedesk people describe`: whether people are women or men, for captions that say otherwise."""

from typing import Annotated, Literal

import typer

from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Person, Sex
from standalone.cli.enrolling import Known, called
from standalone.cli.identities import OfGroup, one_person
from standalone.cli.session import Session, session
from standalone.rest import Library, open_library

Said = Literal["female", "male", "unsaid"]
SEXES: dict[Said, Sex | None] = {"female": "female", "male": "male", "unsaid": None}


def describe(
    context: typer.Context,
    sex: Annotated[Said, typer.Option("--sex", help="female, male or unsaid")],
    names: Annotated[list[str] | None, typer.Argument(help="Names or aliases", metavar="NAME…")] = None,
    group: OfGroup = None,
    everyone_of: Annotated[str | None, typer.Option("--everyone-of", help="Everybody of this group, too")] = None,
) -> None:
    """Say whether people are women or men. Machine captions of their scenes follow; `unsaid` takes it back."""
    if not names and everyone_of is None:
        raise typer.BadParameter("NAME… | --everyone-of", param_hint="NAME")
    here = session(context)
    here.run(_describe(here, names or [], group, everyone_of, sex))


async def _describe(here: Session, names: list[str], group: str | None, everyone_of: str | None, said: Said) -> None:
    """Everybody is found before anything is said of anybody."""
    async with open_library(here.settings, here.language, here.server) as library:
        people = [await one_person(library, name, group) for name in names]
        people += await _members(library, everyone_of) if everyone_of is not None else []
        for person in {one.id: one for one in people}.values():
            await _say(here, library, person, said)


async def _members(library: Library, group: str) -> list[Person]:
    found = Known(await library.people(), await library.groups()).members(group)
    if not found:
        raise NotFoundError(what=f"group: {group}")
    return found


async def _say(here: Session, library: Library, person: Person, said: Said) -> None:
    told = "described" if person.sex != SEXES[said] else "described_already"
    if told == "described":
        await library.describe_person(person, SEXES[said])
    here.say(told, name=called(here, person), sex=here.word(f"sex_{said}"))
