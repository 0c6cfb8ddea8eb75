"""A search by icrawler: its feeder, parser and downloader, with our session and nothing downloaded by it.

One thread each. What a page names goes no further than a list: pictures are fetched one by one afterwards, under
our own checks (`web.py`). Which crawler and why: docs/decisions/0095-collecting-references.md.
"""

import logging
from typing import Any
from urllib.parse import quote_plus

import requests
from icrawler import Crawler, Downloader, Feeder, Parser

from gateway.collecting.errors import SearchFailedError
from gateway.collecting.polite import Polite
from gateway.collecting.sources import Found, Source
from gateway.media.errors import MediaError

LOOK_S = 0.2  # how often a thread of icrawler looks whether there is work for it
_NOWHERE = {"backend": "FileSystem", "root_dir": "."}  # icrawler wants a place, even for what keeps nothing


class _Pages(Feeder):  # type: ignore[misc]  # icrawler has no types
    def feed(self, addresses: list[str]) -> None:
        for address in addresses:
            self.output(address)


class _Results(Parser):  # type: ignore[misc]
    """Reads pages of results until one names nothing new; remembers what went wrong, which icrawler only logs."""

    def __init__(self, *args: Any, source: Source, **options: Any) -> None:
        super().__init__(*args, **options)
        self.source = source
        self.seen: set[str] = set()
        self.trouble: MediaError | None = None

    def parse(self, response: requests.Response) -> list[dict[str, str | None]]:
        if not response.ok:
            self.trouble = SearchFailedError(reason=f"HTTP {response.status_code}")
            self.signal.set(reach_max_num=True)
            return []
        try:
            found = [each for each in self.source.found_in(response) if each.address not in self.seen]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.trouble = SearchFailedError(reason=f"{type(error).__name__}: unknown answer")
            found = []
        self.seen.update(each.address for each in found)
        if not found:
            self.signal.set(reach_max_num=True)
        return [each.model_dump() for each in found]  # plain: its queue keeps tasks by their JSON


class _Listed(Downloader):  # type: ignore[misc]
    """Where icrawler would download: keeps what was found."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.found: list[Found] = []

    def download(self, task: dict[str, str | None], *_: Any, **__: Any) -> None:
        self.found.append(Found.model_validate({name: task[name] for name in Found.model_fields}))


class _Search(Crawler):  # type: ignore[misc]
    def __init__(self, source: Source, session: Polite) -> None:
        self._session = session
        super().__init__(_Pages, _Results, _Listed, storage=dict(_NOWHERE), extra_parser_args={"source": source})

    def set_logger(self, log_level: int = logging.INFO) -> None:
        """Icrawler would set up the logging of the whole process here."""
        del log_level
        self.logger = logging.getLogger(__name__)

    def set_session(self, headers: dict[str, str] | None = None) -> None:
        del headers  # icrawler's own would claim to be a browser
        self.session = _Asking(self._session)


class _Asking:
    """The session as icrawler's parser uses it; it would try a refusal three times and then forget it."""

    def __init__(self, session: Polite) -> None:
        self._session = session
        self.trouble: Exception | None = None

    def get(self, url: str, **_: Any) -> requests.Response:
        try:
            return self._session.get(url)
        except (requests.RequestException, OSError, MediaError) as error:
            self.trouble = error
            failed = requests.Response()
            failed.status_code = 599
            return failed


def search(source: Source, session: Polite, query: str, limit: int, address: str | None = None) -> list[Found]:
    """At most `limit` pictures, in the source's order. Blocks. Raises MediaError when the search itself failed."""
    template = address or source.ADDRESS
    quoted = quote_plus(query)
    firsts = range(0, limit, source.A_PAGE)
    crawler = _Search(source, session)
    crawler.crawl(
        feeder_kwargs={"addresses": [template.format(query=quoted, first=first) for first in firsts]},
        parser_kwargs={"queue_timeout": LOOK_S},
        downloader_kwargs={"max_num": 0, "queue_timeout": LOOK_S},
    )
    found: list[Found] = crawler.downloader.found
    if not found and (trouble := crawler.session.trouble or crawler.parser.trouble):
        raise trouble if isinstance(trouble, MediaError) else SearchFailedError(reason=type(trouble).__name__)
    return found[:limit]
