"""Migrations are one line: two that follow the same revision would leave nobody a newest one."""

from pathlib import Path

from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def test_there_is_one_newest_revision_and_files_are_numbered_in_order() -> None:
    history = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())
    assert len([one for one in history if one.is_head]) == 1
    numbers = [int(one.revision.partition("_")[0]) for one in reversed(history)]
    assert numbers == list(range(1, len(numbers) + 1))
