"""Videos on pages of known sites, by yt-dlp's named extractors. Runs in the guarded child only."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.extractor import gen_extractor_classes
from yt_dlp.extractor.common import InfoExtractor
from yt_dlp.utils import DownloadError, YoutubeDLError

from gateway.media import errors

_FORMAT = "best[protocol^=http][ext=mp4]/best[protocol^=http]/best/bestvideo"


class Quiet:
    """yt-dlp's words go nowhere: standard output is ours, and pages may hold anything."""

    def debug(self, words: str) -> None: ...

    def warning(self, words: str) -> None: ...

    def error(self, words: str) -> None: ...


def knows(url: str) -> bool:
    """Whether a named extractor takes this address."""
    return any(
        extractor.suitable(url)
        for extractor in gen_extractor_classes()
        if extractor._ENABLED and "generic" not in extractor.IE_NAME.lower()  # noqa: SLF001 - as yt-dlp's own list does
    )


def download(
    url: str,
    folder: Path,
    name: str,
    max_bytes: int,
    say: Callable[[float], None],
    extractors: Sequence[InfoExtractor] = (),
) -> tuple[Path, str]:
    """The one video of a page, as `folder/name.*`, and its title. `extractors` come before yt-dlp's own.

    Raises MediaError.
    """
    with YoutubeDL(_options(folder, name, max_bytes, say), auto_init=False) as site:
        for extractor in extractors:
            site.add_info_extractor(extractor)
        site.add_default_info_extractors()
        try:
            found = site.extract_info(url, download=True)
        except DownloadError as error:
            raise _why(error) from error
        except YoutubeDLError as error:
            raise errors.FetchError(reason=_words(error)) from error
    return _only_file(found, folder, max_bytes)


def _options(folder: Path, name: str, max_bytes: int, say: Callable[[float], None]) -> dict[str, Any]:
    def told(state: dict[str, Any]) -> None:
        came, length = state.get("downloaded_bytes") or 0, state.get("total_bytes") or state.get("total_bytes_estimate")
        if came > max_bytes:
            raise errors.TooManyBytesError(most=max_bytes)
        say(min(1.0, came / length) if length else 0.0)

    return {
        "logger": Quiet(),
        "quiet": True,
        "noprogress": True,
        "allowed_extractors": ["default", "-generic"],
        "outtmpl": {"default": str(folder / f"{name}.%(ext)s").replace("%", "%%").replace("%%(ext)s", "%(ext)s")},
        "format": _FORMAT,
        "noplaylist": True,
        "playlist_items": "1",
        "match_filter": lambda found, *, incomplete: "live" if not incomplete and found.get("is_live") else None,
        "max_filesize": max_bytes,
        "retries": 3,
        "socket_timeout": 20,
        "overwrites": True,
        "cachedir": False,
        "proxy": "",
        "fixup": "never",
        "postprocessors": [],
        "external_downloader": {"default": "native"},
        "hls_prefer_native": True,
        "enable_file_urls": False,
        "js_runtimes": {},
        "progress_hooks": [told],
    }


def _only_file(found: dict[str, Any] | None, folder: Path, max_bytes: int) -> tuple[Path, str]:
    while found and found.get("entries"):
        found = next(iter(found["entries"]), None)
    files = (found or {}).get("requested_downloads") or []
    path = Path(files[0]["filepath"]) if files else None
    if found is None or path is None or not path.is_file() or path.parent != folder:
        # Live, over the size limit, or a page with nothing in it.
        raise errors.NoVideoThereError
    if path.stat().st_size > max_bytes:
        path.unlink()
        raise errors.TooManyBytesError(most=max_bytes)
    return path, title_of(str(found.get("title") or "video"))


def title_of(words: str) -> str:
    """A title fit to show: one line, no control signs, at most 200 signs."""
    line = " ".join(words.split())
    return "".join(sign for sign in line if sign.isprintable())[:200] or "video"


def _why(error: DownloadError) -> errors.MediaError:
    cause = error.exc_info[1] if error.exc_info else None
    if isinstance(cause, errors.MediaError):
        return cause
    return errors.FetchError(reason=_words(cause or error))


def _words(error: BaseException) -> str:
    return title_of(str(getattr(error, "orig_msg", None) or error))
