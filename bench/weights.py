"""What meaning and words weigh, and how probable they make a scene: learnt on one half, judged on the other.

    python bench/weights.py

Rows and questions of bench/scenes.py, read, embedded and scored by the product's own functions, each question over the
rows whose people fit it; and the `pairs` of ../shared/data/retrieval, captions and what says them in other words, over
themselves and captions like them. Without that folder the bench says so and learns on `dev` alone.

The weight of words is the middle of those with as good a sum of p10 and ndcg10 on `dev` and `pairs` as the best. The
curves to probability are isotonic regressions over all rows of their questions, of those too that nothing shows, cut to
corners: one from both together, one from meaning alone, for questions whose words nobody knows. The levels refuse at
least REFUSED of the questions of `dev` that nothing shows and keep at least KEPT of the others, and of the pairs too as
`blind`: read without a glossary, as words are that it does not know. Of those that do, LEVEL and CLOSE are the lowest,
for a wrong nothing is worse than a far-fetched hit, and MEANING_LEVEL the highest, for nothing is weaker than meaning
alone.
Prints JSON lines; the constants of search_service/rank.py are these.
"""

import itertools
import json
import re
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import scenes

sys.path.insert(0, str(Path(__file__).parents[1]))

from embed_service.backends import usem3
from embed_service.texts import parts
from kernel.contracts.embeddings import Document, IndexedName
from kernel.contracts.time import Span
from kernel.vectors import Matrix
from search_service.concepts import concepts
from search_service.glossary import Glossary, glossary
from search_service.question_vectors import told
from search_service.rank import Matched, unknown, weighed, words_share
from search_service.understanding.gallery import Gallery
from search_service.understanding.question import Circumstances, understand
from standalone import relevance
from standalone.relevance import Cast, Query, Seen
from tests import retrieval

HEIGHTS = (0.0, 0.01, 0.03, 0.06, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.98)
WEIGHTS = [round(0.05 * step, 2) for step in range(21)]
AS_GOOD = 0.01  # less is a question or two
REFUSED, KEPT = 0.9, 0.995  # of the questions that nothing shows, of the others
LEVELS = [round(0.001 * step, 3) for step in range(10, 100, 2)]
MEANING_LEVELS = [round(0.02 * step, 2) for step in range(5, 40)]
CLOSENESSES = [round(0.02 * step, 2) for step in range(26, 36)]
LEARNT = ("dev", "pairs")
SHARED = Path(__file__).parents[2] / "shared" / "data"
NOBODY = UUID(int=0)
NOW = Circumstances(date(2026, 1, 1), frozenset(), frozenset())

Curve = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Judged:
    """A question over the rows its people allow: meaning and words of each row, and which are right."""

    half: str
    language: str
    query: Query
    rows: Sequence[relevance.Moment]
    meaning: Matrix
    words: Matrix
    true: frozenset[relevance.Moment]
    unknown: float

    def content(self, weight: float) -> Matrix:
        return (1 - weight) * self.meaning + weight * self.words

    def scores(self, weight: float, least: float = 0.0) -> dict[str, float]:
        """Figures of the rows in order of content, without those whose content is less than `least`."""
        content = self.content(weight)
        order = [at for at in np.argsort(-content, kind="stable") if content[at] >= least]
        return relevance.scores([self.rows[at] for at in order], self.true)

    @property
    def right(self) -> Matrix:
        return np.array([row in self.true for row in self.rows])


class Corpus:
    """Rows as the index has them."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.model = usem3.load(usem3.Options())
        self.cast = Cast(scenes.ALIASES)
        self.gallery = Gallery(
            IndexedName(id=UUID(int=at + 1), kind="person", name_ko=its[0], name_en=name, aliases=its)
            for at, (name, its) in enumerate(scenes.ALIASES.items())
        )
        self.seen = [_seen(row, self.cast) for row in rows]
        self.lexemes = [frozenset(self.gallery.lexicon.lexemes(row.caption)) for row in self.seen]
        texts = [(at, text) for at, row in enumerate(self.seen) for text in parts(_document(row)).values()]
        self.row_of = np.array([at for at, _ in texts])
        self.vectors = self.embed([text for _, text in texts])

    def embed(self, texts: Sequence[str]) -> Matrix:
        return np.concatenate([self.model.predict(list(some)) for some in _batches(texts)])

    def judged(self, half: str, language: str, query: Query, known: Glossary) -> Judged:
        written = query.ko if language == "ko" else query.en
        read = understand(written or "", self.gallery, NOW)
        asked = concepts(read.text, read.words, known)
        cosines = np.full(len(self.seen), -1.0)
        question = told(read.rest, asked)
        np.maximum.at(cosines, self.row_of, self.vectors @ question.together(self.embed(question.texts)))
        lexemes = {lexeme for concept in asked for lexeme in concept.lexemes}
        counts = {lexeme: sum(lexeme in row for row in self.lexemes) for lexeme in lexemes}
        weights = weighed(asked, counts, len(self.seen))
        everybody = relevance.true_rows(query.model_copy(update={"caption": "."}), self.seen, self.cast)
        rows = [at for at, row in enumerate(self.seen) if row.moment in everybody]
        return Judged(
            half,
            language,
            query,
            [self.seen[at].moment for at in rows],
            np.clip(cosines[rows], 0, 1),
            np.array([words_share(Matched(self.lexemes[at] & lexemes), weights) for at in rows]),
            relevance.true_rows(query, self.seen, self.cast),
            unknown(weights),
        )


def _batches(texts: Sequence[str], size: int = 32) -> Iterator[Sequence[str]]:
    return (texts[first : first + size] for first in range(0, len(texts), size))


def _seen(row: dict[str, Any], cast: Cast) -> Seen:
    known = cast.of(face["member"] for face in row["faces"] if face["group"])
    return Seen((row["video_id"], row["timestamp"] * 1000), row["caption"], known)


def _document(row: Seen) -> Document:
    span = Span(start_ms=0, end_ms=1)
    whole = {"segment_id": NOBODY, "video_id": NOBODY, "version": 1, "span": span, "title": "", "origin": "import"}
    return Document(**whole, text_en=row.caption)


def questions(corpus: Corpus) -> Iterator[Judged]:
    for topic in scenes.topics():
        for query in topic["questions"]:
            for language in ("ko", "en"):
                yield corpus.judged(topic["half"], language, Query.model_validate(query), glossary())


def absent(corpus: Corpus) -> Iterator[Judged]:
    for topic in scenes.absent():
        for query in topic["questions"]:
            for language in ("ko", "en"):
                yield corpus.judged(
                    topic["half"], language, Query.model_validate({**query, "caption": "(?!)"}), glossary()
                )


def said_otherwise() -> Iterator[Judged]:
    """Captions asked for in other words, over themselves and captions like them; none without the folder."""
    if not SHARED.exists():
        print(f"{SHARED} is not there: learnt on dev alone", file=sys.stderr)
        return
    pairs = retrieval.pairs(SHARED)
    captions = [*(pair.caption_en for pair in pairs), *retrieval.distractors(SHARED)]
    corpus = Corpus(
        [{"video_id": "pairs", "timestamp": at, "caption": caption, "faces": []} for at, caption in enumerate(captions)]
    )
    for pair in pairs:
        query = Query(ko=pair.query_ko, en=pair.query_en, caption=f"^{re.escape(pair.caption_en)}$")
        for language in ("ko", "en"):
            yield corpus.judged("pairs", language, query, glossary())
        yield corpus.judged("blind", "en", query, Glossary([]))


def isotonic(scores: Matrix, right: Matrix) -> tuple[Matrix, Matrix]:
    """The non-decreasing curve nearest to the outcomes, by pooling what violates it: mean score, mean outcome."""
    order = np.argsort(scores, kind="stable")
    pools: list[list[float]] = []  # sum of outcomes, sum of scores, number
    for score, outcome in zip(scores[order], right[order], strict=True):
        pools.append([float(outcome), float(score), 1.0])
        while len(pools) > 1 and pools[-2][0] / pools[-2][2] >= pools[-1][0] / pools[-1][2]:
            last = pools.pop()
            pools[-1] = [one + other for one, other in zip(pools[-1], last, strict=True)]
    found = np.array(pools)
    return found[:, 1] / found[:, 2], found[:, 0] / found[:, 2]


def corners(at: Matrix, height: Matrix) -> list[tuple[float, float]]:
    """Where the curve first reaches some heights, and its end; the highest of those that it reaches at once."""
    reached = {round(float(at[np.argmax(height >= each)]), 3): each for each in HEIGHTS if height[-1] >= each}
    return list(reached.items())


@dataclass(frozen=True)
class Levels:
    """When a question is answered at all, as `rank.fits` has it."""

    weight: float
    curve: Curve
    meaning_curve: Curve

    def reached(self, judged: Judged) -> tuple[float, float, float]:
        """How probable its best row is by both together, by meaning as far as its words are unknown; its cosine."""
        both = float(probabilities(self.curve, judged.content(self.weight)).max(initial=0.0))
        closest = float(judged.meaning.max(initial=0.0))
        alone = judged.unknown * float(probabilities(self.meaning_curve, [closest])[0])
        return both, max(both, alone), closest

    def answered(self, judged: Sequence[Judged], levels: Sequence[float]) -> float:
        """Share of questions that are not answered by nothing."""
        return statistics.fmean(any(np.array(self.reached(one)) >= levels) for one in judged)

    def learnt(self, shown: Sequence[Judged], hidden: Sequence[Judged]) -> tuple[float, ...]:
        """LEVEL, MEANING_LEVEL and CLOSE."""
        there, absent = (np.array([self.reached(one) for one in some]) for some in (shown, hidden))
        found = []
        for level, close, alone in itertools.product(LEVELS, CLOSENESSES, MEANING_LEVELS):
            levels = (level, alone, close)
            kept, passed = (float((some >= levels).any(axis=1).mean()) for some in (there, absent))
            if kept >= KEPT and 1 - passed >= REFUSED:
                found.append(((level, close, -alone), levels))
        return min(found)[1]


def probabilities(curve: Curve, content: Matrix | Sequence[float]) -> Matrix:
    return np.interp(content, *zip(*curve, strict=True))


def means(judged: Sequence[Judged], weight: float) -> dict[str, float]:
    found = [one.scores(weight) for one in judged]
    return {name: round(statistics.fmean(one[name] for one in found), 4) for name in relevance.FIGURES}


def main() -> None:
    corpus = Corpus(scenes.rows())
    shown, hidden = [*questions(corpus), *said_otherwise()], list(absent(corpus))
    weight = _weight([one for one in shown if one.half in LEARNT])
    for half, language in itertools.product(("dev", "held", "pairs"), ("ko", "en")):
        if some := [one for one in shown if (one.half, one.language) == (half, language)]:
            by_weight = {str(each): means(some, each)["p10"] for each in WEIGHTS[::2]}
            first = round(statistics.fmean(one.scores(weight)["mrr"] == 1 for one in some), 4)
            figures = {"p10_by_weight": by_weight, **means(some, weight), "first": first}
            print(json.dumps({"half": half, "language": language, **figures}))
    judge(weight, shown, hidden)


def judge(weight: float, shown: Sequence[Judged], hidden: Sequence[Judged]) -> None:
    learnt = [one for one in (*shown, *hidden) if one.half in LEARNT]
    curves = {way: fitted(learnt, words) for way, words in (("both", weight), ("meaning alone", 0.0))}
    levels = Levels(weight, curves["both"], curves["meaning alone"])
    known = [one for one in shown if one.half in (*LEARNT, "blind")]
    least = levels.learnt(known, [one for one in hidden if one.half in LEARNT])
    for half in ("dev", "held", "pairs", "blind"):
        for way, words in (("both", weight), ("meaning alone", 0.0)):
            if rows := [one for one in (*shown, *hidden) if one.half == half]:
                print(json.dumps({"half": half, "by": way, **reliability(rows, words, curves[way])}))
        for what, some in (("kept", shown), ("passed", hidden)):
            if its := [one for one in some if one.half == half]:
                print(json.dumps({"half": half, what: round(levels.answered(its, least), 3)}))
    found = {"CURVE": curves["both"], "MEANING_CURVE": curves["meaning alone"]}
    named = dict(zip(("LEVEL", "MEANING_LEVEL", "CLOSE"), least, strict=True))
    print(json.dumps({"WORDS": weight, **found, **named}))


def _weight(judged: Sequence[Judged]) -> float:
    figures = {weight: means(judged, weight) for weight in WEIGHTS}
    reached = {weight: its["p10"] + its["ndcg10"] for weight, its in figures.items()}
    as_good = [weight for weight in WEIGHTS if reached[weight] >= max(reached.values()) - AS_GOOD]
    return as_good[len(as_good) // 2]


def fitted(judged: Sequence[Judged], weight: float) -> list[tuple[float, float]]:
    content, right = (np.concatenate(its) for its in zip(*((o.content(weight), o.right) for o in judged), strict=True))
    return corners(*isotonic(content, right))


def reliability(rows: Sequence[Judged], weight: float, curve: Curve) -> dict[str, Any]:
    """Brier score, and the mean gap between what is claimed and what is so, over tenths."""
    claimed = np.concatenate([probabilities(curve, one.content(weight)) for one in rows])
    right = np.concatenate([one.right for one in rows])
    tenth = np.minimum(9, (claimed * 10).astype(int))
    gaps = [(tenth == at).mean() * abs(claimed[tenth == at].mean() - right[tenth == at].mean()) for at in set(tenth)]
    return {"brier": round(float(((claimed - right) ** 2).mean()), 4), "gap": round(float(sum(gaps)), 4)}


if __name__ == "__main__":
    main()
