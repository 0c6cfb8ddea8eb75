"""Words of what other programs show of the archive, so that it follows its scene there and is taken back in time."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kernel.contracts.accounts import Elsewhere
from kernel.contracts.model import Value

PlacementKind = Literal["card", "message", "file"]
Due = Literal["changed", "ended"]
AT_ONCE = 50

Detail = Annotated[str, Field(max_length=1000)]


class NewPlacement(Value):
    """What another program shows of a video from now on; said again, it is the newest that holds.

    A `card` shows one scene and follows it; a `message` tells of one; a `file` is a picture or a clip.
    """

    elsewhere: Elsewhere = Field(examples=["slack:T0123456:C0456789:1700000000.000123"])
    kind: PlacementKind
    video_id: UUID
    segment_id: UUID | None = Field(default=None, description="None: of the video, such as the picture of a face")
    version: int = Field(default=0, description="Of the segment a card shows")
    gone: bool = Field(default=False, description="The card says that its scene is no more")
    until: datetime | None = Field(default=None, description="When it is to be taken back anyway")
    details: dict[Annotated[str, Field(max_length=40)], Detail] = Field(
        default={}, max_length=12, description="What its program needs to show it again"
    )


class NewPlacements(Value):
    """Several at once, all of them or none."""

    placements: list[NewPlacement] = Field(min_length=1, max_length=AT_ONCE)


class Placement(NewPlacement):
    """`due`: `changed`, a card no longer says what its scene does; `ended`, it is to be taken back.

    Ended is what lives longer than its video, its scene (a file) or its time, and what fewer people may see now than
    when it was placed, or not even whoever placed it.
    """

    open: bool = Field(description="Whether everybody who is signed in may see its video")
    due: Due | None = None
    created_at: datetime
