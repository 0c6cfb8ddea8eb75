"""Wikimedia Commons, by its API (made for programs): photographs under free licences, each with a page that says so."""

import json
from collections.abc import Iterator

from gateway.collecting.sources import Answer, Found

ADDRESS = (
    "https://commons.wikimedia.org/w/api.php?action=query&format=json&formatversion=2&generator=search"
    "&gsrnamespace=6&gsrsearch=filetype:bitmap+{query}&gsrlimit=50&gsroffset={first}"
    "&prop=imageinfo&iiprop=url&iiurlwidth=1600"
)
A_PAGE = 50


def found_in(answer: Answer) -> Iterator[Found]:
    pages = json.loads(answer.text).get("query", {}).get("pages", [])
    for page in sorted(pages, key=lambda page: page.get("index", 0)):
        for image in page.get("imageinfo", [])[:1]:
            title = page.get("title", "").removeprefix("File:")
            yield Found(address=image.get("thumburl") or image["url"], page=image.get("descriptionurl"), title=title)
