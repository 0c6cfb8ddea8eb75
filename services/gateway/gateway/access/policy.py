"""What each route takes: the role, said in one place. Pure.

Reading takes a viewer and everything else an editor, unless it stands here. A new route is therefore never open.
"""

from kernel.contracts.accounts import Role

READING = frozenset({"GET", "HEAD", "OPTIONS"})

# Before anybody has signed in. Whole paths; a folder when it ends with a slash.
ANYBODY = ("/sign-in", "/welcome/", "/previews/", "/language", "/static/", "/healthz", "/readyz", "/v1/openapi.json")

# Questions that are too long for an address, and what everybody does about themselves.
VIEWER = frozenset(
    {
        "POST /v1/search",
        "POST /v1/answers",
        "POST /v1/answers/stream",
        "POST /v1/summaries",
        "POST /search/picture",
        "POST /v1/search/picture",
        "PUT /v1/past-questions",
        "DELETE /v1/past-questions",
        "POST /v1/videos/{video_id}/preview-links",
        "POST /v1/saved-searches",
        "PUT /v1/saved-searches/{search_id}",
        "DELETE /v1/saved-searches/{search_id}",
        "POST /v1/saved-searches/{search_id}/looked",
        "POST /v1/saved-searches/{search_id}/told",
        "POST /sign-out",
        "PUT /v1/me",
        "PUT /v1/me/password",
        "DELETE /v1/me/sessions",
        "DELETE /v1/me/sessions/{session_id}",
        "POST /v1/tokens",
        "POST /v1/links",
        "PUT /v1/me/links",
        "PUT /v1/placements",
        "DELETE /v1/placements/{elsewhere}",
        "DELETE /v1/me/links/{elsewhere}",
        "POST /link/{offer}",
        "DELETE /v1/tokens/{token_id}",
    }
)
# Pages' forms that carry a file: their fields are read before the route is asked.
FILE_FORMS = frozenset({"/search/picture"})
# Lists that are only there to be decided on, and what was done to whom.
EDITOR = (
    "/people/questions",
    "/people/review",
    "/people/unknown",
    "/people/{person_id}/look-back",
    "/parts/people/{person_id}/look-back",
    "/v1/audit",
    "/v1/candidates",
    "/v1/collections",
    "/v1/decisions",
    "/v1/forgotten",
    "/v1/people/{person_id}/look-back",
    "/v1/questions",
    "/v1/strangers",
    "/v1/videos/{video_id}/rulings",
    "/v1/videos/{video_id}/visibility",
    "/v1/series/{series_id}/visibility",
)
# Who may come in, and what can never be undone.
ADMIN = ("/access", "/v1/accounts", "/v1/invitations", "/metrics")
ADMIN_ALONE = frozenset({"DELETE /v1/people/{person_id}"})


def for_anybody(path: str) -> bool:
    """Whether nobody need sign in for that path."""
    return any(path.startswith(one) if one.endswith("/") else path == one for one in ANYBODY)


def needed(method: str, route: str) -> Role | None:
    """The role a route takes, by its template: `GET`, `/v1/videos/{video_id}`. None: anybody."""
    said = f"{method} {route}"
    if for_anybody(route):
        return None
    if said in ADMIN_ALONE or _under(route, ADMIN):
        return "admin"
    if said in VIEWER:
        return "viewer"
    return "viewer" if method in READING and not _under(route, EDITOR) else "editor"


def _under(route: str, places: tuple[str, ...]) -> bool:
    return any(route == place or route.startswith(f"{place}/") for place in places)
