"""What shows that one of our own pages wrote a form: of a session, or of a visit by whoever has not signed in yet."""

from fastapi import Request

from gateway.access import keys
from gateway.access.errors import ForgedFormError
from gateway.access.who import Who

VISIT = "scenedesk_visit"


def of_visit(request: Request) -> str | None:
    """What the forms of this visit send back; None before it has begun."""
    visit = request.cookies.get(VISIT)
    return keys.csrf_of(visit) if visit is not None else None


def written(request: Request) -> str | None:
    """What a page's plain forms send back; None where nobody signs in, and there is nothing to know."""
    who = _who(request)
    return who.csrf if who is not None else of_visit(request)


def meant(request: Request, said: str) -> None:
    """Raises ForgedFormError for a form that another site's page wrote: it knows neither session nor visit."""
    who = _who(request)
    if who is not None and who.csrf is None:
        return
    known = (who.csrf if who is not None else None, of_visit(request))
    if not any(one is not None and keys.same(said, one) for one in known):
        raise ForgedFormError


def _who(request: Request) -> Who | None:
    who: Who | None = getattr(request.state, "who", None)
    return who
