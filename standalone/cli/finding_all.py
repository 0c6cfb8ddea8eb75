"""`scenedesk edit found …`: one change of every segment that answers a question, in all videos at once."""

from collections.abc import Sequence
from typing import Annotated

import typer

from kernel.contracts import editing
from kernel.contracts.editing import BulkEdit, BulkEdited, Everywhere
from kernel.contracts.search import SearchRequest
from standalone.cli.editing import Why, show
from standalone.cli.identities import one_person
from standalone.cli.session import Session, session
from standalone.rest import Library, open_library

MOST = 100

Names = Annotated[list[str] | None, typer.Option(help="A name or alias")]
Tags = Annotated[list[str] | None, typer.Option()]


def found(  # noqa: PLR0913, PLR0917 - options of a command
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="What to find, as search is asked", metavar="QUESTION")],
    tag: Tags = None,
    untag: Tags = None,
    add: Names = None,
    remove: Names = None,
    why: Why = None,
) -> None:
    """Tag everything that is found, or say who is there: in all videos at once, or in none."""
    if bool(tag or untag) == bool(add or remove):
        raise typer.BadParameter("--tag, --untag | --add, --remove")
    here = session(context)
    for edited in here.run(_edit(here, question, (tag, untag, add, remove), why)).videos:
        show(here, edited)


Said = tuple[Sequence[str] | None, ...]


async def _edit(here: Session, question: str, said: Said, why: str | None) -> BulkEdited:
    async with open_library(here.settings, here.language, here.server) as library:
        asked = SearchRequest(query=question, limit=MOST)
        return await library.edit_many(BulkEdit(question=asked, command=await _command(library, *said), note=why))


async def _command(
    library: Library,
    tag: Sequence[str] | None,
    untag: Sequence[str] | None,
    add: Sequence[str] | None,
    remove: Sequence[str] | None,
) -> Everywhere:
    if tag or untag:
        return editing.ChangeTags(op="tag", add=list(tag or ()), remove=list(untag or ()))
    there, gone = [[(await one_person(library, name, None)).id for name in names or ()] for names in (add, remove)]
    return editing.ChangePeople(op="people", add=there, remove=gone)
