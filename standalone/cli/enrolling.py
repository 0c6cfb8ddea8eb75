"""People and their pictures from folders `group/member/*.jpg`: what is new goes in, what is doubtful is said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kernel.contracts.errors import InvalidError, ScenedeskError, Words
from kernel.contracts.library import Group, NewPerson, Person, Reference, Rights
from kernel.spelling import key
from standalone.cli.session import Session
from standalone.rest import Library, RefusedError

PICTURES = (".jpg", ".jpeg", ".png", ".webp")
ALIASES = "aliases.txt"  # optional beside the pictures, one name a line
ASKED_FOR = 5
CONFLICT = 409


@dataclass(frozen=True)
class Member:
    """One person of a folder: who, of which group, called what else, shown in which pictures."""

    name: str
    group: str | None
    pictures: tuple[Path, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """What is said of pictures as they are added; `face` is the one meant, of several."""

    rights: Rights = Rights()  # noqa: RUF009 - a frozen value
    face: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one member. `used`: of the given pictures; `usable`: of all there are now."""

    member: Member
    used: int = 0
    new: int = 0
    usable: int = 0
    refused: tuple[tuple[Path, str], ...] = ()
    doubts: tuple[str, ...] = ()


def members_of(folder: Path) -> list[Member]:
    """Everybody in `folder/group/member/*.jpg`. Raises InvalidError when no picture lies at that depth."""
    members = []
    for member in sorted(path for path in folder.glob("*/*") if path.is_dir()):
        pictures = tuple(sorted(file for file in member.iterdir() if file.suffix.lower() in PICTURES))
        if pictures:
            members.append(Member(member.name, member.parent.name, pictures, _aliases(member)))
    if not members:
        en, ko = f"{folder} holds no group/member/*.jpg", f"{folder}에 그룹/인물/*.jpg 사진이 없습니다"
        raise InvalidError(reason=Words(en, ko))
    return members


def _aliases(member: Path) -> tuple[str, ...]:
    note = member / ALIASES
    lines = note.read_text(encoding="utf-8-sig").splitlines() if note.is_file() else []
    return tuple(line.strip() for line in lines if line.strip())


# ---- adding


async def add_members(library: Library, here: Session, members: Sequence[Member], said: Said = Said()) -> list[Outcome]:
    """Each member with pictures; people that are there already only gain what is new."""
    known = Known(await library.people(), await library.groups())
    with _progress(here, sum(len(member.pictures) for member in members)) as done:
        return [await _Adding(library, here, known, said, done).one(member) for member in members]


@contextmanager
def _progress(here: Session, pictures: int) -> Iterator[Any]:
    """A bar over all pictures, gone when it is over; calls of what it gives move it."""
    columns = (TextColumn("{task.description}"), BarColumn(32), MofNCompleteColumn(), TimeElapsedColumn())
    hidden = not here.console.is_terminal
    with Progress(*columns, console=here.console, transient=True, disable=hidden) as bars:
        bar = bars.add_task(here.word("pictures"), total=pictures)
        yield lambda: bars.advance(bar)


class Known:
    """Who answers to which name within which group."""

    def __init__(self, people: Iterable[Person], groups: Iterable[Group]) -> None:
        self.named = {person.id: person for person in people}
        self._groups = {key(name): group.id for group in groups for name in (*group.aliases, group.name)}
        self._people = list(self.named.values())

    def find(self, name: str, group: str | None) -> list[Person]:
        """Those of that name or alias; with `group` only its members, or nobody when there is no such group."""
        wanted = self._groups.get(key(group)) if group else None
        if group and wanted is None:
            return []
        return [
            person
            for person in self._people
            if key(name) in {key(each) for each in (person.name, *person.aliases)}
            and (wanted is None or wanted in person.groups)
        ]

    def members(self, group: str) -> list[Person] | None:
        """Everybody of the group; None when there is no such group."""
        wanted = self._groups.get(key(group))
        return None if wanted is None else [person for person in self._people if wanted in person.groups]


@dataclass(frozen=True)
class _Adding:
    library: Library
    here: Session
    known: Known
    said: Said
    done: Any

    async def one(self, member: Member) -> Outcome:
        person = await self._person(member)
        if not member.pictures:
            return Outcome(member)
        before = {reference.id for reference in await self.library.references(person.id)}
        added, refused = await self._pictures(person, member.pictures)
        now = {reference.id: reference for reference in await self.library.references(person.id)}
        given = [(path, now[reference]) for path, reference in added if reference in now]
        unfit = [(path, self.here.word(f"reason_{each.reason}")) for path, each in given if each.reason]
        return Outcome(
            member,
            used=sum(each.usable for _, each in given),
            new=len({each.id for _, each in given} - before),
            usable=sum(each.usable for each in now.values()),
            refused=(*refused, *unfit),
            doubts=tuple(doubts(self.here, now.values(), self.known.named)),
        )

    async def _person(self, member: Member) -> Person:
        """Whoever answers to the name in that group, with the aliases; else somebody new."""
        found = self._alone(member, self.known) or await self._added(member)
        missing = [
            alias for alias in member.aliases if key(alias) not in {key(n) for n in (found.name, *found.aliases)}
        ]
        if missing:
            return await self.library.change_person(found.id, found.name, [*found.aliases, *missing])
        return found

    async def _added(self, member: Member) -> Person:
        try:
            return await self.library.add_person(
                NewPerson(name=member.name, group=member.group, aliases=list(member.aliases))
            )
        except RefusedError as error:
            # Another command may be adding the same folder.
            known = Known(await self.library.people(), await self.library.groups())
            if error.upstream.status == CONFLICT and (found := self._alone(member, known)):
                return found
            raise

    def _alone(self, member: Member, known: Known) -> Person | None:
        found = known.find(member.name, member.group)
        if member.group is None:
            found = [person for person in found if not person.groups]
        return found[0] if found else None

    async def _pictures(
        self, person: Person, pictures: Iterable[Path]
    ) -> tuple[list[tuple[Path, Any]], list[tuple[Path, str]]]:
        added, refused = [], []
        for picture in pictures:
            try:
                reference = await self.library.add_reference(person.id, picture, self.said.rights, self.said.face)
            except ScenedeskError as error:
                refused.append((picture, error.sentence(self.here.language) + _faces(self.here, error)))
            else:
                added.append((picture, reference.id))
            self.done()
        return added, refused


def _faces(here: Session, error: ScenedeskError) -> str:
    """Where the faces of a picture of several are, and how one is chosen."""
    faces = (error.upstream.model_extra or {}).get("faces") if isinstance(error, RefusedError) else None
    if not faces:
        return ""
    middles = [(each["face"], (each["box"]["left"] + each["box"]["right"]) / 2) for each in faces]
    places = ", ".join(here.word("face_at", face=number, place=round(100 * middle)) for number, middle in middles)
    return f" {places}. {here.word('choose_face')}"


def doubts(here: Session, references: Iterable[Reference], named: Mapping[Any, Person]) -> Iterator[str]:
    """What somebody should look at, a sentence each."""
    for each in references:
        if each.outlier:
            other = named.get(each.looks_like) if each.looks_like else None
            wording = "looks_like_other" if other else "looks_like_nobody"
            yield here.word(wording, picture=each.source, name=called(here, other) if other else "")
        if each.also_of:
            other = named.get(each.also_of)
            yield here.word("also_of", picture=each.source, name=called(here, other) if other else each.also_of)


def called(here: Session, who: Person | Group) -> str:
    return who.name_ko if here.language == "ko" else who.name_en


# ---- showing


def show(here: Session, outcome: Outcome) -> None:
    who = outcome.member
    name = f"{who.group} / {who.name}" if who.group else who.name
    if not who.pictures:
        here.say("person_named", name=name)
        return
    here.say("person_added", name=name, used=outcome.used, pictures=len(who.pictures), new=outcome.new)
    for picture, reason in outcome.refused:
        here.say("picture_refused", style="yellow", picture=picture.name, reason=reason)
    for doubt in outcome.doubts:
        here.say("doubt", style="yellow", doubt=doubt)
    if not outcome.usable:
        here.say("without_face", style="red", name=name)
    elif outcome.usable < ASKED_FOR:
        here.say("more_asked", style="dim", usable=outcome.usable, asked=ASKED_FOR)
