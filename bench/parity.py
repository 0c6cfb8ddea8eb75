"""How alike the answers to a question in Korean and in English are, as a report for a release.

    python bench/parity.py [REPORT.md] [--corpus rows.json --queries q.json]

Without files the rows and questions are those of `bench/scenes.py`. Prints one JSON object; `REPORT.md` is written anew
where it is given. A question fails when its two languages share fewer than half of their first ten rows: what is asked
loosely has many right rows, and two good answers may show different ones, so what was right stands beside.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import scenes
from kernel.settings import Settings
from standalone.questioning import measure

ENOUGH = 0.5  # of the first ten rows
HEAD = """# Korean and English

Release {version}, text model `{model}`: {asked} questions, each in both languages, over {rows} rows. This page is
written by `python bench/parity.py docs/parity.md`.

| | p@10 | nDCG@10 | MRR |
| --- | --- | --- | --- |
{lines}

Of the first ten rows the two languages share {overlap:.2f} on average. Of {asked} questions {failed} share fewer than
half; where all ten are right in both, the archive has more right rows than a page shows:

| Korean | English | shared | right in Korean | right in English |
| --- | --- | --- | --- | --- |
"""


def failures(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Questions whose languages are answered too differently, the worst first."""
    apart = [one for one in found["questions"] if one["overlap10"] is not None and one["overlap10"] < ENOUGH]
    return sorted(apart, key=lambda one: (one["overlap10"], one["ko"]))


def report(found: dict[str, Any]) -> str:
    named = {"Korean": found["ko"], "English": found["en"]}
    named |= {
        f"{language}, people named": found["people"][code] for language, code in (("Korean", "ko"), ("English", "en"))
    }
    lines = "\n".join(f"| {name} | {_three(its)} |" for name, its in named.items())
    failed = failures(found)
    head = HEAD.format(
        version=version("scenedesk"), model=found["model_id"], asked=len(found["questions"]), rows=found["rows"],
        lines=lines, overlap=found["overlap10"], failed=len(failed),
    )  # fmt: skip
    return head + "".join(f"| {one['ko']} | {one['en']} | {_shares(one)} |\n" for one in failed)


def _three(figures: dict[str, float | None]) -> str:
    return " | ".join("-" if value is None else f"{value:.3f}" for value in figures.values())


def _shares(question: dict[str, Any]) -> str:
    right = (question["scores"].get(language, {}).get("p10") for language in ("ko", "en"))
    return " | ".join("-" if share is None else f"{share:.1f}" for share in (question["overlap10"], *right))


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("report", type=Path, nargs="?")
    arguments.add_argument("--corpus", type=Path)
    arguments.add_argument("--queries", type=Path)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scenes.main(folder)
        corpus, queries = given.corpus or folder / "rows.json", given.queries or folder / "q.json"
        found = asyncio.run(measure(Settings(offline=True), corpus, queries))
    if given.report:
        given.report.write_text(report(found), encoding="utf-8")
    figures = {key: found[key] for key in ("ko", "en", "people", "overlap10", "rows", "model_id")}
    apart = [{key: one[key] for key in ("ko", "en", "overlap10")} for one in failures(found)]
    print(
        json.dumps(
            {"bench": "parity", **figures, "questions": len(found["questions"]), "failures": apart}, ensure_ascii=False
        )
    )


if __name__ == "__main__":
    main()
