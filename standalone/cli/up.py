"""`scenedesk up`: the product at an address until Ctrl-C."""

import asyncio
from typing import TYPE_CHECKING

import typer

from kernel.serving import stop_on_signals
from standalone import running
from standalone.cli.session import Session, session

if TYPE_CHECKING:
    from standalone.product import Standalone


def up(context: typer.Context) -> None:
    """Run everything in one process; prints the address."""
    here = session(context)
    if address := running.found(here.settings.data_dir):
        here.say("already_up", address=address)
        return
    here.run(_up(here))


async def _up(here: Session) -> None:
    from standalone.product import open_standalone  # noqa: PLC0415 - a second to load, which --help need not wait for

    stop = asyncio.Event()
    stop_on_signals(stop)
    here.say("opening", style="dim", data_dir=here.settings.data_dir)
    async with open_standalone(here.settings) as product:
        _say_who_comes_in(here, product)
        await stay(here, product.settings.public_url, stop)
    here.say("stopped")


def _say_who_comes_in(here: Session, product: "Standalone") -> None:
    """That nobody signs in here; or the link of the first admin, as long as there is none."""
    if product.gateway.state.mode == "open":
        here.say("runs_open", style="dim")
    elif product.gateway.state.setup_link is not None:
        here.say("setup_link", style="bold yellow", link=product.gateway.state.setup_link)


async def stay(here: Session, address: str, stop: asyncio.Event) -> None:
    """Say where the product answers and wait for Ctrl-C."""
    here.say("up", style="bold green", address=address)
    here.say("stop_with", style="dim", log=here.log)
    await stop.wait()
    here.say("stopping", style="dim")
