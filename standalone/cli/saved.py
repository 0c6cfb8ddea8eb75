"""`scenedesk saved`: searches that are kept, and what they have found since they were looked at."""

from typing import Annotated

import typer
from rich.table import Table

from kernel.contracts.errors import NotFoundError
from kernel.contracts.finding import SavedSearch
from standalone.cli.search import clock
from standalone.cli.session import NOTHING, Session, session
from standalone.rest import Library, open_library

app = typer.Typer(no_args_is_help=False, help="Searches that are kept.")

Name = Annotated[str, typer.Argument(help="The name it is kept by")]


@app.callback(invoke_without_command=True)
def listed(context: typer.Context) -> None:
    """List them, each with how much it has found since it was looked at."""
    if context.invoked_subcommand is None:
        here = session(context)
        here.run(_list(here))


@app.command()
def show(context: typer.Context, name: Name) -> None:
    """What it has found; from then on that is not new. Exit code 4 when nothing is."""
    here = session(context)
    if not here.run(_show(here, name)):
        raise typer.Exit(NOTHING)


@app.command()
def remove(context: typer.Context, name: Name) -> None:
    """Keep it no longer. Scenes stay."""
    here = session(context)
    here.run(_remove(here, name))


async def _list(here: Session) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        kept = await library.saved_searches()
    if not kept:
        here.say("no_saved", style="yellow")
        return
    table = Table(*(here.word(f"column_{one}") for one in ("name", "new", "question")), box=None)
    for one in kept:
        table.add_row(one.name, str(one.new), one.question.query)
    here.console.print(table)


async def _show(here: Session, name: str) -> int:
    async with open_library(here.settings, here.language, here.server) as library:
        kept = await _one(library, name)
        hits = await library.new_hits(kept.id)
        for hit in hits:
            spoken = [one.text for one in hit.captions if one.language == here.language] or [
                c.text for c in hit.captions
            ]
            here.console.print(f"{hit.title}  {clock(hit.span.start_ms)}–{clock(hit.span.end_ms)}", style="bold")
            here.console.print(f"   {spoken[0] if spoken else ''}\n   {hit.link}", markup=False)
        await library.looked(kept.id)
    if not hits:
        here.say("nothing_new", style="yellow")
    return len(hits)


async def _remove(here: Session, name: str) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        kept = await _one(library, name)
        await library.remove_search(kept.id)
    here.say("search_removed", style="green", name=kept.name)


async def _one(library: Library, name: str) -> SavedSearch:
    found = next((one for one in await library.saved_searches() if one.name == name), None)
    if found is None:
        raise NotFoundError(what=f"saved search: {name}")
    return found
