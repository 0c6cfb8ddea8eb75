"""What is kept of an open form: more than Slack lets a modal carry."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kernel.contracts.errors import Language
from kernel.contracts.history import FoundSegment
from kernel.contracts.library import ListedSegment
from slack_bot.blocks.scenes import Names
from slack_bot.changes import Change
from slack_bot.results import Results

if TYPE_CHECKING:
    from slack_bot.people import Speaker
    from slack_bot.replies import Reply, Thread


class Place(NamedTuple):
    """A shared card: where it stands, in whose language, of which results, by whom and with which note."""

    channel: str
    message: str
    language: Language
    results: Results
    by: str
    note: str = ""


@dataclass
class Draft:
    """The segment as the form showed it, whom it names, and where the card stands that was pressed."""

    segment: FoundSegment
    following: ListedSegment | None
    names: Names
    language: Language
    results: str
    reply: "Reply"
    thread: "Thread | None" = None  # of a shared card
    note: str | None = None
    changes: Sequence[Change] = field(default=())


@dataclass(frozen=True)
class Proposal:
    """A draft that waits for somebody else's yes: by whom, under which key, and the message that shows it."""

    draft: Draft
    by: "Speaker"
    key: str
    lines: Sequence[str]
    message: str
