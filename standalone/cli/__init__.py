"""The command line: `scenedesk up | ingest | people | search | edit | models | accounts | doctor | import`."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from kernel.contracts.errors import ScenedeskError
from standalone.cli import (
    accounts,
    asking,
    collecting,
    describing,
    doctor,
    editing,
    evaluate,
    finding_all,
    identities,
    importing,
    ingest,
    models,
    opinions,
    people,
    saved,
    search,
    strangers,
    training,
    up,
)
from standalone.cli.helping import Spoken
from standalone.cli.session import Session, fail, language_of, load_settings

app = typer.Typer(
    name="scenedesk",
    cls=Spoken,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Find and fix scenes in video.",
)
app.command()(up.up)
app.command()(ingest.ingest)
for command in (describing.describe, identities.merge, identities.unmerge, identities.rename, identities.forget):
    people.app.command()(command)
for noun in (strangers.unknown, strangers.look_back, strangers.ask, strangers.appearances):
    people.app.command()(noun)
people.app.command("collect")(collecting.collect_people)
people.app.command()(collecting.review)
people.app.command()(training.train)
app.add_typer(people.app, name="people")
app.add_typer(collecting.videos, name="videos")
app.add_typer(accounts.app, name="accounts")
app.command()(search.search)
app.command()(asking.ask)
app.add_typer(saved.app, name="saved")
editing.app.command()(finding_all.found)
editing.app.command("three-way")(opinions.three_way)
app.add_typer(editing.app, name="edit")
app.add_typer(models.app, name="models")
app.command()(doctor.doctor)
app.command("import")(importing.import_)
app.add_typer(evaluate.app, name="eval")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"scenedesk {version('scenedesk')}")
        raise typer.Exit


@app.callback()
def _open_session(
    context: typer.Context,
    data_dir: Annotated[Path | None, typer.Option(help="Database, media, models; SCENEDESK_DATA_DIR")] = None,
    server: Annotated[str | None, typer.Option(help="Address of a Scenedesk to talk to")] = None,
    token: Annotated[str | None, typer.Option(help="What to come in with there; SCENEDESK_TOKEN")] = None,
    lang: Annotated[str | None, typer.Option(help="ko or en; the terminal's language when left out")] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show logs here instead of writing them to a file")
    ] = False,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    if lang is not None and lang[:2].lower() not in ("ko", "en"):
        raise typer.BadParameter(f"{lang} (ko, en)", param_hint="--lang")
    if server is not None and not server.startswith(("http://", "https://")):
        raise typer.BadParameter(f"{server} (http://…, https://…)", param_hint="--server")
    language = language_of(lang)
    try:
        settings = load_settings(data_dir)
    except ScenedeskError as error:
        fail(error, language)
    if token is not None:
        settings = settings.model_copy(update={"token": SecretStr(token)})
    context.obj = Session(settings, language, server, verbose)


def main() -> None:
    app()
