"""Bing's picture search, in the markup its own page loads more results with.

icrawler's own reader of it cuts every address after `.jpg` and drops page and title; this one keeps them.
"""

import json
from collections.abc import Iterator

from bs4 import BeautifulSoup

from gateway.collecting.sources import Answer, Found

ADDRESS = "https://www.bing.com/images/async?q={query}&first={first}&count=35&qft=+filterui:face-face"
A_PAGE = 35


def found_in(answer: Answer) -> Iterator[Found]:
    for link in BeautifulSoup(answer.text, "lxml").select("a.iusc[m]"):
        said = json.loads(str(link["m"]))
        if address := said.get("murl"):
            yield Found(address=address, page=said.get("purl"), title=said.get("t"))
