"""Questions in our order against longest first and against any order: how fast uncertain screen time is settled.

    python bench/questions.py [LIBRARIES]

Each simulated library has 30 performers and 60 passers-by on 900 unknown tracks, screen time unevenly spread, same and
different people as alike as EdgeFace finds performers on stage (means 0.55 and 0.10). Tracks are put together by the
product's own clustering. A question is answered by truth: a performer is named and learnt, which names the other tracks
that look like them enough (what is wrong among these is refused); a passer-by is hidden. `area` is under the curve of
settled seconds, as a part of all, over the first 30 questions. Prints a JSON line.
"""

import json
import statistics
import sys
from collections.abc import Callable

import numpy as np

from gateway.identity.clustering import grouped, least_alike
from gateway.identity.questions import in_order
from kernel.vectors import Matrix, unit

PERFORMERS, PASSERS_BY, TRACKS, ROOM, ASKED, THRESHOLD = 30, 60, 900, 96, 30, 0.41

Choose = Callable[["Library"], int]


class Library:
    """Unknown tracks, the strangers they make, and what has been settled of them."""

    def __init__(self, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        people = PERFORMERS + PASSERS_BY
        share = self.chance.pareto(1.2, people) + 0.2
        share[PERFORMERS:] *= 0.35
        self.who = self.chance.choice(people, TRACKS, p=share / share.sum())
        self.vectors = self._faces(people)
        self.seconds = self.chance.gamma(1.5, 4.0, TRACKS)
        groups = grouped(self.vectors, {}, least_alike(THRESHOLD))
        self.strangers = [np.array(group) for group in groups]
        self.settled = np.zeros(TRACKS, bool)
        self.open = set(range(len(groups)))

    def _faces(self, people: int) -> Matrix:
        common = unit(self.chance.normal(size=ROOM).astype(np.float32))
        own = unit(self.chance.normal(size=(people, ROOM)).astype(np.float32))
        noise = unit(self.chance.normal(size=(TRACKS, ROOM)).astype(np.float32))
        # Some tracks are seen well, others turned away or in bad light.
        clear = self.chance.beta(4, 3, (TRACKS, 1)).astype(np.float32) * 0.75
        return unit(np.sqrt(0.1) * common + np.sqrt(clear) * own[self.who] + np.sqrt(0.9 - clear) * noise)

    def lasting(self, stranger: int) -> float:
        """Seconds of it that are not settled."""
        its = self.strangers[stranger]
        return float(self.seconds[its][~self.settled[its]].sum())

    def left(self) -> list[int]:
        """Strangers one may still ask about."""
        return sorted(one for one in self.open if self.lasting(one) > 0)

    def answer(self, stranger: int) -> None:
        its = self.strangers[stranger]
        self.open.discard(stranger)
        (values, counts) = np.unique(self.who[its], return_counts=True)
        truth = int(values[counts.argmax()])
        self.settled[its[self.who[its] == truth]] = True
        if truth < PERFORMERS:
            learnt = unit(self.vectors[its[self.who[its] == truth]].mean(axis=0))
            self.settled[(self.vectors @ learnt > THRESHOLD) & (self.who == truth)] = True

    def part_settled(self) -> float:
        return float(self.seconds[self.settled].sum() / self.seconds.sum())


def ours(library: Library) -> int:
    left = library.left()
    means = np.stack([library.vectors[library.strangers[one]].mean(axis=0) for one in left])
    first = in_order([library.lasting(one) for one in left], means, [0.0] * len(left), THRESHOLD, 1)
    return left[first[0].index]


def longest(library: Library) -> int:
    return max(library.left(), key=library.lasting)


def anything(library: Library) -> int:
    return int(library.chance.choice(library.left()))


def area(seed: int, choose: Choose) -> tuple[float, float]:
    """Under the curve, and the part settled after a third of the questions."""
    library, curve = Library(seed), []
    for _ in range(ASKED):
        if library.left():
            library.answer(choose(library))
        curve.append(library.part_settled())
    return statistics.mean(curve), curve[ASKED // 3 - 1]


def main(libraries: int) -> None:
    orders: dict[str, Choose] = {"ours": ours, "longest_first": longest, "random": anything}
    found = {name: [area(seed, choose) for seed in range(libraries)] for name, choose in orders.items()}
    line: dict[str, object] = {"bench": "questions", "libraries": libraries, "questions": ASKED}
    line["strangers"] = statistics.mean(len(Library(seed).strangers) for seed in range(libraries))
    for name, its in found.items():
        areas, early = zip(*its, strict=True)
        line[name] = {"area": round(statistics.mean(areas), 4), "after_10": round(statistics.mean(early), 4)}
    ahead = [mine > theirs for (mine, _), (theirs, _) in zip(found["ours"], found["longest_first"], strict=True)]
    line["ahead_of_longest_in"] = sum(ahead)
    print(json.dumps(line))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
