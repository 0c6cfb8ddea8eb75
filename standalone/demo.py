"""`make demo`: the main job on a video drawn here, or on your own, from nothing to a running product."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from caption_service.packs import YOLOX_NANO
from face_service.packs import EDGE, EDGEFACE
from gateway.media.export import ffmpeg
from gateway.models import Models
from kernel.contracts.errors import Language, ScenedeskError
from kernel.contracts.finding import PublicHit
from kernel.contracts.library import Video
from kernel.contracts.models import ModelCard
from kernel.contracts.search import SearchRequest
from kernel.contracts.time import Span
from kernel.inference.weights import Pack
from kernel.serving import PortTakenError, listen, stop_on_signals
from kernel.settings import Settings
from standalone import running, sample
from standalone.cli.enrolling import add_members, members_of
from standalone.cli.enrolling import show as show_people
from standalone.cli.ingest import take
from standalone.cli.models import place_of, pull_shown
from standalone.cli.search import names_in
from standalone.cli.search import show as show_hits
from standalone.cli.session import FAILED, Session, fail, language_of, load_settings
from standalone.cli.up import stay
from standalone.product import open_standalone
from standalone.rest import Library, open_library

HOME = Path(".demo")
PATIENCE_S = 8.0

# What the set-up tries to bring once: unless one of these is here, this one is fetched, else that is weaker.
WANTED: tuple[tuple[tuple[Pack, ...], Pack, str], ...] = (
    ((EDGE, EDGEFACE), EDGEFACE, "without_faces"),
    ((YOLOX_NANO,), YOLOX_NANO, "without_objects"),
)


@dataclass(frozen=True)
class Question:
    """What is asked, and where in the video the answer is; `right` empty when nobody can know."""

    text: str
    language: Language
    right: tuple[Span, ...] = ()

    def answered_by(self, hit: PublicHit) -> bool:
        middle = (hit.span.start_ms + hit.span.end_ms) // 2
        return any(span.contains(middle) for span in self.right)


def main(
    video: Annotated[
        str | None, typer.Option(help="Your own video instead of the drawn one: a path or an address")
    ] = None,
    people: Annotated[Path | None, typer.Option(help="Your own people: group/member/*.jpg", exists=True)] = None,
) -> None:
    """Index a video, ask one Korean and one English question, stay up. DEMO_EXIT=1 stops after the answers."""
    language = language_of(None)
    try:
        here = Session(_settings(load_settings(None)), language)
    except ScenedeskError as error:
        fail(error, language)
    right = here.run(_demo(here, video, people))
    if not right:
        raise typer.Exit(FAILED)


def _settings(settings: Settings) -> Settings:
    """The demo keeps to a folder, database and port of its own; models are shared with the real thing."""
    try:
        listening = listen(settings.host, settings.port)
    except PortTakenError:
        listening = listen(settings.host, 0)
    with listening:
        port = listening.getsockname()[1]
    return settings.model_copy(
        update={
            "data_dir": HOME,
            "database_url": None,
            "models_dir": settings.packs_dir,
            "port": port,
            "public_url": f"http://127.0.0.1:{port}",
        }
    )


async def _demo(here: Session, video: str | None, people: Path | None) -> bool:
    address = await asyncio.to_thread(running.found, here.settings.data_dir)
    async with AsyncExitStack() as stack:
        if address is not None:
            here.say("asked_again", style="dim")
        else:
            await asyncio.to_thread(bring_models, here)
            address = (await stack.enter_async_context(open_standalone(here.settings))).address
        library = await stack.enter_async_context(open_library(here.settings, here.language, address))
        right = await _main_job(library, here, video, people)
        if os.environ.get("DEMO_EXIT", "0") not in ("", "0"):
            return right
        stop = asyncio.Event()
        stop_on_signals(stop)
        await stay(here, address, stop)
    return True


async def _main_job(library: Library, here: Session, video: str | None, people: Path | None) -> bool:
    """People and a video in, two questions answered; True when the right scenes came first."""
    models = await library.models()
    _say_models(here, models)
    drawn = video is None and people is None
    if drawn:
        people = await asyncio.to_thread(sample.draw_people, HOME / "sample" / "people")
    if people is not None:
        for outcome in await add_members(library, here, members_of(people)):
            show_people(here, outcome)
    source = await asyncio.to_thread(_draw, here) if video is None else video
    taken = await take(library, here, source, sample.TITLE if video is None else None, again=True)
    questions = _sample_questions(models) if drawn else await _open_questions(library, taken)
    return all([await _ask(library, here, question) for question in questions])


def bring_models(here: Session) -> None:
    """Try once for the small open models this machine lacks; go on without them, saying what is weaker."""
    for kept, pack, weaker in WANTED:
        if any(place_of(one, here) for one in kept):
            continue
        if here.settings.offline:
            here.say("offline", style="dim")
        else:
            addresses = ", ".join(str(file.url) for file in pack.downloads)
            here.say("trying", style="dim", name=pack.name, licence=pack.licence, addresses=addresses)
            with suppress(ScenedeskError):
                pull_shown(pack, here, timeout_s=PATIENCE_S / 2, within_s=PATIENCE_S)
                continue
        here.say(weaker, style="yellow")


def _draw(here: Session) -> str:
    path = HOME / "sample" / sample.file_name()
    if not path.exists():
        here.say("drawing")
        for note in sample.NOTES.values():
            here.console.print(f"  {note}", style="dim", markup=False)
    return str(sample.draw_video(path, str(ffmpeg(here.settings.media))))


def _say_models(here: Session, models: Models) -> None:
    """Every model in use with its licence; what is weak or missing stands out."""
    for card in _cards(models):
        notice = (card.notice_ko if here.language == "ko" else card.notice_en) or ""
        words = f"{card.model_id} ({card.licence}) {notice}"
        here.console.print(words, style="yellow" if card.weak else "dim", markup=False)
    for room, reason in models.missing.items():
        here.console.print(f"{room}: {reason}", style="red", markup=False)


def _cards(models: Models) -> Iterator[ModelCard]:
    if models.faces:
        yield from (models.faces.detector, models.faces.embedder)
    if models.captions:
        yield models.captions.captioner
        if models.captions.detector:
            yield models.captions.detector
    if models.texts:
        yield from (text.model for text in models.texts.models)


def _sample_questions(models: Models) -> Sequence[Question]:
    person = Question("아일린 콜린스가 나오는 장면", "ko", tuple(sample.spans("astronaut", "astronaut close-up")))
    if models.captions and models.captions.detector:
        return person, Question("a cup of coffee on the table", "en", tuple(sample.spans("coffee")))
    return person, Question("a close-up of Eileen Collins", "en", tuple(sample.spans("astronaut close-up")))


async def _open_questions(library: Library, video: Video) -> Sequence[Question]:
    """For a video nobody described to us: somebody who was recognised in it, and a framing."""
    there = [person.name_ko for person in await library.people() if person.id in video.people]
    return (
        Question(f"{there[0]} 나오는 장면" if there else "사람이 나오는 장면", "ko"),
        Question("a close-up of a person", "en"),
    )


async def _ask(library: Library, here: Session, question: Question) -> bool:
    """Show what is found; True when the right scene came first, or nobody can know."""
    asking = Session(here.settings, question.language, console=here.console)
    answer = await library.search(SearchRequest(query=question.text, limit=3))
    here.console.print(f"\n❓ {question.text}  ({answer.took_ms} ms)", style="bold", markup=False)
    show_hits(asking, answer, await names_in(library, asking))
    if not question.right:
        return True
    right = bool(answer.hits) and question.answered_by(answer.hits[0])
    here.say("right_first" if right else "other_first", style="green" if right else "red")
    return right


if __name__ == "__main__":
    typer.run(main)
