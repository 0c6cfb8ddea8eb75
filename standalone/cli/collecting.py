"""`scenedesk people collect`, `people review` and `videos collect`: what the web has, and what of it is taken."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from kernel.contracts.errors import InvalidError, ScenedeskError
from kernel.contracts.library import Consent, NewPerson, Person
from kernel.contracts.people import Candidate, Collection
from kernel.spelling import normal
from standalone.cli.session import FAILED, Session, session
from standalone.rest import Library, open_library

LOOK_S = 0.5
VIDEO_ADDRESSES = ("http://", "https://")

videos = typer.Typer(no_args_is_help=True, help="Videos from the web: collect.")

Rights = Annotated[
    str, typer.Option(help="On what ground the findings may be used; kept with them", prompt="Rights · 사용 권리")
]
Limit = Annotated[int, typer.Option(help="At most so many new findings", min=1, max=200)]


def collect_people(  # noqa: PLR0913, PLR0917 - options of a command
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Whose pictures", metavar="NAME")],
    rights: Rights,
    group: Annotated[str | None, typer.Option(help="Their group; a new name is added to it")] = None,
    query: Annotated[str | None, typer.Option(help="What to search for; else the group and the name")] = None,
    consent: Annotated[Consent, typer.Option(help="On what ground they are kept")] = "unstated",
    limit: Limit = 20,
) -> None:
    """Look for pictures of somebody. They wait for a yes: scenedesk people review."""
    here = session(context)
    body = {"rights": rights, "consent": consent, "limit": limit}
    here.run(_collect_people(here, name, group, query, body))


async def _collect_people(here: Session, name: str, group: str | None, query: str | None, body: dict[str, Any]) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        person = await _whom(library, name, group)
        asked = query or " ".join(filter(None, (group, person.name)))
        await _follow(library, here, await library.collect_pictures(person.id, body | {"query": asked}))


async def _whom(library: Library, name: str, group: str | None) -> Person:
    """The one of the gallery, or somebody new of that group. Raises InvalidError when it is not clear who is meant."""
    groups = {each.id: {each.name, *each.aliases} for each in await library.groups()}
    same = [each for each in await library.people() if normal(name) in {each.name, *each.aliases}]
    if group is not None:
        same = [each for each in same if any(group in groups.get(its, ()) for its in each.groups)]
    if len(same) == 1:
        return same[0]
    if same or group is None:
        raise InvalidError(reason=f"{name}: --group")
    return await library.add_person(NewPerson(name=name, group=group))


@videos.command("collect")
def collect_videos(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="Words, or a channel's or playlist's address", metavar="QUERY|ADDRESS")],
    rights: Rights,
    limit: Limit = 20,
    review: Annotated[bool, typer.Option("--review", help="Each waits for a yes instead of being fetched")] = False,
) -> None:
    """Collect videos; each is fetched and indexed as by its address."""
    here = session(context)
    key = "playlist" if what.startswith(VIDEO_ADDRESSES) else "query"
    here.run(_collect_videos(here, {key: what, "rights": rights, "limit": limit, "review": review}))


async def _collect_videos(here: Session, body: dict[str, Any]) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        await _follow(library, here, await library.collect_videos(body))


async def _follow(library: Library, here: Session, collection: Collection) -> None:
    """Show how far it is until it is over. Raises typer.Exit when it failed."""
    columns = TextColumn("{task.description}"), BarColumn(32), TextColumn("{task.completed}/{task.total}")
    with Progress(*columns, console=here.console) as bars:
        bar = bars.add_task(collection.query, total=None)
        while True:
            collection = await library.collection(collection.id)
            bars.update(bar, completed=collection.looked_at, total=collection.found or None)
            if collection.state not in ("queued", "running"):
                break
            await asyncio.sleep(LOOK_S)
    if collection.state != "done":
        here.say("failed", style="red", title=collection.query, reason=collection.problem or collection.state)
        raise typer.Exit(FAILED)
    here.say("collected", found=collection.found, waiting=collection.waiting, taken=collection.taken)
    if collection.existing or collection.failed:
        here.say("left_out", style="dim", existing=collection.existing, failed=collection.failed)


def review(
    context: typer.Context,
    approve: Annotated[list[str] | None, typer.Option(help="Take it: the id, or its first signs")] = None,
    reject: Annotated[list[str] | None, typer.Option(help="Refuse it, for good: the id, or its first signs")] = None,
    json: Annotated[bool, typer.Option("--json", help="The queue as JSON")] = False,
) -> None:
    """What was collected and waits for a yes."""
    here = session(context)
    if not here.run(_review(here, approve or [], reject or [], as_json=json)):
        raise typer.Exit(FAILED)


async def _review(here: Session, approve: list[str], reject: list[str], *, as_json: bool) -> bool:
    async with open_library(here.settings, here.language, here.server) as library:
        waiting = await library.candidates("waiting")
        if not (approve or reject):
            _show(here, waiting, {each.id: each.name for each in await library.people()}, as_json=as_json)
            return True
        done = [await _decide(library, here, _meant(waiting, start), "approve") for start in approve]
        return all([*done, *[await _decide(library, here, _meant(waiting, start), "reject") for start in reject]])


async def _decide(library: Library, here: Session, candidate: Candidate, verdict: str) -> bool:
    try:
        decided = await library.decide(candidate.id, verdict)
    except ScenedeskError as error:
        here.say("failed", style="red", title=candidate.address, reason=error.sentence(here.language))
        return False
    here.say(f"candidate_{decided.state}", address=decided.address)
    return True


def _meant(waiting: list[Candidate], start: str) -> Candidate:
    found = [each for each in waiting if str(each.id).startswith(start.lower())]
    if len(found) != 1:
        raise InvalidError(reason=start)
    return found[0]


def _show(here: Session, waiting: list[Candidate], names: dict[UUID, str], *, as_json: bool) -> None:
    if as_json:
        here.print_json([each.model_dump(mode="json") for each in waiting])
        return
    if not waiting:
        here.say("nothing_waits", style="dim")
        return
    columns = [here.word(f"column_{one}") for one in ("id", "name", "similarity", "found_on", "title", "address")]
    table = Table(*columns, box=None, pad_edge=False)
    for each in waiting:
        who = names.get(each.person_id, "") if each.person_id else ""
        alike = "" if each.similarity is None else f"{each.similarity:.2f}"
        day = f"{each.created_at.astimezone():%Y-%m-%d}"
        table.add_row(str(each.id)[:8], who, alike, day, each.title or "", each.address)
    here.console.print(table)
