"""A clip at a signed address, for whoever was given that."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from gateway.access import previewing
from gateway.desk import AtDesk
from gateway.media.previews import preview_of
from gateway.media.ranges import RangedFile
from gateway.pages.frame import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# Nobody on the way keeps it longer than its address opens, and the address goes to no other site.
ALONE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@router.get("/previews/{shown}")
async def clip(shown: str, desk: AtDesk) -> FileResponse:
    found = await previewing.opened(desk, shown)
    made = await preview_of(desk, found.video_id, found.span)
    return RangedFile(made, media_type="video/mp4", headers=ALONE)
