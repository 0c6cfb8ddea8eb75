"""`scenedesk search`: a question in Korean or English, hits with their reasons."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import typer
from rich.text import Text

from kernel.contracts.finding import PublicHit, SearchAnswer
from kernel.contracts.library import SegmentCaption
from kernel.contracts.search import Evidence, SearchRequest
from standalone.cli.session import NOTHING, Session, session
from standalone.rest import Library, open_library

Names = Mapping[UUID, str]


def search(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="Such as “민지가 자는 장면” or “a cup on the table”")],
    limit: Annotated[int, typer.Option(min=1, max=100)] = 5,
    json: Annotated[bool, typer.Option("--json", help="The answer as JSON")] = False,
) -> None:
    """Ask for scenes. Exit code 4 when nothing was found. 장면을 찾습니다."""
    here = session(context)
    answer, names = here.run(_ask(here, question, limit))
    if json:
        here.print_json(answer)
    else:
        show(here, answer, names)
    if not answer.hits:
        raise typer.Exit(NOTHING)


async def _ask(here: Session, question: str, limit: int) -> tuple[SearchAnswer, Names]:
    async with open_library(here.settings, here.language, here.server) as library:
        answer = await library.search(SearchRequest(query=question, limit=limit))
        return answer, await names_in(library, here)


async def names_in(library: Library, here: Session) -> Names:
    """Display names of everybody, in the reader's language."""
    people = await library.people()
    return {person.id: person.name_ko if here.language == "ko" else person.name_en for person in people}


def show(here: Session, answer: SearchAnswer, names: Names) -> None:
    if answer.nothing or not answer.hits:
        here.say(f"nothing_{answer.nothing or 'nothing_close'}", style="yellow")
    for rank, hit in enumerate(answer.hits, start=1):
        here.console.print(_shown(here, rank, hit, names))


def _shown(here: Session, rank: int, hit: PublicHit, names: Names) -> Text:
    text = Text()
    text.append(f"{rank}. {hit.title}  ", style="bold")
    text.append(f"{clock(hit.span.start_ms)}–{clock(hit.span.end_ms)}", style="cyan")
    if people := _people(here, hit, names):
        text.append(f"  {people}", style="magenta")
    for caption in _captions(here, hit):
        text.append(f"\n   {caption.text}")
        if caption.observed:
            text.append(f"  ({here.word('observed')})", style="dim")
    reasons = " · ".join(_reason(here, evidence) for evidence in hit.evidence)
    text.append(f"\n   {reasons}", style="dim")
    text.append(f"\n   {hit.link}\n", style="blue")
    return text


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
    return f"{here.word(evidence.kind)} “{words}” {evidence.score:.2f}"


def clock(ms: int) -> str:
    """1:02:03.4, the hour left out when it is 0."""
    seconds, tenths = divmod(ms // 100, 10)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}.{tenths}" if hours else f"{minutes}:{seconds:02}.{tenths}"
