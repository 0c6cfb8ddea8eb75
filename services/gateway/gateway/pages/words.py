"""Words that are chosen by code: names of steps, and what the scripts say."""

from collections.abc import Callable

Gettext = Callable[[str], str]


def steps(_: Gettext) -> dict[str, str]:
    """What a run is doing, by step."""
    return {
        "fetch": _("Fetching"),
        "probe": _("Checking"),
        "look": _("Cutting into scenes"),
        "faces": _("Finding faces"),
        "tracks": _("Following faces"),
        "identify": _("Naming people"),
        "captions": _("Writing captions"),
        "merge": _("Merging"),
        "publish": _("Publishing"),
        "index": _("Making it searchable"),
    }


def stages(_: Gettext) -> dict[str, str]:
    """The same steps in a word each, where they stand side by side."""
    return {
        "fetch": _("Fetch"),
        "probe": _("Check"),
        "look": _("Cut"),
        "faces": _("Faces"),
        "tracks": _("Follow"),
        "identify": _("Name"),
        "captions": _("Caption"),
        "merge": _("Merge"),
        "publish": _("Publish"),
        "index": _("Index"),
    }


def states(_: Gettext) -> dict[str, str]:
    """Where a run stands."""
    return {
        "queued": _("Waiting"),
        "running": _("Indexing"),
        "done": _("Done"),
        "failed": _("Failed"),
        "cancelled": _("Cancelled"),
    }


def unused_because(_: Gettext) -> dict[str, str]:
    """Why a reference is not used for matching."""
    return {"small": _("The face is too small to learn from."), "turned": _("The face is turned away.")}


def scripts(_: Gettext) -> dict[str, str]:
    """What the scripts say; they find it on the page."""
    return {
        "who": _("Who is this?"),
        "indexing": _("Indexing"),
        "realtime": _("real time"),
        "waiting": _("Waiting"),
        "sent": _("Sent. It is being indexed."),
        "there": _("It is in the library already."),
        "checking": _("Checking the file…"),
        "failed": _("That did not work. Please try again."),
        "copied": _("The link is copied."),
        "play": _("Play"),
        "pause": _("Pause"),
        "learned": _("Learned"),
        "remove_photo": _("Remove this picture?"),
        "saved": _("Saved"),
        "again": _("Indexing again."),
        "cancelling": _("Stopping after this step."),
        **{f"step_{name}": said for name, said in steps(_).items()},
    }
