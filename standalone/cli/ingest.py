"""`scenedesk ingest`: videos in, a bar a stage."""

from pathlib import Path
from typing import Annotated, ClassVar

import typer

from kernel.contracts.errors import InvalidError, Language, ScenedeskError
from kernel.contracts.library import Run, Video
from standalone.cli.session import FAILED, Session, no_file, session
from standalone.cli.stages import follow
from standalone.rest import Library, open_library

SCHEMES = ("http://", "https://")


class RunFailedError(ScenedeskError):
    """A run that ended otherwise than well; `reason` is its own problem, in the reader's language."""

    status = 422
    code = "run_failed"
    sentences: ClassVar[dict[Language, str]] = {"en": "{reason}", "ko": "{reason}"}


def ingest(
    context: typer.Context,
    sources: Annotated[
        list[str], typer.Argument(help="Video files, folders of them, or addresses", metavar="PATH|URL…")
    ],
    title: Annotated[str | None, typer.Option(help="Title, when there is one source")] = None,
    again: Annotated[bool, typer.Option("--again", help="Index content that is here already once more")] = False,
) -> None:
    """Index videos: shots, faces, captions, search."""
    here = session(context)
    if not here.run(_ingest(here, sources, title, again=again)):
        raise typer.Exit(FAILED)


async def _ingest(here: Session, sources: list[str], title: str | None, *, again: bool) -> bool:
    opening = lambda: here.say("opening", style="dim", data_dir=here.settings.data_dir)  # noqa: E731
    async with open_library(here.settings, here.language, here.server, opening) as library:
        outcomes = [await _take(library, here, source, title, again=again) for source in _files(sources)]
    return all(outcomes)


def _files(sources: list[str]) -> list[str]:
    """Folders opened one level, everything else as it is. Raises InvalidError for what is not there."""
    found: list[str] = []
    for source in sources:
        path = Path(source)
        if source.startswith(SCHEMES) or path.is_file():
            found.append(source)
        elif path.is_dir():
            found += sorted(str(file) for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
        else:
            raise InvalidError(reason=no_file(source))
    return found


async def _take(library: Library, here: Session, source: str, title: str | None, *, again: bool) -> bool:
    """One source to its end. A refusal is said and does not keep the next source from its turn."""
    try:
        await take(library, here, source, title, again=again)
    except ScenedeskError as error:
        here.say("failed", style="red", title=source, reason=error.sentence(here.language))
        return False
    return True


async def take(library: Library, here: Session, source: str, title: str | None = None, *, again: bool = False) -> Video:
    """Bring one video in and show its run to the end. Raises the refusal, or what made the run fail.

    Content that is there already is indexed once more only when asked for, or when it failed before.
    """
    address = source.startswith(SCHEMES)
    accepted = await (library.add_url(source) if address else library.upload(Path(source), title))
    if accepted.existing:
        here.say("existing", style="dim", title=accepted.video.title)
        if again or accepted.video.state in ("new", "failed"):
            return await _watch(library, here, await library.reindex(accepted.video.id))
    running = accepted.run if accepted.run and accepted.run.state in ("queued", "running") else None
    return await _watch(library, here, running) if running else accepted.video


async def _watch(library: Library, here: Session, run: Run) -> Video:
    run = await follow(library.watch(run.id), here)
    if run.state != "done":
        raise RunFailedError(reason=run.problem.detail if run.problem else run.state)
    video = await library.video(run.video_id)
    here.say(
        "ingested",
        style="green",
        title=video.title,
        segments=video.segments,
        people=len(video.people),
        realtime=f"{run.realtime:.1f}" if run.realtime else "-",
    )
    return video
