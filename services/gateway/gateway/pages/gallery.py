"""What decides now, in one line: model, scorer, references, threshold, and what that rests on."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.identity.calibration import STRANGERS_NAMED
from gateway.identity.gallery import open_gallery
from gateway.pages.frame import AtFrame, Frame, PageRoute
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.people import GalleryVersion

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Deciding:
    """`named`: of strangers' photos at most this part is given a name, in percent; none when nobody measured it."""

    version: GalleryVersion
    rests_on: str
    named: str | None


@router.get("/parts/gallery")
async def gallery(frame: AtFrame) -> HTMLResponse:
    """For a page that stands already: a gallery that has changed is calibrated anew first."""
    try:
        model = await frame.desk.services.faces.model()
        model_id = model.embedder.model_id
        opened = await open_gallery(frame.desk.database, frame.desk.services.faces, frame.desk.settings, model_id)
    except ScenedeskError as error:
        return frame.show("parts/gallery_version.html", deciding=None, problem=error.problem(frame.language))
    return frame.show("parts/gallery_version.html", deciding=deciding(frame, opened.version), problem=None)


def deciding(frame: Frame, version: GalleryVersion) -> Deciding:
    found = version.calibration
    measured = found.get("method") not in {"fixed", "default"}
    return Deciding(version, _rests_on(frame, version), f"{100 * STRANGERS_NAMED:.1f} %" if measured else None)


def _rests_on(frame: Frame, version: GalleryVersion) -> str:
    found = version.calibration
    if found.get("method") == "fixed":
        return frame.say("set by hand")
    if found.get("method") == "default":
        return frame.say("the model’s own: the gallery is too small to tell")
    strangers = found.get("strangers") or 0
    said = frame.say(
        "calibrated on %(photos)s photos of %(people)s people", photos=found.get("photos"), people=found.get("people")
    )
    return said + (", " + frame.say("%(n)s of them strangers", n=strangers) if strangers else "")
