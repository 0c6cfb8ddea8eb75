"""Somebody of another program says who they are here."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.access import linking
from gateway.access.admission import AtWho
from gateway.pages.frame import AtFrame, PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/link/{offer}")
async def ask(offer: str, frame: AtFrame, who: AtWho) -> HTMLResponse:
    """Looking at it links nobody: programs that preview addresses look too."""
    found = await linking.opened(frame.desk, offer)
    return frame.show("link.html", offered=found.new, account=who.account, done=False)


@router.post("/link/{offer}")
async def accept(offer: str, frame: AtFrame, who: AtWho) -> HTMLResponse:
    found = await linking.accept(frame.desk, who, offer)
    return frame.show("link.html", offered=found.new, account=who.account, done=True)
