"""How long Slack waits to be acknowledged: 100 commands at once, each a question whose answer hangs.

    python bench/slack_ack.py            # JSON on standard output; exit code 1 when over the goal

Over Socket Mode, against the server of the tests, beside a real gateway; the room that answers in words never answers.
The goal is 300 ms at the 99th percentile; Slack's own border is 3 seconds.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from pydantic import SecretStr

from kernel.settings import Settings
from kernel.storage.embedded import temporary_server
from kernel.storage.migrate import migrate
from kernel.telemetry import configure_logs
from tests.slack_world import World, newsroom

COMMANDS, GOAL_MS = 100, 300


async def measured(world: World) -> list[float]:
    """Milliseconds, shortest first."""
    held = asyncio.Event()
    await world.afresh()
    world.answers.before = held.wait
    await world.slack.deliver("slash_commands", world.slack.command("민지"))  # the first one imports
    users = [f"U{number % 5 + 1}" for number in range(COMMANDS)]
    commands = [world.slack.command(f"질문: 민지 {number}?", user) for number, user in enumerate(users)]
    answered = await asyncio.gather(*(world.slack.deliver("slash_commands", one) for one in commands))
    held.set()
    return sorted(wait for _, wait in answered)


async def main() -> int:
    with tempfile.TemporaryDirectory(prefix="scenedesk-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        async with temporary_server() as url:
            await migrate(url)
            said = {"data_dir": folder, "DATABASE_URL": SecretStr(url), "offline": True, "log_level": "error"}
            settings = Settings(_env_file=None, **said)
            configure_logs(settings, sys.stderr)
            async with newsroom(settings, folder) as world:
                waits = await measured(world)
    p99 = waits[round(0.99 * COMMANDS) - 1]
    figures = {
        "commands": COMMANDS,
        "p50_ms": round(waits[COMMANDS // 2], 1),
        "p99_ms": round(p99, 1),
        "goal_ms": GOAL_MS,
    }
    print(json.dumps(figures))
    return 0 if p99 <= GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
