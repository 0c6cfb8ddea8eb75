"""The table of spellings beside this file, and the galleries it is asked of."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID, uuid5

from kernel.contracts.embeddings import IndexedName
from search_service.understanding.gallery import Gallery
from search_service.understanding.question import Circumstances, Reading, settle, understand

SPACE = UUID(int=3)
TODAY = Circumstances(date(2026, 11, 28))
ROMANISED = ("Kim Minji", "Danielle Marsh", "Pham Hanni", "Kang Haerin", "Lee Hyein")
KOREAN = ("김민지", "다니엘", "하니", "강해린", "이혜인")
NICKNAMES = (("민디", "민찌"), ("댕댕이",), ("팡하니",), ("해바라기",), ("혜잉",))


@dataclass(frozen=True)
class Spelling:
    """A question, whom of which gallery it names ("-" for nobody), and what makes it hard."""

    gallery: str
    question: str
    who: str
    what: str


def spellings() -> list[Spelling]:
    with Path(__file__).with_name("spellings.tsv").open(encoding="utf-8", newline="") as file:
        return [Spelling(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def name(
    written: str, *aliases: str, english: str = "", kind: str = "person", members: Iterable[UUID] = ()
) -> IndexedName:
    """A name that has the same written form in both languages unless told otherwise, as older metadata has them."""
    return IndexedName(
        id=uuid5(SPACE, f"{kind} {written}"),
        kind="group" if kind == "group" else "person",
        name_ko=written,
        name_en=english or written,
        aliases=list(aliases),
        members=list(members),
    )


@cache
def gallery(kind: str) -> Gallery:
    if kind.startswith("one:"):
        return Gallery([name(kind.removeprefix("one:"))])
    written, group = (KOREAN, "뉴진스") if kind == "korean" else (ROMANISED, "NJZ")
    aliases = NICKNAMES if kind == "aliases" else ((),) * len(written)
    people = [name(one, *others) for one, others in zip(written, aliases, strict=True)]
    return Gallery([*people, name(group, kind="group", members=[one.id for one in people])])


def read(question: str, known: Gallery, circumstances: Circumstances = TODAY) -> Reading:
    """A question as it is read where the index knows none of its words."""
    reading = understand(question, known, circumstances)
    return settle(reading, reading.doubtful, [], known, circumstances)


def named(reading: Reading, known: Gallery) -> list[str]:
    """Whom it names, as the gallery writes them."""
    ids = dict.fromkeys(identifier for one in reading.named for identifier in one.called.ids)
    return [known.by_id[identifier].name_en for identifier in ids]
