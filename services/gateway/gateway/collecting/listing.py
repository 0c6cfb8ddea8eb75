"""Videos a search, a channel or a playlist names, by yt-dlp; nothing is downloaded. Runs in the guarded child only."""

from collections.abc import Sequence
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.extractor.common import InfoExtractor
from yt_dlp.utils import YoutubeDLError

from gateway.collecting.errors import SearchFailedError
from gateway.collecting.questions import Listed
from gateway.media.sites import Quiet, title_of

SEARCH = "ytsearch"
SCHEMES = ("http://", "https://")


def listed(asked: str, limit: int, extractors: Sequence[InfoExtractor] = (), key: str = SEARCH) -> list[Listed]:
    """At most `limit` videos of an address, or of a search for words. Raises SearchFailedError.

    `extractors` come before yt-dlp's own. Its generic extractor is allowed here, unlike in downloads: feeds are read
    by it, and whatever it finds is only an address, fetched later under the rules of any other.
    """
    with YoutubeDL(_options(limit), auto_init=False) as site:
        for extractor in extractors:
            site.add_info_extractor(extractor)
        site.add_default_info_extractors()
        try:
            found = site.extract_info(asked if asked.startswith(SCHEMES) else f"{key}{limit}:{asked}", download=False)
        except YoutubeDLError as error:
            raise SearchFailedError(reason=title_of(str(getattr(error, "orig_msg", None) or error))) from error
    entries = _flat(found)
    if not entries:
        raise SearchFailedError(reason="0")
    return entries[:limit]


def _options(limit: int) -> dict[str, Any]:
    return {
        "logger": Quiet(),
        "quiet": True,
        "extract_flat": True,
        "lazy_playlist": True,
        "playlistend": limit,
        "retries": 3,
        "extractor_retries": 1,
        "sleep_interval_requests": 1,
        "socket_timeout": 20,
        "cachedir": False,
        "proxy": "",
        "enable_file_urls": False,
        "js_runtimes": {},
    }


def _flat(found: dict[str, Any] | None) -> list[Listed]:
    """The videos below; a channel's tabs are playlists in a playlist."""
    if found is None:
        return []
    if "entries" in found:
        return [video for entry in found["entries"] for video in _flat(entry)]
    address = found.get("webpage_url") or found.get("original_url") or found.get("url")
    if found.get("_type") in ("url", "url_transparent"):
        address = found.get("url")
    if not str(address or "").startswith(SCHEMES):
        return []
    title = title_of(str(found["title"])) if found.get("title") else None
    return [Listed(address=str(address), title=title, site_id=_site_id(found))]


def _site_id(found: dict[str, Any]) -> str | None:
    """None where the address alone names the video."""
    site, number = found.get("ie_key") or found.get("extractor_key"), found.get("id")
    return f"{site}:{number}".lower() if site and number and site != "Generic" else None
