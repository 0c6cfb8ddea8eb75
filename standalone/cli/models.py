"""`scenedesk models`: packs of weights, listed, fetched from their official addresses, verified."""

import math
import time
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.text import Text

import caption_service.packs
import face_service.packs
from kernel.contracts.errors import NotFoundError, ScenedeskError, UnavailableError, Words, spoken
from kernel.inference.backend import BackendUnavailableError
from kernel.inference.weights import AGAIN, Pack, candidates, find, problems, pull
from standalone.cli.session import FAILED, Session, fail, session

PACKS: tuple[Pack, ...] = (*face_service.packs.PACKS, *caption_service.packs.PACKS)

app = typer.Typer(no_args_is_help=True, help="Weights: list, pull, verify.")
Name = Annotated[str, typer.Argument(help="Name of a pack, as `scenedesk models list` shows it")]


def pack_of(name: str) -> Pack:
    for pack in PACKS:
        if pack.name == name:
            return pack
    raise NotFoundError(what=f"pack: {name} ({', '.join(pack.name for pack in PACKS)})")


def place_of(pack: Pack, here: Session) -> str | None:
    """Where the whole pack lies, every SHA-256 right; None when it is nowhere."""
    try:
        return str(find(pack, None, here.settings.packs_dir)) if pack.files else None
    except BackendUnavailableError:
        return None


@app.command("list")
def list_(context: typer.Context) -> None:
    """Every pack known, where it is, its licence and source."""
    here = session(context)
    for pack in PACKS:
        place = place_of(pack, here)
        size = sum(file.size or 0 for file in pack.downloads)
        line = Text(f"{pack.name:<12}", style="bold green" if place else "bold")
        line.append(f"{size / 1e6:.0f} MB  " if size else "", style="default")
        line.append(place or (f"→ scenedesk models pull {pack.name}" if pack.files else ""), style="default")
        for words in (pack.licence, pack.source, pack.notice):
            line.append(f"\n{'':<12}{words}" if words else "", style="not bold dim default")
        here.console.print(line)


@app.command("pull")
def pull_(context: typer.Context, name: Name) -> None:
    """Fetch a pack. A broken download resumes; nothing is put in place before its SHA-256 is right."""
    here = session(context)
    try:
        pack = pack_of(name)
        if here.settings.offline:
            here.say("offline")
            raise typer.Exit(FAILED)
        if pack.notice:
            here.console.print(pack.notice, style="yellow", markup=False)
        place = pull_shown(pack, here) if pack.files else None
    except ScenedeskError as error:
        fail(error, here.language)
    if place is not None:
        here.say("pulled", name=pack.name, place=place)


def pull_shown(pack: Pack, here: Session, *, timeout_s: float = 30.0, within_s: float = math.inf) -> str:
    """Fetch with a bar for each file; give up after `within_s` seconds in all. Raises UnavailableError."""
    deadline = time.monotonic() + within_s
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=here.console) as progress:
        bars = {file.name: progress.add_task(file.name, total=file.size) for file in pack.downloads}

        def report(name: str, done: int, total: int) -> None:
            progress.update(bars[name], completed=done, total=total or None)
            if time.monotonic() > deadline:
                raise UnavailableError(
                    what=name, reason=Words("its address is too slow.", "주소의 응답이 너무 느립니다."), remedy=AGAIN
                )

        return str(pull(pack, here.settings.packs_dir, report, timeout_s))


@app.command()
def verify(context: typer.Context, name: Annotated[str | None, typer.Argument()] = None) -> None:
    """Check every file of a pack, or of all packs that are here, against its pinned SHA-256."""
    here = session(context)
    try:
        chosen = [pack_of(name)] if name else [pack for pack in PACKS if pack.files]
    except ScenedeskError as error:
        fail(error, here.language)
    bad = [pack for pack in chosen if not _verified(pack, here, asked=name is not None)]
    if bad:
        raise typer.Exit(FAILED)


def _verified(pack: Pack, here: Session, *, asked: bool) -> bool:
    present = [place for place in candidates(pack, None, here.settings.packs_dir) if place.is_dir()]
    held = [place for place in present if any((place / file.name).exists() for file in pack.files)]
    if not held:
        here.console.print(f"{pack.name}: not here (scenedesk models pull {pack.name})", markup=False)
        return not asked
    wrong = {place: problems(pack, place) for place in held}
    for place, found in wrong.items():
        here.console.print(
            f"{pack.name}: {place}: {'; '.join(spoken(each, here.language) for each in found) or 'ok'}",
            style="red" if found else "green",
            markup=False,
        )
    return not any(wrong.values())
