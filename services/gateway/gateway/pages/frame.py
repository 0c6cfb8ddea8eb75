"""What every page has at hand: the desk, the renderer, the reader's language; and its refusals as pages."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute

from gateway.access.errors import NotSignedInError
from gateway.access.who import Who
from gateway.desk import AtDesk, Desk
from gateway.library.sight import Sight
from gateway.pages import conditions
from gateway.pages.honesty import Notice, notices
from gateway.pages.language import translations
from gateway.pages.models_known import ModelsKnown
from gateway.pages.rendering import Renderer, called
from kernel.contracts.errors import Language, NotFoundError, ScenedeskError
from kernel.contracts.library import Group, Person


@dataclass(frozen=True)
class Frame:
    """One request for a page."""

    request: Request
    desk: Desk
    renderer: Renderer
    models: ModelsKnown

    @property
    def who(self) -> Who:
        """Who reads it. Raises NotSignedInError."""
        who: Who | None = self.request.state.who
        if who is None:
            raise NotSignedInError
        return who

    @property
    def sight(self) -> Sight:
        """What of the library they may see."""
        return self.who.sight

    @property
    def language(self) -> Language:
        return self.renderer.language(self.request)

    def say(self, message: str, **params: Any) -> str:
        """A message in the reader's language."""
        said = translations(self.language).gettext(message)
        return said % params if params else said

    def called(self, named: Person | Group) -> str:
        """What the reader calls somebody or a group."""
        return called(named, self.language)

    def condition(self, name: str, value: str) -> str | None:
        """What a filter of an address is called; None for what is none."""
        return conditions.label(name, value, translations(self.language).gettext)

    def show(self, template: str, **context: Any) -> HTMLResponse:
        return self.renderer.page(self.request, template, **context)

    async def notices(self, *, all_of_them: bool = True) -> list[Notice]:
        """What must be said of the models in use; without the quiet ones unless `all_of_them`."""
        known = await self.models.get(self.desk)
        found = notices(known, self.language, translations(self.language).gettext) if known else []
        return [notice for notice in found if all_of_them or notice.weight != "quiet"]

    def further(self, cursor: str | None) -> str | None:
        """The address of the next page of what is shown."""
        return (
            str(self.request.url.include_query_params(cursor=cursor).replace(scheme="", netloc="")) if cursor else None
        )


def _frame(request: Request, desk: AtDesk) -> Frame:
    return Frame(request, desk, request.app.state.renderer, request.app.state.models_known)


AtFrame = Annotated[Frame, Depends(_frame)]


class PageRoute(APIRoute):
    """Answers refusals with a page instead of a problem document."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def as_page(request: Request) -> Response:
            renderer: Renderer = request.app.state.renderer
            try:
                return await handler(request)
            except ScenedeskError as error:
                return renderer.problem(request, error.problem(renderer.language(request)))
            except RequestValidationError:
                return renderer.problem(request, NotFoundError(what="page").problem(renderer.language(request)))

        return as_page
