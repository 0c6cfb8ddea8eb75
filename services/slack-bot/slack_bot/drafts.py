"""What a form, a preview and a proposal carry with them, so that a bot that was started in between knows it too."""

from uuid import UUID

from kernel.contracts.editing import Command
from kernel.contracts.errors import Language
from kernel.contracts.model import Value


class Draft(Value):
    """An edit in the making: of which segment as it was at which version, and where to answer."""

    video_id: UUID
    segment_id: UUID
    version: int
    language: Language
    results: str = ""  # whose card was pressed
    address: str | None = None  # Slack's response address of that press
    until: int = 0  # seconds of the epoch; how long that may be used
    channel: str | None = None
    thread: str | None = None  # the message of a shared card
    note: str | None = None
    commands: tuple[Command, ...] = ()
    by: str | None = None  # of a proposal: whose it is
    key: str | None = None  # by which the same proposal approved again is made once
