"""`scenedesk edit found …`: one change of every segment that answers a question, in all videos at once."""

from collections.abc import Sequence
from typing import Annotated

import typer

from kernel.contracts import editing
from kernel.contracts.editing import BulkEdit, BulkEdited, Everywhere
from kernel.contracts.search import SearchRequest
from standalone.cli.editing import Why, show
from standalone.cli.identities import one_person
from standalone.cli.session import NOTHING, Session, session
from standalone.rest import Library, open_library

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
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Tag everything that is found, or say who is there: in all videos at once, or in none."""
    if bool(tag or untag) == bool(add or remove):
        raise typer.BadParameter("--tag, --untag | --add, --remove")
    here = session(context)
    done = here.run(_edit(here, question, (tag, untag, add, remove), why, yes))
    for edited in done.videos if done else ():
        show(here, edited)
    if done is None:
        raise typer.Exit(NOTHING)


Said = tuple[Sequence[str] | None, ...]


async def _edit(here: Session, question: str, said: Said, why: str | None, sure: bool) -> BulkEdited | None:
    """None: nothing was found, or it was not agreed to."""
    async with open_library(here.settings, here.language, here.server) as library:
        command = await _command(library, *said)
        asked = SearchRequest(query=question, limit=100)
        hits = await library.search_all(asked)
        counted = len({one for hit in hits for one in hit.segments or [hit.segment_id]})
        here.say("all_found", count=counted, videos=len({hit.video_id for hit in hits}))
        if not counted or not (sure or typer.confirm(here.word("all_found_sure"))):
            return None
        return await library.edit_many(BulkEdit(question=asked, counted=counted, command=command, note=why))


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
