"""`scenedesk search`: a question in Korean or English, how it was read, hits with their reasons."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, get_args
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.text import Text

from kernel.contracts.captions import ShotScale
from kernel.contracts.embeddings import CaptionOrigin
from kernel.contracts.errors import InvalidError
from kernel.contracts.finding import NewSavedSearch, PublicHit, ReadPicture, SearchAnswer
from kernel.contracts.library import SegmentCaption
from kernel.contracts.malformed import MalformedError
from kernel.contracts.search import Chip, Choice, Evidence, SearchRequest
from standalone.cli.identities import one_person
from standalone.cli.session import NOTHING, Session, fail, session
from standalone.rest import Library, open_library

Names = Mapping[UUID, str]

LEAST = 0.005  # what rounds to a percent
CERTAINTY = ((0.9, "certain"), (0.7, "probable"), (0.4, "possible"), (0.0, "unlikely"))

SCALES, ORIGINS = ", ".join(get_args(ShotScale)), ", ".join(get_args(CaptionOrigin))
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only videos of this day or later")]
LastDay = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only videos of this day or earlier")]


def search(  # noqa: PLR0913, PLR0917 - options of a command
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="Such as “민지가 자는 장면” or “a cup on the table”")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100)] = 5,
    person: Annotated[
        list[str] | None, typer.Option(help="Must be there; a name or alias, or GROUP/NAME; may be repeated")
    ] = None,
    group: Annotated[list[str] | None, typer.Option(help="Somebody of it must be there")] = None,
    without: Annotated[list[str] | None, typer.Option(help="Must not be there")] = None,
    only: Annotated[bool, typer.Option("--only", help="Nobody but those asked for")] = False,
    scale: Annotated[list[str] | None, typer.Option(help=f"Only shots of this scale: {SCALES}")] = None,
    origin: Annotated[list[str] | None, typer.Option(help=f"Only captions from there: {ORIGINS}")] = None,
    since: Day = None,
    until: LastDay = None,
    certain: Annotated[float, typer.Option(min=0, max=1, help="Least probability of somebody recognised")] = 0.0,
    plain: Annotated[bool, typer.Option("--plain", help="Read no names or times: words are words")] = False,
    similar: Annotated[UUID | None, typer.Option(help="Scenes like this segment")] = None,
    image: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, readable=True, help="A face or a frame to find")
    ] = None,
    save: Annotated[str | None, typer.Option(help="Keep the search by this name; see `scenedesk saved`")] = None,
    json: Annotated[bool, typer.Option("--json", help="The answer as JSON")] = False,
) -> None:
    """Ask for scenes. Exit code 4 when nothing was found."""
    here = session(context)
    narrowed = (person, group, without, scale, origin, since, until, certain, similar, image)
    if not (question.strip() or any(narrowed)):
        raise typer.BadParameter(here.word("nothing_asked"), param_hint="QUESTION")
    said = {
        "query": question,
        "limit": limit,
        "only": only,
        "scales": scale or [],
        "origins": origin or [],
        "since": since.date() if since else None,
        "until": until.date() if until else None,
        "certain": certain,
        "understand": not plain,
    }
    try:
        asked = SearchRequest.model_validate(said)
    except ValidationError as error:
        fail(MalformedError(error.errors()), here.language)
    called = _Called(person or [], group or [], without or [])
    answer, names = here.run(_ask(here, asked, called, similar=similar, image=image, save=save))
    if json:
        here.print_json(answer)
    else:
        show(here, answer, names)
    if not answer.hits:
        raise typer.Exit(NOTHING)


class _Called:
    """People and groups as they are called on the command line."""

    def __init__(self, people: list[str], groups: list[str], without: list[str]) -> None:
        self.people, self.groups, self.without = people, groups, without


async def _ask(
    here: Session,
    asked: SearchRequest,
    called: _Called,
    *,
    similar: UUID | None,
    image: Path | None,
    save: str | None,
) -> tuple[SearchAnswer, Names]:
    async with open_library(here.settings, here.language, here.server) as library:
        question = await _with_filters(library, asked, called)
        if image is not None:
            seen = await library.read_picture(image)
            question = await _of_picture(library, here, question, seen, image)
            # A frame that is all there is to go by asks for scenes like its own.
            similar = similar or (seen.frames[0].segment_id if seen.frames and _asks_nothing(question) else None)
        if similar is not None:
            answer = await library.similar(similar, asked.limit)
        else:
            answer = await library.search(question)
        if save is not None:
            kept = await library.save_search(NewSavedSearch(name=save, question=question))
            here.say("search_kept", style="green", name=kept.name)
        return answer, await names_in(library, here)


async def _with_filters(library: Library, asked: SearchRequest, called: _Called) -> SearchRequest:
    """Raises InvalidError for a name nobody has, or that several have."""
    groups = await library.groups() if called.groups else []
    by_name = {name.casefold(): one.id for one in groups for name in (one.name, one.name_ko, one.name_en, *one.aliases)}
    missing = next((name for name in called.groups if name.casefold() not in by_name), None)
    if missing:
        raise InvalidError(reason=f"--group {missing}")
    return asked.model_copy(
        update={
            "people": [(await one_person(library, name, None)).id for name in called.people],
            "without": [(await one_person(library, name, None)).id for name in called.without],
            "groups": [by_name[name.casefold()] for name in called.groups],
        }
    )


def _asks_nothing(question: SearchRequest) -> bool:
    return question == SearchRequest(limit=question.limit, understand=question.understand)


async def _of_picture(
    library: Library, here: Session, asked: SearchRequest, seen: ReadPicture, image: Path
) -> SearchRequest:
    """The question with what was read from a picture; says what that is, and which scenes it may be a frame of.

    Raises InvalidError when it is nothing.
    """
    for frame in seen.frames:
        here.say("frame_of", title=frame.title, at=clock(frame.at_ms), percent=f"{frame.likeness:.0%}")
    people = [face.person_id for face in seen.faces if face.person_id]
    if seen.frames and not people and not seen.words:
        return asked
    if not people and not seen.words:
        raise InvalidError(reason=here.word("nothing_read", name=image.name))
    names = await names_in(library, here)
    read = [*(names.get(one, "?") for one in people), *([seen.words] if seen.words else [])]
    here.say("read_from", style="dim", name=image.name, words=", ".join(read))
    words = " ".join(filter(None, (asked.query, seen.words)))
    return asked.model_copy(update={"people": [*asked.people, *people], "query": words})


async def names_in(library: Library, here: Session) -> Names:
    """Display names of everybody, in the reader's language."""
    people = await library.people()
    return {person.id: person.name_ko if here.language == "ko" else person.name_en for person in people}


def show(here: Session, answer: SearchAnswer, names: Names) -> None:
    """How it was read, then hits; or why there are none, what lacks, and what comes nearest."""
    if answer.chips:
        here.console.print(_read(here, answer.chips))
    if answer.nothing or not answer.hits:
        here.say(f"nothing_{answer.nothing or 'nothing_close'}", style="yellow")
        if answer.missing:
            here.say("lacking", style="red", words=", ".join(answer.missing))
    for rank, hit in enumerate(answer.hits, start=1):
        here.console.print(_shown(here, rank, hit, names))
    if answer.nearest:
        here.say("nearest", style="dim")
    for hit in answer.nearest:
        here.console.print(_shown(here, None, hit, names), style="dim")


def _read(here: Session, chips: list[Chip]) -> Text:
    """`[민지] [마지막 5분]`; what is not sure is asked."""
    text = Text(f"{here.word('read_as')} ", style="dim")
    for chip in chips:
        label = chip.label_ko if here.language == "ko" else chip.label_en
        if len(chip.choices) > 1:
            of = " / ".join(_choice(here, one) for one in chip.choices)
            text.append(f"[{chip.written}: {here.word('which_one')} {of}] ", style="yellow")
        elif not chip.exact:
            text.append(f"[{here.word('did_you_mean', written=chip.written, name=label)}] ", style="yellow")
        else:
            text.append(f"[{label}] ", style="cyan")
    return text


def _choice(here: Session, choice: Choice) -> str:
    korean = here.language == "ko"
    name, groups = (choice.name_ko, choice.groups_ko) if korean else (choice.name_en, choice.groups_en)
    return f"{name} ({', '.join(groups)})" if groups else name


def _shown(here: Session, rank: int | None, hit: PublicHit, names: Names) -> Text:
    text = Text()
    text.append(f"{rank}. {hit.title}  " if rank else f"~  {hit.title}  ", style="bold")
    text.append(f"{clock(hit.span.start_ms)}–{clock(hit.span.end_ms)}", style="cyan")
    if people := _people(here, hit, names):
        text.append(f"  {people}", style="magenta")
    for caption in _captions(here, hit):
        text.append(f"\n   {caption.text}")
        if caption.observed:
            text.append(f"  ({here.word('observed')})", style="dim")
    text.append("\n   ")
    if hit.probability is not None:
        text.append(f"{_percent(hit.probability)} {here.word(_certainty(hit.probability))} · ", style="green")
    text.append(" · ".join(_reason(here, evidence) for evidence in hit.evidence), style="dim")
    for words in hit.missing:
        text.append(f" · {here.word('without_words', words=words)}", style="red")
    text.append(f"\n   {hit.link}\n", style="blue")
    return text


def _percent(probability: float) -> str:
    """What is shown is never impossible."""
    return f"{probability:.0%}" if probability >= LEAST else "<1%"


def _certainty(probability: float) -> str:
    return next(word for least, word in CERTAINTY if probability >= least)


def _people(here: Session, hit: PublicHit, names: Names) -> str:
    """Names once each, the surest first; faces nobody has named are counted."""
    known = {p.person_id: p for p in sorted(hit.people, key=lambda p: p.probability) if p.person_id is not None}
    shown = [f"{names.get(who, '?')} {p.probability:.0%}" for who, p in reversed(known.items())]
    unknown = sum(person.person_id is None for person in hit.people)
    return ", ".join([*shown, f"{here.word('unknown_face')} {unknown}"] if unknown else shown)


def _captions(here: Session, hit: PublicHit) -> list[SegmentCaption]:
    """The reader's language when there is one, human before machine."""
    spoken = [caption for caption in hit.captions if caption.language == here.language] or list(hit.captions)
    return sorted(spoken, key=lambda caption: caption.origin != "human")[:1]


def _reason(here: Session, evidence: Evidence) -> str:
    words = evidence.text if len(evidence.text) <= 40 else f"{evidence.text[:39]}…"  # noqa: PLR2004 - fits a line
    asked = f"“{evidence.asked}” → " if evidence.asked else ""
    return f"{here.word(evidence.kind)} {asked}“{words}” {evidence.score:.2f}"


def clock(ms: int) -> str:
    """1:02:03.4, the hour left out when it is 0."""
    seconds, tenths = divmod(ms // 100, 10)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}.{tenths}" if hours else f"{minutes}:{seconds:02}.{tenths}"
