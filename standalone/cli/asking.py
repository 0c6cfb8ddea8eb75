"""`scenedesk ask`: a question, answered in words from what is found, each sentence with its scenes."""

from typing import Annotated

import typer
from rich.text import Text

from kernel.contracts.finding import PublicAnswer
from kernel.contracts.search import AnswerRequest
from standalone.cli.search import clock
from standalone.cli.session import NOTHING, Session, session
from standalone.rest import open_library


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="Such as “민지가 공원에서 뭐 했어?”")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="Scenes that are read")] = 10,
    json: Annotated[bool, typer.Option("--json", help="The answer as JSON")] = False,
) -> None:
    """Ask a question. Each sentence cites its scenes. Exit code 4 when the archive does not show it."""
    here = session(context)
    answer = here.run(_ask(here, question, limit))
    if json:
        here.print_json(answer)
    else:
        _show(here, answer)
    if answer.kind == "not_shown":
        raise typer.Exit(NOTHING)


async def _ask(here: Session, question: str, limit: int) -> PublicAnswer:
    async with open_library(here.settings, here.language, here.server) as library:
        return await library.answer(AnswerRequest(query=question, limit=limit))


def _show(here: Session, answer: PublicAnswer) -> None:
    if answer.kind == "not_shown":
        here.console.print(answer.text, style="yellow", markup=False)
        return
    cited = list(dict.fromkeys(one for sentence in answer.sentences for one in sentence.citations))
    text = Text()
    for sentence in answer.sentences:
        text.append(sentence.text)
        text.append("".join(f"[{cited.index(one) + 1}]" for one in sentence.citations) + " ", style="yellow")
    here.console.print(text)
    for number, one in enumerate(cited, start=1):
        here.console.print(
            f"  [{number}] {one.title}  {clock(one.span.start_ms)}–{clock(one.span.end_ms)}  {one.link}",
            style="dim",
            markup=False,
        )
    here.console.print(_how(here, answer), style="dim", markup=False)


def _how(here: Session, answer: PublicAnswer) -> str:
    """How it came to be: by which model, what was left out, or why no model wrote it."""
    parts = [here.word(f"answer_{answer.kind}"), answer.model_id, answer.why]
    if answer.dropped:
        parts.append(here.word("sentences_dropped", n=answer.dropped))
    return " · ".join(filter(None, parts))
