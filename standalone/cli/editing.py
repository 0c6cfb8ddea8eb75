"""`scenedesk edit …`: cut, merge, correct and take back, as the page does it."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, NamedTuple
from uuid import UUID

import typer
from rich.table import Table

from kernel.contracts import editing
from kernel.contracts.editing import Command, Edited, NewEdit
from kernel.contracts.errors import InvalidError, Language, NotFoundError
from kernel.contracts.library import ListedSegment, Video
from standalone.cli.enrolling import called
from standalone.cli.identities import one_person
from standalone.cli.session import Session, session
from standalone.rest import Library, open_library

app = typer.Typer(no_args_is_help=True, help="Cut, merge, correct, take back.")

SHORT = 8  # letters of an id that are shown, and enough to say which is meant
CLOCK = re.compile(r"(?:(\d+):)?(?:(\d{1,2}):)?(\d+(?:\.\d{1,3})?)")

VideoName = Annotated[str, typer.Argument(help="A video's title, or the beginning of its id", metavar="VIDEO")]
One = Annotated[str, typer.Argument(help="A segment: its number in the list, or the beginning of its id")]
Several = Annotated[list[str], typer.Argument(help="Segments: numbers in the list, or beginnings of ids")]
Times = Annotated[list[str], typer.Argument(help="Times: 12.48, 1:02.5 or 1:00:02", metavar="TIME…")]
Why = Annotated[str | None, typer.Option("--why", help="Why; history keeps it")]
Frames = Annotated[bool, typer.Option("--frames", help="Move times to the nearest picture")]
Version = Annotated[int, typer.Argument(help="A version, as history lists it")]


class Opened(NamedTuple):
    """A timeline as it is looked at."""

    library: Library
    video: Video
    version: int
    segments: list[ListedSegment]

    def meant(self, word: str) -> ListedSegment:
        """The segment of that number, or whose id begins so. Raises InvalidError unless it is exactly one."""
        if word.isdecimal() and 1 <= int(word) <= len(self.segments):
            return self.segments[int(word) - 1]
        found = [one for one in self.segments if str(one.id).startswith(word.lower())]
        if len(found) != 1:
            raise InvalidError(reason=word)
        return found[0]

    def ids(self, words: list[str]) -> list[UUID]:
        return [self.meant(word).id for word in words]


Says = Callable[[Opened], Awaitable[Command]]


@app.command("list")
def list_(context: typer.Context, video: VideoName) -> None:
    """The segments of a video, numbered in order of time."""
    here = session(context)
    here.run(_list(here, video))


@app.command()
def split(
    context: typer.Context, video: VideoName, segment: One, at: Times, frames: Frames = False, why: Why = None
) -> None:
    """Cut a segment at one time or several."""

    async def say(there: Opened) -> Command:
        times = [milliseconds(one) for one in at]
        return editing.Split(op="split", segment_id=there.meant(segment).id, at_ms=times, snap=frames)

    _do(context, video, say, why)


@app.command()
def merge(
    context: typer.Context,
    video: VideoName,
    segments: Several,
    gaps: Annotated[bool, typer.Option("--gaps", help="Also where there is time between them")] = False,
    why: Why = None,
) -> None:
    """Make one segment of several."""

    async def say(there: Opened) -> Command:
        return editing.Merge(op="merge", segment_ids=there.ids(segments), gaps=gaps)

    _do(context, video, say, why)


@app.command()
def move(  # noqa: PLR0913, PLR0917 - options of a command
    context: typer.Context,
    video: VideoName,
    segment: One,
    start: Annotated[str | None, typer.Option("--in", help="New in point")] = None,
    end: Annotated[str | None, typer.Option("--out", help="New out point")] = None,
    frames: Frames = False,
    why: Why = None,
) -> None:
    """Move a segment's in or out point."""
    if start is None and end is None:
        raise typer.BadParameter("--in, --out")

    async def say(there: Opened) -> Command:
        edges = {"start_ms": milliseconds(start) if start else None, "end_ms": milliseconds(end) if end else None}
        return editing.Move(op="move", segment_id=there.meant(segment).id, snap=frames, **edges)

    _do(context, video, say, why)


@app.command()
def create(  # noqa: PLR0913, PLR0917 - options of a command
    context: typer.Context,
    video: VideoName,
    start: Annotated[str, typer.Argument(metavar="IN")],
    end: Annotated[str, typer.Argument(metavar="OUT")],
    ko: Annotated[str | None, typer.Option(help="Its Korean caption")] = None,
    en: Annotated[str | None, typer.Option(help="Its English caption")] = None,
    frames: Frames = False,
    why: Why = None,
) -> None:
    """Make a segment of one's own."""

    async def say(_there: Opened) -> Command:
        said = [editing.Caption(language="ko", text=ko)] if ko else []
        said += [editing.Caption(language="en", text=en)] if en else []
        return editing.Create(
            op="create", start_ms=milliseconds(start), end_ms=milliseconds(end), captions=said, snap=frames
        )

    _do(context, video, say, why)


@app.command()
def delete(context: typer.Context, video: VideoName, segments: Several, why: Why = None) -> None:
    """Delete segments. Undo or revert brings them back."""

    async def say(there: Opened) -> Command:
        return editing.Delete(op="delete", segment_ids=there.ids(segments))

    _do(context, video, say, why)


@app.command()
def caption(
    context: typer.Context,
    video: VideoName,
    segments: Several,
    ko: Annotated[str | None, typer.Option(help='In Korean; "" removes what a person wrote')] = None,
    en: Annotated[str | None, typer.Option(help='In English; "" removes what a person wrote')] = None,
    why: Why = None,
) -> None:
    """Say what is seen. The machine's sentence is kept below."""
    if (ko is None) == (en is None):
        raise typer.BadParameter("--ko, --en")
    text = ko if ko is not None else en

    async def say(there: Opened) -> Command:
        language: Language = "ko" if ko is not None else "en"
        return editing.SetCaption(
            op="caption", segment_ids=there.ids(segments), language=language, text=(text or "").strip() or None
        )

    _do(context, video, say, why)


@app.command()
def people(  # noqa: PLR0913, PLR0917 - options of a command
    context: typer.Context,
    video: VideoName,
    segments: Several,
    add: Annotated[list[str] | None, typer.Option(help="Who is there: a name or alias")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Who is not there")] = None,
    replace: Annotated[
        tuple[str, str] | None, typer.Option(help="Who was taken for whom they are not, and who it is")
    ] = None,
    why: Why = None,
) -> None:
    """Say who is there and who is not. Of a face that is followed it outlives the next indexing."""

    async def say(there: Opened) -> Command:
        new = [(await one_person(there.library, name, None)).id for name in add or []]
        gone = [(await one_person(there.library, name, None)).id for name in remove or []]
        swap = None
        if replace is not None:
            taken, other = [await one_person(there.library, name, None) for name in replace]
            swap = editing.Replacement(gone=taken.id, by=other.id)
        ids = there.ids(segments)
        return editing.ChangePeople(op="people", segment_ids=ids, add=new, remove=gone, replace=swap)

    if not (add or remove or replace):
        raise typer.BadParameter("--add, --remove, --replace")
    _do(context, video, say, why)


@app.command()
def tag(
    context: typer.Context,
    video: VideoName,
    segments: Several,
    add: Annotated[list[str] | None, typer.Option()] = None,
    remove: Annotated[list[str] | None, typer.Option()] = None,
    why: Why = None,
) -> None:
    """Put tags on segments, or take them off."""
    if not (add or remove):
        raise typer.BadParameter("--add, --remove")

    async def say(there: Opened) -> Command:
        return editing.ChangeTags(op="tag", segment_ids=there.ids(segments), add=add or [], remove=remove or [])

    _do(context, video, say, why)


@app.command()
def note(context: typer.Context, video: VideoName, segments: Several, text: Annotated[str, typer.Option()]) -> None:
    """Write something down about segments."""

    async def say(there: Opened) -> Command:
        return editing.ChangeNotes(op="note", segment_ids=there.ids(segments), add=text)

    _do(context, video, say, None)


# ---- history


@app.command()
def history(context: typer.Context, video: VideoName) -> None:
    """Who did what, newest first."""
    here = session(context)
    here.run(_history(here, video))


@app.command()
def undo(context: typer.Context, video: VideoName, version: Version, why: Why = None) -> None:
    """Take one earlier edit back, when nothing later depends on it."""

    async def say(_there: Opened) -> Command:
        return editing.Undo(op="undo", version=version)

    _do(context, video, say, why)


@app.command()
def redo(context: typer.Context, video: VideoName, version: Version, why: Why = None) -> None:
    """Take an undo back."""

    async def say(_there: Opened) -> Command:
        return editing.Redo(op="redo", version=version)

    _do(context, video, say, why)


@app.command()
def revert(context: typer.Context, video: VideoName, version: Version, why: Why = None) -> None:
    """Bring the whole timeline to what it was at a version. That is an edit too."""

    async def say(_there: Opened) -> Command:
        return editing.Revert(op="revert", version=version)

    _do(context, video, say, why)


# ---- what they share


def _do(context: typer.Context, video: str, say: Says, why: str | None) -> None:
    here = session(context)
    show(here, here.run(_edit(here, video, say, why)))


async def _edit(here: Session, video: str, say: Says, why: str | None) -> Edited:
    async with open_library(here.settings, here.language, here.server) as library:
        there = await _open(library, video)
        return await library.edit(there.video.id, there.version, NewEdit(command=await say(there), note=why))


async def _open(library: Library, word: str) -> Opened:
    video = await video_named(library, word)
    version, segments = await library.timeline(video.id)
    return Opened(library, video, version, segments)


async def video_named(library: Library, word: str) -> Video:
    """Raises NotFoundError; InvalidError when several are meant."""
    everything = await library.videos()
    exact = [one for one in everything if word in (one.title, str(one.id))]
    found = exact or [one for one in everything if str(one.id).startswith(word.lower())]
    if not found:
        raise NotFoundError(what=f"video: {word}")
    if len(found) > 1:
        raise InvalidError(reason=", ".join(str(one.id)[:SHORT] for one in found))
    return found[0]


async def _list(here: Session, video: str) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        there = await _open(library, video)
        names = {person.id: called(here, person) for person in await library.people()}
    table = Table(*(here.word(f"column_{one}") for one in ("number", "id", "in", "out", "people", "caption")), box=None)
    for number, one in enumerate(there.segments, 1):
        who = ", ".join(names.get(person.person_id, "") for person in one.people if person.person_id)
        said = next(iter(sorted(one.captions, key=lambda each: each.origin != "human")), None)
        times = (clock(one.span.start_ms), clock(one.span.end_ms))
        table.add_row(str(number), str(one.id)[:SHORT], *times, who, said.text if said else "")
    here.console.print(table)
    here.say("at_version", version=there.version)


async def _history(here: Session, video: str) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        found = await library.edits((await video_named(library, video)).id)
    columns = ("version", "when", "who", "what", "segments", "why")
    table = Table(*(here.word(f"column_{one}") for one in columns), box=None, pad_edge=False)
    for one in found:
        what = here.word(f"edit_{one.kind}") + (f" {one.of_version}" if one.of_version is not None else "")
        who = f"{one.actor} ({one.door})"
        table.add_row(str(one.version), f"{one.at:%Y-%m-%d %H:%M}", who, what, str(one.touched), one.note or "")
    here.console.print(table)


def show(here: Session, edited: Edited) -> None:
    """Tell what an edit made."""
    for one in edited.edits:
        here.say("edited", style="green", what=here.word(f"edit_{one.kind}"), version=one.version, count=one.touched)
    for segment in edited.segments:
        times = f"{clock(segment.span.start_ms)}–{clock(segment.span.end_ms)}"
        here.console.print(f"{str(segment.id)[:SHORT]}  {times}", markup=False)


def milliseconds(word: str) -> int:
    """Milliseconds of `12.48`, `1:02.5`, `1:00:02`. Raises InvalidError."""
    if (found := CLOCK.fullmatch(word.strip())) is None:
        raise InvalidError(reason=word)
    first, second, seconds = found.groups()
    hours, minutes = (first, second) if second is not None else (None, first)
    whole, _, part = seconds.partition(".")
    return ((int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(whole)) * 1000 + int(part.ljust(3, "0") or 0)


def clock(at_ms: int) -> str:
    seconds, rest = divmod(at_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}:{minutes:02}" if hours else f"{minutes}") + f":{seconds:02}.{rest:03}"
