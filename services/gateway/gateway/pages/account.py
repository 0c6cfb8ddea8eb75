"""One's own account, and who else has access."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.access import issuing
from gateway.access.admission import AtWho
from gateway.access.browsers import browser_of
from gateway.access.passwords import LEAST
from gateway.access.who import OF_SCOPE, RANK
from gateway.library import accounts, invitations, links, sessions
from gateway.pages.frame import AtFrame, PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)

EVERYBODY = 500


@router.get("/account")
async def own(frame: AtFrame, who: AtWho) -> HTMLResponse:
    signed_in, linked = [], []
    if who.account_id is not None:
        async with frame.desk.database.transaction() as connection:
            page = await sessions.of_account(connection, who.account_id, who.held, limit=EVERYBODY)
            signed_in = page.items
            linked = (await links.of_account(connection, who.account_id, limit=EVERYBODY)).items
    return frame.show(
        "account.html",
        account=who.account,
        sessions=[(one, browser_of(one.agent)) for one in signed_in],
        links=linked,
        tokens=(await issuing.issued(frame.desk, who, limit=EVERYBODY)).items,
        scopes=[scope for scope, role in OF_SCOPE.items() if who.may(role)],
        least=LEAST,
    )


@router.get("/access")
async def everybody(frame: AtFrame, who: AtWho) -> HTMLResponse:
    async with frame.desk.database.transaction() as connection:
        shown = await accounts.listing(connection, limit=EVERYBODY)
        waiting = (await invitations.pending(connection, limit=EVERYBODY)).items
        tokens = (await sessions.issued(connection, limit=EVERYBODY)).items
    return frame.show(
        "access.html",
        people=[one for one in shown.items if one.kind == "person"],
        services=[
            (one, [token for token in tokens if token.account_id == one.id])
            for one in shown.items
            if one.kind == "service"
        ],
        invitations=[one for one in waiting if one.account_id is None],
        role_names=sorted(RANK, key=RANK.__getitem__),
        scopes=[*OF_SCOPE, "act-for"],
        own=who.account_id,
        mode=frame.request.app.state.mode,
    )
