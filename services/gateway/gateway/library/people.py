"""SQL of people, groups and who belongs where."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CTE, ColumnElement, Row, Select, Text, cast, func, insert, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import composing, cursors
from gateway.library.references import usable
from gateway.people.display import distinct, english, korean
from gateway.tables import groups, memberships, people, references
from kernel.contracts.errors import ConflictError, InvalidError, NotFoundError
from kernel.contracts.library import Group, NewGroup, NewPerson, Page, Person, Sex
from kernel.spelling import key, normal

COLOURS = 8
Who = tuple[str | None, str]  # group, member

_PEOPLE_LOCK = text("select pg_advisory_xact_lock(hashtext('library.people'))")


async def lock(connection: AsyncConnection) -> None:
    """Hold the gallery until the transaction ends: two writers cannot both find a name free."""
    await connection.execute(_PEOPLE_LOCK)


# ---- reading


def _person_rows() -> Select[Any]:
    of_groups = (
        select(func.coalesce(func.array_agg(memberships.c.group_id), text("'{}'::uuid[]")))
        .where(memberships.c.person_id == people.c.id)
        .scalar_subquery()
    )
    of_references = select(func.count()).select_from(references).where(references.c.person_id == people.c.id)
    return select(
        people,
        of_groups.label("groups"),
        of_references.scalar_subquery().label("references"),
        of_references.where(usable()).scalar_subquery().label("usable_references"),
    )


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        name_ko=korean(row.name, row.aliases),
        name_en=english(row.name, row.aliases),
        aliases=row.aliases,
        groups=sorted(row.groups),
        references=row.references,
        usable_references=row.usable_references,
        merged_into=row.merged_into,
        colour=row.colour,
        sex=row.sex,
        created_at=row.created_at,
    )


async def list_people(
    connection: AsyncConnection,
    *,
    limit: int,
    cursor: str | None = None,
    group: UUID | None = None,
    q: str = "",
    merged: bool = False,
) -> Page[Person]:
    """A page of people in order of name. What merged people are called and belong to finds whom they turned out to be.

    The merged ones themselves are listed only with `merged`.
    """
    query = _person_rows().order_by(people.c.name, people.c.id).limit(limit + 1)
    if not merged:
        query = query.where(people.c.merged_into.is_(None))
    if cursor:
        query = query.where(tuple_(people.c.name, people.c.id) > cursors.decode(cursor, str, UUID))
    if group:
        inside = select(memberships.c.person_id).where(memberships.c.group_id == group)
        query = query.where(people.c.id.in_(_leading_to(people.c.id.in_(inside))))
    if wanted := normal(q):
        query = query.where(people.c.id.in_(_leading_to(_answers_to(wanted))))
    found = [_person(row) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda person: (person.name, person.id))


def _answers_to(wanted: str) -> ColumnElement[bool]:
    typed = composing.pattern(wanted)
    return or_(people.c.name.regexp_match(typed, flags="i"), _alias_text().regexp_match(typed, flags="i"))


def _leading_to(wanted: ColumnElement[bool]) -> Select[Any]:
    """Ids of people for whom `wanted` holds, and of everybody whom these were merged into."""
    found = select(people.c.id, people.c.merged_into).where(wanted).cte(recursive=True)
    into = people.alias("into")
    further = select(into.c.id, into.c.merged_into).join(found, found.c.merged_into == into.c.id)
    return select(found.union(further).c.id)


def _alias_text() -> ColumnElement[str]:
    """All aliases as one text; a comma stands between them, JSON's other signs are taken out."""
    return func.translate(cast(people.c.aliases, Text), '[]"', "")


async def all_people(connection: AsyncConnection) -> list[Person]:
    rows = await connection.execute(_person_rows().order_by(people.c.name, people.c.id))
    return [_person(row) for row in rows]


async def get_person(connection: AsyncConnection, person_id: UUID) -> Person:
    row = (await connection.execute(_person_rows().where(people.c.id == person_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="person")
    return _person(row)


async def people_of(connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """The people of these ids; ids nobody has are left out."""
    rows = await connection.execute(_person_rows().where(people.c.id.in_(set(ids))))
    return {row.id: _person(row) for row in rows}


async def redirects(connection: AsyncConnection) -> dict[UUID, UUID]:
    """Merged people to whom they turned out to be, one step each: see `gateway.people.merging.resolved`."""
    rows = await connection.execute(select(people.c.id, people.c.merged_into).where(people.c.merged_into.isnot(None)))
    return {row.id: row.merged_into for row in rows}


def ends() -> CTE:
    """Everybody (`id`) with whom they turned out to be (`whole`): themselves, or the end of the pointers."""
    whole = select(people.c.id, people.c.id.label("whole")).where(people.c.merged_into.is_(None))
    found = whole.cte("ends", recursive=True)
    merged = people.alias("merged")
    return found.union_all(select(merged.c.id, found.c.whole).join(found, merged.c.merged_into == found.c.id))


async def redirect(connection: AsyncConnection, person_id: UUID, into: UUID | None) -> None:
    await connection.execute(update(people).where(people.c.id == person_id).values(merged_into=into))


async def detach(connection: AsyncConnection, ids: Iterable[UUID]) -> None:
    """Whoever was merged into these people is not any more."""
    await connection.execute(update(people).where(people.c.merged_into.in_(set(ids))).values(merged_into=None))


async def names_of(connection: AsyncConnection, ids: Iterable[UUID]) -> list[str]:
    """Everything these people are and were ever called."""
    query = select(people.c.name, people.c.aliases, people.c.former).where(people.c.id.in_(set(ids)))
    rows = await connection.execute(query)
    return distinct("", [name for row in rows for name in (row.name, *row.aliases, *row.former)])


async def all_names(connection: AsyncConnection) -> dict[UUID, list[str]]:
    """Everything everybody is and was ever called."""
    rows = await connection.execute(select(people.c.id, people.c.name, people.c.aliases, people.c.former))
    return {row.id: distinct("", [row.name, *row.aliases, *row.former]) for row in rows}


async def sexes(connection: AsyncConnection) -> dict[UUID, Sex]:
    """Of those of whom somebody said it."""
    rows = await connection.execute(select(people.c.id, people.c.sex).where(people.c.sex.isnot(None)))
    return {row.id: row.sex for row in rows}


def _group_rows() -> Select[Any]:
    members = (
        select(func.coalesce(func.array_agg(memberships.c.person_id), text("'{}'::uuid[]")))
        .where(memberships.c.group_id == groups.c.id)
        .scalar_subquery()
    )
    return select(groups, members.label("members"))


def _group(row: Row[Any]) -> Group:
    return Group(
        id=row.id,
        name=row.name,
        name_ko=korean(row.name, row.aliases),
        name_en=english(row.name, row.aliases),
        aliases=row.aliases,
        members=sorted(row.members),
    )


async def list_groups(connection: AsyncConnection, *, limit: int, cursor: str | None = None) -> Page[Group]:
    query = _group_rows().order_by(groups.c.name, groups.c.id).limit(limit + 1)
    if cursor:
        query = query.where(tuple_(groups.c.name, groups.c.id) > cursors.decode(cursor, str, UUID))
    found = [_group(row) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda group: (group.name, group.id))


async def all_groups(connection: AsyncConnection) -> list[Group]:
    return [_group(row) for row in await connection.execute(_group_rows().order_by(groups.c.name))]


async def get_group(connection: AsyncConnection, group_id: UUID) -> Group:
    row = (await connection.execute(_group_rows().where(groups.c.id == group_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="group")
    return _group(row)


# ---- writing


async def add_group(connection: AsyncConnection, new: NewGroup) -> Group:
    """Raises ConflictError when a group answers to that name, InvalidError for a name of nothing but space."""
    check_name(new.name)
    await lock(connection)
    await check_group_names(connection, (new.name, *new.aliases))
    return await get_group(connection, await _insert_group(connection, new.name, new.aliases))


async def _insert_group(connection: AsyncConnection, name: str, aliases: Sequence[str]) -> UUID:
    group_id = uuid4()
    row = {"id": group_id, "name": normal(name), "aliases": distinct(name, aliases)}
    await connection.execute(insert(groups).values(row))
    return group_id


async def add_person(connection: AsyncConnection, new: NewPerson) -> Person:
    """Raises ConflictError when somebody in that group answers to that name, InvalidError as `add_group`."""
    check_name(new.name)
    ensured = await ensure_people(connection, {(new.group, new.name): new.aliases})
    if not ensured.new_people:
        raise ConflictError(reason=normal(new.name))
    person_id = ensured.ids[new.group, new.name]
    if new.sex:
        await set_sex(connection, person_id, new.sex)
    return await get_person(connection, person_id)


async def set_sex(connection: AsyncConnection, person_id: UUID, sex: Sex | None) -> None:
    await connection.execute(update(people).where(people.c.id == person_id).values(sex=sex))


async def learn_sexes(connection: AsyncConnection, learnt: Mapping[UUID, Sex]) -> None:
    """What a file says, of those of whom nobody has said it yet."""
    for person_id, sex in learnt.items():
        unsaid = update(people).where(people.c.id == person_id, people.c.sex.is_(None))
        await connection.execute(unsaid.values(sex=sex))


async def change_person(connection: AsyncConnection, person_id: UUID, *, name: str, aliases: Sequence[str]) -> Person:
    """Raises ConflictError when somebody else of a group of theirs answers to the name, InvalidError as `add_group`."""
    check_name(name)
    await lock(connection)
    person = await get_person(connection, person_id)
    await check_namesakes(connection, person_id, (name,), person.groups)
    former = await names_of(connection, [person_id])
    changed = {"name": normal(name), "aliases": distinct(name, aliases), "former": former}
    await connection.execute(update(people).where(people.c.id == person_id).values(changed))
    return await get_person(connection, person_id)


def check_name(name: str) -> None:
    """Raises InvalidError for a name of nothing that can be seen."""
    if not key(name):
        raise InvalidError(reason="name")


async def check_namesakes(
    connection: AsyncConnection, person_id: UUID, names: Sequence[str], inside: Collection[UUID]
) -> None:
    """Raises ConflictError when somebody else of these groups answers to one of `names`; of people without a group
    when there are none.
    """
    belonging = select(memberships.c.person_id)
    if inside:
        near = people.c.id.in_(belonging.where(memberships.c.group_id.in_(inside)))
    else:
        near = people.c.id.not_in(belonging)
    query = select(people.c.name, people.c.aliases).where(near, people.c.id != person_id)
    taken = {key(name) for row in await connection.execute(query) for name in (row.name, *row.aliases)}
    if found := next((name for name in names if key(name) in taken), None):
        raise ConflictError(reason=normal(found))


async def check_group_names(connection: AsyncConnection, names: Sequence[str], besides: UUID | None = None) -> None:
    """Raises ConflictError when a group, another than `besides`, answers to one of `names`."""
    rows = await connection.execute(select(groups.c.id, groups.c.name, groups.c.aliases))
    taken = {key(name) for row in rows if row.id != besides for name in (row.name, *row.aliases)}
    if found := next((name for name in names if key(name) in taken), None):
        raise ConflictError(reason=f"group {normal(found)}")


@dataclass(frozen=True)
class Ensured:
    """Who is who after `ensure_people`, and how many were new."""

    ids: dict[Who, UUID]
    new_people: int
    new_groups: int


async def ensure_people(connection: AsyncConnection, wanted: Mapping[Who, Sequence[str]]) -> Ensured:
    """Everybody in `wanted` (group and name, to aliases) is in the gallery afterwards.

    Somebody who already answers to the name or an alias of it within that group is that person, and learns
    the aliases; without a group, only people without one are meant. Groups are made when they are not there.
    """
    await lock(connection)
    gallery = _Gallery(await all_groups(connection), await all_people(connection))
    ids = {who: await gallery.ensure(connection, who, aliases) for who, aliases in wanted.items()}
    return Ensured(ids=ids, new_people=gallery.new_people, new_groups=gallery.new_groups)


class _Gallery:
    """Who answers to which name within which group, while people are being added."""

    def __init__(self, known_groups: Iterable[Group], known_people: Sequence[Person]) -> None:
        self.new_people = self.new_groups = 0
        self._groups = {key(name): g.id for g in known_groups for name in (*g.aliases, g.name)}
        self._people: dict[tuple[UUID | None, str], UUID] = {}
        self._aliases: dict[UUID, tuple[str, list[str]]] = {}
        self._colours: dict[UUID | None, list[int]] = defaultdict(list)
        self._all_colours = [person.colour for person in known_people]
        for person in known_people:
            self._aliases[person.id] = (person.name, list(person.aliases))
            within: list[UUID | None] = [*person.groups] or [None]
            for group in within:
                self._colours[group].append(person.colour)
                for name in (*person.aliases, person.name):
                    self._people[group, key(name)] = person.id

    async def ensure(self, connection: AsyncConnection, who: Who, aliases: Sequence[str]) -> UUID:
        group_name, name = who
        group = await self._group(connection, group_name) if group_name and key(group_name) else None
        aliases = distinct(name, aliases)
        answers = (self._people.get((group, key(n))) for n in (name, *aliases))
        known = next((person for person in answers if person), None)
        if known:
            await self._learn(connection, known, (name, *aliases))
        person_id = known or await self._insert(connection, name, aliases, group)
        for alias in (name, *aliases):
            self._people.setdefault((group, key(alias)), person_id)
        return person_id

    async def _group(self, connection: AsyncConnection, name: str) -> UUID:
        if key(name) not in self._groups:
            self._groups[key(name)] = await _insert_group(connection, name, [])
            self.new_groups += 1
        return self._groups[key(name)]

    async def _learn(self, connection: AsyncConnection, person_id: UUID, names: Sequence[str]) -> None:
        name, aliases = self._aliases[person_id]
        learned = distinct(name, [*aliases, *names])
        if learned != aliases:
            self._aliases[person_id] = (name, learned)
            await connection.execute(update(people).where(people.c.id == person_id).values(aliases=learned))

    async def _insert(self, connection: AsyncConnection, name: str, aliases: Sequence[str], group: UUID | None) -> UUID:
        person_id, kept = uuid4(), distinct(name, aliases)
        colour = _least_used(self._colours[group], self._all_colours)
        row = {"id": person_id, "name": normal(name), "aliases": kept, "colour": colour}
        await connection.execute(insert(people).values(row))
        if group:
            member = {"group_id": group, "person_id": person_id}
            await connection.execute(upsert(memberships).values(member).on_conflict_do_nothing())
        self._aliases[person_id] = (normal(name), kept)
        self._colours[group].append(colour)
        self._all_colours.append(colour)
        self.new_people += 1
        return person_id


def _least_used(in_group: Sequence[int], anywhere: Sequence[int]) -> int:
    """The colour fewest people of the group have, of those the one fewest people have at all."""
    return min(range(COLOURS), key=lambda colour: (in_group.count(colour), anywhere.count(colour)))
