"""Whom questions name: the table of spellings, one-letter slips, and what reading a question costs.

    python bench/names.py

`right` of each kind of spelling in `tests/spellings.tsv`; processor milliseconds of reading one question whose words
were never seen before, in a gallery of 500. Prints a JSON line.
"""

import json
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kernel.spelling import key
from search_service.understanding.gallery import Gallery
from search_service.understanding.question import understand
from tests.spellings import TODAY, Spelling, gallery, name, named, read, spellings

KOREAN = {
    "김민지": "Kim Minji",
    "다니엘": "Danielle Marsh",
    "하니": "Pham Hanni",
    "강해린": "Kang Haerin",
    "이혜인": "Lee Hyein",
}
SYLLABLES = "민지해린혜인다니엘수영태연유진서현채원은우도윤하준예나".strip()


def right(spelling: Spelling) -> bool:
    known = gallery(spelling.gallery)
    reading = understand(spelling.question, known, TODAY) if spelling.who == "-" else read(spelling.question, known)
    found = [KOREAN.get(one, one) for one in named(reading, known)]
    return found == ([] if spelling.who == "-" else [spelling.who])


def many() -> Gallery:
    """Five hundred made-up people, each with a Korean name."""
    names = [f"{first}{second}" for first in SYLLABLES for second in SYLLABLES if first != second]
    surnames = "김이박최정강조윤장임"
    return Gallery(name(surnames[at % len(surnames)] + one) for at, one in enumerate(dict.fromkeys(names[:500])))


def milliseconds(known: Gallery, questions: list[str]) -> list[float]:
    found = []
    for question in questions:
        started = time.process_time()
        understand(question, known, TODAY)
        found.append(1_000 * (time.process_time() - started))
    return sorted(found)


def main() -> None:
    counted, correct = Counter[str](), Counter[str]()
    for spelling in spellings():
        counted[spelling.what] += 1
        correct[spelling.what] += right(spelling)
    questions = [spelling.question for spelling in spellings() if key(spelling.question)]
    took = milliseconds(many(), questions)
    line = {"bench": "names", "spellings": counted.total(), "right": correct.total()}
    line |= {"kinds": {what: round(correct[what] / number, 3) for what, number in counted.items()}}
    line |= {"ms": {"p50": round(statistics.median(took), 2), "p95": round(took[int(0.95 * len(took))], 2)}}
    print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
