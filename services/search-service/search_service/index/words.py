"""Words of a question in the documents: which documents may have most of them, and which words are inside of others."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.index.scope import Scope
from search_service.index.statement import LEXEMES, Parameters, fetch

RARE = 300  # documents that words of one kind may bring
JOINED = 20_000  # documents of the rarer of two things that are looked for together
TOGETHER = 100  # documents that have both
ALIKE = 20  # words that an unknown one may stand inside of
READ_FOR_A_WORD = 2_000  # documents that have a piece of a word
READ_THROUGH = 20_000  # documents whose texts may be read from end to end

ALIKE_SQL = """
select lexeme, documents from "index".vocabulary where strpos(lexeme, $1) > 0 order by documents desc, lexeme limit $2
"""
# The tokenizer cuts names it does not know as it likes (민기가 as 민 + 기가): documents with a piece are read.
WRITTEN_SQL = f"""
select exists (select from (
  select text_ko, text_en, title from "index".documents d where {LEXEMES} && $1::text[] limit {READ_FOR_A_WORD}
) texts where strpos(lower(concat_ws(' ', text_ko, text_en, title)), $2) > 0) as written
"""
TITLED_SQL = (
    f'select exists (select from "index".documents d where {LEXEMES} @> $1::text[] and title_lexemes @> $1) as titled'
)


@dataclass(frozen=True)
class Choice:
    """Which words bring documents: any of those that are rare, or one of each of two groups that are common."""

    alone: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()


def choose(asked: Iterable[tuple[int, Collection[str]]]) -> Choice:
    """What to look up, given for each thing asked for how many documents answer it, and by which words.

    The rarest while they bring few documents. What is in many documents says too little to bring them by itself:
    there meaning does, but the two rarest of a question are looked for together. Pure.
    """
    known = sorted((number, sorted(words)) for number, words in asked if number)
    alone: list[str] = []
    brought = 0
    for number, words in known:
        brought += number
        if brought > RARE:
            break
        alone += words
    rest = len(known) > 1 and brought > RARE and known[0][0] <= JOINED
    return Choice(tuple(dict.fromkeys(alone)), tuple(tuple(words) for _, words in known[:2]) if rest else ())


async def alike(connection: AsyncConnection, word: str) -> dict[str, int]:
    """Known words that have `word` inside, with how many documents have them; the most frequent ones."""
    rows = await fetch(connection, ALIKE_SQL, [word, ALIKE])
    return {row["lexeme"]: row["documents"] for row in rows}


async def in_a_title(connection: AsyncConnection, lexemes: Collection[str]) -> bool:
    """Whether the title of some video has all of them."""
    return bool((await fetch(connection, TITLED_SQL, [list(lexemes)]))[0]["titled"])


async def is_written(connection: AsyncConnection, written: str, lexemes: Collection[str]) -> bool:
    """Whether a document that has one of the lexemes has those characters somewhere."""
    return bool((await fetch(connection, WRITTEN_SQL, [list(lexemes), written.lower()]))[0]["written"])


async def containing(connection: AsyncConnection, scope: Scope, part: str, limit: int) -> set[UUID]:
    """Segments whose captions or title have those characters somewhere; reads every text of the scope."""
    parameters = Parameters()
    inside = parameters.scope(scope)
    wanted, most = parameters.put(part.lower(), "text"), parameters.put(limit, "int")
    rows = await fetch(
        connection,
        f"""
select d.segment_id from "index".documents d join ({inside}) s using (segment_id)
where strpos(lower(concat_ws(' ', d.text_ko, d.text_en, d.title)), {wanted}) > 0 order by 1 limit {most}
""",
        parameters.values,
    )
    return {row["segment_id"] for row in rows}
