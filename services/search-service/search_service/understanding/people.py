"""Who must be there together, who must not, who alone, and whether for the first time: sets of people. Pure."""

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from kernel.contracts.embeddings import IndexedName
from kernel.contracts.search import Choice
from search_service.understanding.gallery import Gallery
from search_service.understanding.names import Named
from search_service.understanding.parts import Meaning, Part, Where, all_of, overlap, part
from search_service.understanding.wordings import (
    ALL_AFTER,
    ALL_ANYWHERE,
    ALL_BEFORE,
    ALONE_AFTER,
    ALONE_ANYWHERE,
    ALONE_BEFORE,
    ALONE_TOGETHER,
    AND,
    ANY_OF_AFTER,
    ANY_OF_BEFORE,
    BUT_BEFORE,
    EDGE_BETWEEN,
    EDGES,
    EVERYONE_ELSE,
    FROM,
    LONE_PARTICLE,
    MEMBER_AFTER,
    MEMBER_BEFORE,
    NUMBERS,
    OF,
    OR,
    SOLO,
    TOGETHER,
    WITHOUT_AFTER,
    WITHOUT_BEFORE,
)

ALL = ("{} 전원", "all of {}")
MOST_SETS = 36  # that must be there together


@dataclass
class _Set:
    """Names asked for in one breath: A and B, A or B."""

    names: list[Named]
    either: bool = False


class Sets:
    """The sets of people of one text."""

    def __init__(self, text: str, gallery: Gallery, meant: frozenset[UUID], taken: Sequence[Where]) -> None:
        self._text, self._gallery, self._meant = text, gallery, meant
        self._taken = tuple(taken)
        self._places: list[Where] = list(taken)

    def parts(self, named: Sequence[Named]) -> list[Part]:
        """Chips of everybody named, of sets around them, of first and last."""
        named = self._without_their_groups([self._narrowed(one) for one in sorted(named, key=lambda one: one.start)])
        self._places += [(one.start, one.stop) for one in named]
        found = [one for breath in self._breaths(named) for one in self._breath(breath)]
        found = self._with_alone_elsewhere(found)
        found += self._everyone_of_a_number(named)
        gone = all_of(found).without
        return [*(self._but_for(one, gone) for one in found), *self._edges(bool(named))]

    def _but_for(self, one: Part, gone: frozenset[UUID]) -> Part:
        """All of NewJeans without Hanni are the others: nobody is to be there who must not be."""
        left = tuple(anybody for anybody in one.meaning.who if not anybody <= gone)
        if one.chip.kind != "everyone" or one.chip.id is None or len(left) in {0, len(one.meaning.who)}:
            return one
        ko, en = _the_rest_of(self._gallery.by_id[one.chip.id])
        chip = one.chip.model_copy(update={"label_ko": ko, "label_en": en})
        return replace(one, chip=chip, meaning=replace(one.meaning, who=left))

    def _narrowed(self, one: Named) -> Named:
        ids = tuple(identifier for identifier in one.called.ids if identifier in self._meant)
        return replace(one, called=replace(one.called, ids=ids)) if ids else one

    def _is_group(self, one: Named) -> bool:
        return all(self._gallery.by_id[identifier].kind == "group" for identifier in one.called.ids)

    def _without_their_groups(self, named: list[Named]) -> list[Named]:
        """NJZ의 민지 and Minji of NJZ are one person: the group tells which Minji is meant."""
        kept: list[Named] = []
        for one in named:
            before = kept[-1] if kept else None
            if before and self._is_group(before) != self._is_group(one):
                group, person = (before, one) if self._is_group(before) else (one, before)
                gap = self._text[before.end : one.start]
                its = self._of(person, group)
                if its and (OF.match(gap) if group is before else FROM.search(gap)):
                    called = replace(person.called, ids=its)
                    kept[-1] = replace(person, start=before.start, end=one.end, stop=one.stop, called=called)
                    continue
            kept.append(one)
        return kept

    def _of(self, person: Named, group: Named) -> tuple[UUID, ...]:
        members = set(self._members(group))
        return tuple(identifier for identifier in person.called.ids if identifier in members)

    def _members(self, one: Named) -> Iterator[UUID]:
        return members(self._gallery.by_id[identifier] for identifier in one.called.ids)

    def _breaths(self, named: Sequence[Named]) -> list[_Set]:
        """Names joined by "and" are one breath, names joined by "or" another kind."""
        found: list[_Set] = []
        for one in named:
            last = found[-1] if found else None
            gap = self._text[last.names[-1].end : one.start] if last else ""
            if last and gap.strip() and AND.match(gap) and not last.either:
                last.names.append(one)
            elif last and OR.match(gap) and (last.either or len(last.names) == 1):
                last.names.append(one)
                last.either = True
            else:
                found.append(_Set([one]))
        return found

    def _breath(self, breath: _Set) -> Iterator[Part]:
        first, last = breath.names[0], breath.names[-1]
        tail = last.end
        if (all_but := BUT_BEFORE.search(self._text, 0, first.start)) and self._take(all_but):
            yield from self._all_but(breath, all_but.span(2), all_but.span(1))
        elif found := self._before(WITHOUT_BEFORE, first.start):
            yield from self._without(breath, [found])
        elif found := self._after(WITHOUT_AFTER, tail):
            if rest := self._after(EVERYONE_ELSE, found[1]):
                yield from self._all_but(breath, found, rest)
            else:
                yield from self._without(breath, [found])
        else:
            yield from self._present(breath)
            yield from self._alone(first.start, tail)

    def _before(self, pattern: re.Pattern[str], start: int) -> Where | None:
        found = pattern.search(self._text, 0, start)
        return self._take(found) if found else None

    def _after(self, pattern: re.Pattern[str], end: int) -> Where | None:
        found = pattern.match(self._text, end)
        return self._take(found) if found else None

    def _take(self, found: re.Match[str]) -> Where | None:
        """Where it stands, unless something else was read there; a name's own particles are its to read."""
        if overlap(found.span(), self._taken):
            return None
        self._places.append(found.span())
        return found.span()

    def _present(self, breath: _Set) -> Iterator[Part]:
        first, last = breath.names[0], breath.names[-1]
        any_of = len(breath.names) > 1 and (
            self._after(ANY_OF_AFTER, last.end) or self._before(ANY_OF_BEFORE, first.start)
        )
        if breath.either or any_of:
            ids = frozenset(identifier for one in breath.names for identifier in self._people(one))
            yield self._of_several(breath, ids, [any_of] if any_of else [])
            return
        for one in breath.names:
            yield self._group(one) if self._is_group(one) else self._person(one)

    def _people(self, one: Named) -> Iterator[UUID]:
        yield from self._members(one) if self._is_group(one) else self._persons(one)

    def _persons(self, one: Named) -> Iterator[UUID]:
        return (identifier for identifier in one.called.ids if self._gallery.by_id[identifier].kind == "person")

    def _person(self, one: Named) -> Part:
        ids = list(self._persons(one))
        known = [self._gallery.by_id[identifier] for identifier in ids]
        more: dict[str, Any] = {"exact": one.exact}
        more |= {"id": ids[0]} if len(ids) == 1 else {"choices": self._choices(known)}
        meaning = Meaning(who=(frozenset(ids),))
        written = self._text[one.start : one.end]
        return part("person", self._text, [(one.start, one.stop)], _either(known), meaning, written=written, **more)

    def _choices(self, known: Iterable[IndexedName]) -> list[Choice]:
        return [
            Choice(
                id=name.id,
                name_ko=name.name_ko,
                name_en=name.name_en,
                groups_ko=[group.name_ko for group in self._gallery.groups_of.get(name.id, ())],
                groups_en=[group.name_en for group in self._gallery.groups_of.get(name.id, ())],
            )
            for name in known
        ]

    def _group(self, one: Named) -> Part:
        known = [self._gallery.by_id[identifier] for identifier in one.called.ids]
        where = [(one.start, one.stop)]
        more: dict[str, Any] = {"exact": one.exact, "id": known[0].id if len(known) == 1 else None}
        if everyone := self._all_after_or_before(one):
            who, said = together(list(self._members(one)), everyone[1])
            where.append(everyone[0])
            return part("everyone", self._text, where, _labels(known, said), Meaning(who=who), **more)
        around = (self._before(MEMBER_BEFORE, one.start), self._after(MEMBER_AFTER, one.end))
        where += [found for found in around if found]
        who = (frozenset(self._members(one)),)
        return part("group", self._text, where, _labels(known), Meaning(who=who), **more)

    def _all_after_or_before(self, one: Named) -> tuple[Where, int | None] | None:
        """Where it says that all of a group are meant, and how many it says that is."""
        for found in (ALL_AFTER.match(self._text, one.end), ALL_BEFORE.search(self._text, 0, one.start)):
            if found and (where := self._take(found)):
                return where, _number(found)
        return None

    def _of_several(self, breath: _Set, ids: frozenset[UUID], also: Sequence[Where]) -> Part:
        known = [self._gallery.by_id[identifier] for one in breath.names for identifier in one.called.ids]
        where = [(breath.names[0].start, breath.names[-1].stop), *also]
        exact = all(one.exact for one in breath.names)
        return part("person", self._text, where, _either(known), Meaning(who=(ids,)), exact=exact)

    def _without(self, breath: _Set, where: list[Where]) -> Iterator[Part]:
        for one in breath.names:
            known = [self._gallery.by_id[identifier] for identifier in one.called.ids]
            meaning = Meaning(without=frozenset(self._people(one)))
            labels = _labels(known, ("{} 없이", "without {}"))
            more: dict[str, Any] = {"exact": one.exact, "id": known[0].id if len(known) == 1 else None}
            if len(known) > 1:
                more["choices"] = self._choices(known)
            yield part("without", self._text, [(one.start, one.stop), *where], labels, meaning, **more)

    def _all_but(self, breath: _Set, but: Where, everyone: Where) -> Iterator[Part]:
        """Everybody of the group but those named, who are not there. Without a group they are simply left out."""
        gone = frozenset(identifier for one in breath.names for identifier in self._people(one))
        groups = {group.id: group for identifier in gone for group in self._gallery.groups_of.get(identifier, ())}
        yield from self._without(breath, [but])
        if len(groups) == 1:
            group = next(iter(groups.values()))
            who = tuple(frozenset({identifier}) for identifier in group.members if identifier not in gone)
            yield part("everyone", self._text, [everyone], _the_rest_of(group), Meaning(who=who), id=group.id)

    def _alone(self, start: int, end: int) -> Iterator[Part]:
        found = self._after(ALONE_AFTER, end)
        if found is None and (edge := EDGE_BETWEEN.match(self._text, end)):
            found = self._after(SOLO, edge.end())
        found = found or self._before(ALONE_BEFORE, start)
        if found:
            particles = LONE_PARTICLE.match(self._text, *found)
            found = (particles.end(), found[1]) if particles else found
            yield self._nobody_else([found])

    def _nobody_else(self, where: Iterable[Where]) -> Part:
        return part("alone", self._text, where, ("다른 사람 없이", "nobody else"), Meaning(alone=True))

    def _with_alone_elsewhere(self, found: list[Part]) -> list[Part]:
        """혼자 밥 먹는 민지, Minji dancing by herself: said away from the name, of the only one who is to be there."""
        people = sum(one.chip.kind == "person" for one in found)
        said = [one for one in ALONE_ANYWHERE.finditer(self._text) if people == 1]
        said += [one for one in ALONE_TOGETHER.finditer(self._text) if people == _number(one)]
        where = [place for one in said if (place := self._take(one))]
        if not where:
            return found
        near = [place for one in found if one.chip.kind == "alone" for place in one.where]
        others = [one for one in found if one.chip.kind != "alone"]
        return [*others, self._nobody_else([*near, *where])]

    def _everyone_of_a_number(self, named: Sequence[Named]) -> Iterator[Part]:
        """네 명 다: of the one group that is named, or that has so many."""
        for found in ALL_ANYWHERE.finditer(self._text):
            if overlap(found.span(), self._places):
                continue
            number = _number(found)
            people = [one for one in named if not self._is_group(one)]
            if people:
                if number in (None, len(people)):
                    self._places.append(found.span())
                continue
            groups = self._groups_of_size(named, number)
            if groups:
                self._places.append(found.span())
                yield self._everyone(groups, found.span(), number)

    def _groups_of_size(self, named: Sequence[Named], number: int | None) -> list[IndexedName]:
        """Groups of just so many; else the only group there is, when it has more."""
        asked = [self._gallery.by_id[identifier] for one in named for identifier in one.called.ids]
        known = asked or [name for name in self._gallery.by_id.values() if name.kind == "group"]
        just = [group for group in known if number in (None, len(group.members)) and len(group.members) > 1]
        larger = [group for group in known if number is not None and _fewer(number, len(group.members))]
        return just or (larger if len(known) == 1 else [])

    def _everyone(self, groups: Sequence[IndexedName], where: Where, number: int | None) -> Part:
        who, said = together(groups[0].members, number)
        if len(groups) == 1:
            return part("everyone", self._text, [where], _labels(groups, said), Meaning(who=who), id=groups[0].id)
        labels = _labels(groups, ALL)
        return part("everyone", self._text, [where], labels, Meaning(), choices=self._choices(groups))

    def _edges(self, somebody: bool) -> Iterator[Part]:
        for edge, pattern in EDGES:
            for found in pattern.finditer(self._text):
                if found.group().strip() and not overlap(found.span(), self._places) and somebody:
                    self._places.append(found.span())
                    labels = (
                        ("각 영상에서 처음", "first in each video")
                        if edge == "first"
                        else ("각 영상에서 마지막", "last in each video")
                    )
                    yield part(edge, self._text, [found.span()], labels, Meaning(edge=edge))

    def said_of_all(self, named: Sequence[Named], found: Iterable[Part]) -> list[Where]:
        """Words like 같이 and both, which say of several people what is meant anyway."""
        several = len(named) > 1 or any(len(one.meaning.who) > 1 or one.chip.kind == "group" for one in found)
        return [found.span() for found in TOGETHER.finditer(self._text)] if several else []


def together(people: Sequence[UUID], number: int | None) -> tuple[tuple[frozenset[UUID], ...], tuple[str, str]]:
    """Sets of whom somebody must be there so that all are, or `number` of them where there are more; how to say it.

    Four of five are there where of any two of them one is.
    """
    distinct = sorted(set(people))
    if number is None or not _fewer(number, len(distinct)):
        return tuple(frozenset({one}) for one in people), ALL
    few = len(distinct) - number + 1
    who = tuple(map(frozenset, itertools.combinations(distinct, few)))
    return who, (f"{{}} 중 {number}명 이상", f"at least {number} of {{}}")


def _fewer(number: int, size: int) -> bool:
    """Whether so many are fewer than all, and few enough ways to leave some out that they can be asked for."""
    return 1 < number < size and math.comb(size, size - number + 1) <= MOST_SETS


def _number(found: re.Match[str]) -> int | None:
    return next((NUMBERS[word.lower()] for word in found.groups() if word), None)


def members(names: Iterable[IndexedName]) -> Iterator[UUID]:
    for name in names:
        yield from name.members if name.kind == "group" else (name.id,)


def _labels(names: Sequence[IndexedName], said: tuple[str, str] = ("{}", "{}")) -> tuple[str, str]:
    ko, en = _either(names)
    return said[0].format(ko), said[1].format(en)


def _the_rest_of(group: IndexedName) -> tuple[str, str]:
    return f"{group.name_ko}의 나머지 모두", f"everyone else of {group.name_en}"


def _either(names: Sequence[IndexedName]) -> tuple[str, str]:
    return (
        " 또는 ".join(dict.fromkeys(name.name_ko for name in names)),
        " or ".join(dict.fromkeys(name.name_en for name in names)),
    )
