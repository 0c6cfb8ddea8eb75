"""An archive drawn for measuring: documents in the index as embed-service would have written them.

Captions of one to two dozen words are put together from scenes in Korean and English; their lexemes are the product's
own, read once a fragment. Vectors are mixtures of the default model's vectors of a document's scene and of who is in
it, with noise in 64 directions: a million captions are not embedded one by one.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
from pgvector.asyncpg import register_vector

from embed_service.backends.usem3 import Options
from embed_service.backends.usem3 import load as load_model
from kernel.language import READING, Lexicon
from kernel.vectors import Matrix, unit

SEGMENTS, LENGTH_MS = 200, 5_000
DETAIL, NOISE, DIRECTIONS = 0.4, 0.35, 64
WHO = [
    ("한 여자", "a woman"),
    ("한 남자", "a man"),
    ("두 사람", "two people"),
    ("아이들", "children"),
    ("한 소녀", "a girl"),
]
DOES = [
    ("자전거를 타고 있다", "riding a bicycle"), ("노래를 부르고 있다", "singing a song"),
    ("춤을 추고 있다", "dancing"), ("국수를 먹고 있다", "eating noodles"), ("책을 읽고 있다", "reading a book"),
    ("피아노를 치고 있다", "playing the piano"), ("사진을 찍고 있다", "taking pictures"),
    ("커피를 마시고 있다", "drinking coffee"), ("전화를 하고 있다", "talking on the phone"),
    ("요리를 하고 있다", "cooking a meal"), ("그림을 그리고 있다", "painting a picture"),
    ("운전을 하고 있다", "driving a car"), ("강아지와 놀고 있다", "playing with a dog"),
    ("소파에서 자고 있다", "sleeping on a sofa"), ("짐을 나르고 있다", "carrying boxes"),
    ("악수를 하고 있다", "shaking hands"), ("케이크를 자르고 있다", "cutting a cake"),
    ("머리를 빗고 있다", "brushing her hair"), ("계단을 오르고 있다", "climbing the stairs"),
    ("공을 던지고 있다", "throwing a ball"), ("기타를 연주하고 있다", "playing the guitar"),
    ("꽃에 물을 주고 있다", "watering flowers"), ("옷을 갈아입고 있다", "changing clothes"),
    ("웃으며 인사하고 있다", "smiling and waving"), ("울고 있다", "crying"), ("달리고 있다", "running fast"),
    ("편지를 쓰고 있다", "writing a letter"), ("청소를 하고 있다", "cleaning the floor"),
    ("물건을 고르고 있다", "choosing goods"), ("낚시를 하고 있다", "fishing"),
]  # fmt: skip
WHERE = [
    ("공원에서", "in a park"), ("무대 위에서", "on a stage"), ("주방에서", "in a kitchen"),
    ("바닷가에서", "on a beach"),
    ("사무실에서", "in an office"), ("교실에서", "in a classroom"), ("기차 안에서", "on a train"),
    ("병원에서", "in a hospital"), ("시장에서", "at a market"), ("다리 위에서", "on a bridge"),
    ("숲속에서", "in a forest"), ("카페에서", "in a cafe"), ("연습실에서", "in a practice room"),
    ("공항에서", "at an airport"), ("도서관에서", "in a library"), ("옥상에서", "on a rooftop"),
    ("차 안에서", "inside a car"), ("눈 내리는 거리에서", "on a snowy street"), ("체육관에서", "in a gym"),
    ("호텔 방에서", "in a hotel room"),
]  # fmt: skip
LOOKS = [
    ("빨간 외투를 입은", "wearing a red coat"), ("안경을 쓴", "with glasses"), ("파란 조명 아래", "under blue light"),
    ("많은 관객 앞에서", "in front of a large audience"), ("밤에", "at night"),
    ("카메라를 보며", "looking at the camera"),
    ("하얀 드레스 차림의", "in a white dress"), ("모자를 쓴", "wearing a hat"), ("비를 맞으며", "in the rain"),
    ("혼자", "alone"), ("햇빛을 받으며", "in the sunlight"), ("검은 정장을 입은", "wearing a black suit"),
]  # fmt: skip
PEOPLE = [UUID(int=number + 1) for number in range(1_000)]
ONE_PERCENT, ONE_PER_MILLE, PAIR = PEOPLE[0], PEOPLE[1], (PEOPLE[2], PEOPLE[3])


@dataclass(frozen=True)
class Question:
    text: str
    vector: Matrix


class Archive:
    """`count` documents with `parts` vectors each (1: English captions alone, 2: Korean ones too)."""

    def __init__(self, count: int, parts: int) -> None:
        self.count, self.parts = count, ("en", "ko")[:parts]
        self._chance = np.random.default_rng(11)
        scenes = list(itertools.product(range(len(DOES)), range(len(WHERE))))
        self._scene = self._chance.integers(0, len(scenes), count)
        self._who, self._looks = self._chance.integers(0, len(WHO), count), self._chance.integers(0, len(LOOKS), count)
        self._scenes = scenes
        model = load_model(Options())
        self._centres = {
            "en": encoded(model, [f"a person is {DOES[does][1]} {WHERE[where][1]}" for does, where in scenes]),
            "ko": encoded(model, [f"한 사람이 {WHERE[where][0]} {DOES[does][0]}" for does, where in scenes]),
        }
        details = list(itertools.product(WHO, LOOKS))
        self._details = {
            "en": encoded(model, [f"{who[1]} {looks[1]}" for who, looks in details]),
            "ko": encoded(model, [f"{looks[0]} {who[0]}" for who, looks in details]),
        }
        self.questions = self._asked(model)
        self._people = self._cast()

    def _asked(self, model: Any) -> list[Question]:
        chance = random.Random(5)
        texts = []
        for does, where in chance.sample(self._scenes, 200):
            korean = f"{WHERE[where][0]} {DOES[does][0].removesuffix('있다')}있는 사람"
            texts.append(korean if len(texts) % 2 else f"somebody {DOES[does][1]} {WHERE[where][1]}")
        return [Question(text, vector) for text, vector in zip(texts, encoded(model, texts), strict=True)]

    def _cast(self) -> list[list[UUID]]:
        """Who is in each document: one in a hundred has the first, one in a thousand the second, the rest anybody."""
        dice = self._chance.random((self.count, 4))
        anybody = self._chance.integers(4, len(PEOPLE), self.count)
        rare = ((0, 0.01), (1, 0.001), (2, 0.05), (3, 0.05))
        return [
            [PEOPLE[anybody[at]], *(PEOPLE[who] for who, share in rare if dice[at, who] < share)]
            for at in range(self.count)
        ]

    def vectors(self, part: str) -> Iterator[Matrix]:
        """Of all documents, in blocks of at most 10,000 rows; the same every time."""
        chance = np.random.default_rng(7 if part == "en" else 8)
        directions = unit(chance.normal(size=(DIRECTIONS, self._centres[part].shape[1])).astype("f4"))
        detail = self._who * len(LOOKS) + self._looks
        for first in range(0, self.count, 10_000):
            some = slice(first, first + 10_000)
            noise = unit(chance.normal(size=(len(self._scene[some]), DIRECTIONS)).astype("f4") @ directions)
            yield unit(
                self._centres[part][self._scene[some]] + DETAIL * self._details[part][detail[some]] + NOISE * noise
            )

    def having(self, *people: UUID) -> list[int]:
        return [at for at, cast in enumerate(self._people) if set(people) <= set(cast)]

    def caption(self, at: int) -> tuple[str, str]:
        (does, where), who, looks = self._scenes[self._scene[at]], WHO[self._who[at]], LOOKS[self._looks[at]]
        korean = f"{looks[0]} {who[0]}가 {WHERE[where][0]} {DOES[does][0]}"
        return korean, f"{who[1]} {looks[1]} is {DOES[does][1]} {WHERE[where][1]}"

    def documents(self) -> Iterator[tuple[Any, ...]]:
        read = _Lexemes()
        for at in range(self.count):
            korean, english = self.caption(at)
            (does, where), who, looks = self._scenes[self._scene[at]], WHO[self._who[at]], LOOKS[self._looks[at]]
            said = (who, looks, DOES[does], WHERE[where])
            both = "ko" in self.parts
            lexemes = read.of([part for pair in said for part in (pair if both else pair[1:])])
            start = at % SEGMENTS * LENGTH_MS
            yield (
                UUID(int=at), self.video(at), 1, start, start + LENGTH_MS, f"영상 {at // SEGMENTS}",
                korean if both else None, english, "machine", None, False, 0, [], "", lexemes, [], ["영상"],
                [], None, date(2020, 1, 1) + timedelta(days=at // SEGMENTS % 2_000), READING,
                self._people[at],
            )  # fmt: skip

    def video(self, at: int) -> UUID:
        return UUID(int=2**64 + at // SEGMENTS)

    def mentions(self) -> Iterator[tuple[Any, ...]]:
        for at, cast in enumerate(self._people):
            start = at % SEGMENTS * LENGTH_MS
            for number, person in enumerate(cast):
                share = 0.4 + (at * 7 + number) % 60 / 100
                seen = [asyncpg.Range(start, start + round(share * LENGTH_MS))]
                length = round(share * LENGTH_MS)
                row = (person, UUID(int=at), 0.9, length, False, seen, self.video(at), start, start + LENGTH_MS)
                yield (*row, round(1e6 * 0.9 * share))


class _Lexemes:
    def __init__(self) -> None:
        self._lexicon, self._known = Lexicon(), dict[str, list[str]]()

    def of(self, fragments: Sequence[str]) -> list[str]:
        for fragment in fragments:
            if fragment not in self._known:
                self._known[fragment] = self._lexicon.lexemes(fragment)
        return list(dict.fromkeys(lexeme for fragment in fragments for lexeme in self._known[fragment]))


def encoded(model: Any, texts: list[str]) -> Matrix:
    return unit(np.concatenate([model.predict(texts[at : at + 64]) for at in range(0, len(texts), 64)]).astype("f4"))


DOCUMENTS = [
    "segment_id",
    "video_id",
    "version",
    "start_ms",
    "end_ms",
    "title",
    "text_ko",
    "text_en",
    "origin",
    "caption_model",
    "observed",
    "unknown_faces",
    "objects",
    "fingerprint",
    "caption_lexemes",
    "object_lexemes",
    "title_lexemes",
    "unknown_seen",
    "scale",
    "day",
    "reading",
    "people",
]
MENTIONS = [
    "person_id",
    "segment_id",
    "probability",
    "seen_ms",
    "human",
    "seen",
    "video_id",
    "start_ms",
    "end_ms",
    "presence",
]
COUNTED = """
insert into "index".vocabulary select lexeme, count(*)
  from "index".documents, unnest(caption_lexemes || title_lexemes) as lexeme group by lexeme;
update "index".totals set documents = (select count(*) from "index".documents), revision = revision + 1;
"""
INDEXES = """select indexname, indexdef from pg_indexes where schemaname = 'index'
and tablename in ('documents', 'document_people', 'vectors') and indexname not like '%pkey'"""


async def load(url: str, archive: Archive, model_id: str) -> None:
    """Fill an empty index by COPY; indexes other than primary keys are made afterwards."""
    connection = await asyncpg.connect(url)
    await register_vector(connection)
    await connection.execute("set session_replication_role = replica; set maintenance_work_mem = '1GB'")
    indexes = await connection.fetch(INDEXES)
    for row in indexes:
        await connection.execute(f'drop index "index".{row["indexname"]}')
    await _copy(connection, "documents", DOCUMENTS, archive.documents())
    await _copy(connection, "document_people", MENTIONS, archive.mentions())
    for part in archive.parts:
        await _copy(connection, "vectors", ["segment_id", "model_id", "part", "vector"], _rows(archive, part, model_id))
    for row in indexes:
        await connection.execute(row["indexdef"])
    await connection.execute(COUNTED)
    await connection.execute('vacuum analyze "index".documents')
    await connection.execute('vacuum analyze "index".document_people')
    await connection.execute('vacuum analyze "index".vectors')
    await connection.close()


def _rows(archive: Archive, part: str, model_id: str) -> Iterator[tuple[Any, ...]]:
    number = itertools.count()
    for block in archive.vectors(part):
        for vector in block.astype(np.float16):
            yield UUID(int=next(number)), model_id, part, vector


async def _copy(connection: Any, table: str, columns: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    while batch := list(itertools.islice(rows, 20_000)):
        await connection.copy_records_to_table(table, schema_name="index", columns=columns, records=batch)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
