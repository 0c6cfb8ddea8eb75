"""One-second rows of an invented group as an older pipeline would have stored them, and questions about them.

    python bench/scenes.py FOLDER [dev|held|all]     writes rows.json and q.json for `scenedesk eval search`

Scenes last several seconds and are captioned anew each second: a synonym, a near miss, nothing much, and what such
captioners do when they fail (an echoed prompt, a loop, a sentence cut off, the web's small talk). Words and questions
are in scenes.toml, in two halves without a topic in common: what is learnt on `dev` is judged on `held`. Rows of both
halves are always in the corpus.
"""

import json
import random
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SEED, ROWS = 7, 1_100
GROUP = "LUMEN"
ALIASES = {
    "Yoon Sena": ["윤세나", "세나", "Sena"],
    "Park Dahye": ["박다혜", "다혜", "Dahye"],
    "Kang Irin": ["강이린", "이린", "Irin"],
    "Choi Mira": ["최미라", "미라", "Mira"],
    "Emily Seo": ["서에밀리", "에밀리", "Emily"],
}
MEMBERS = list(ALIASES)
SUBJECTS = (
    "a woman", "a woman", "a woman", "a girl", "a young woman", "the camera wearer", "a person", "a man", "two women",
    "a woman in a red shirt", "a girl with long hair", "a group of girls", "a woman wearing a hat",
)  # fmt: skip
NOTHING_MUCH = (
    "{s} is standing in a room", "{s} is sitting on a chair", "{s} is looking at the camera", "{s} is talking to a man",
    "{s} moves her hand", "{s} is wearing a black jacket", "a close up of {s}", "{s} is walking down a hallway",
    "the camera wearer looks around", "{s} is standing in front of a building", "a blurry picture of {s}",
)  # fmt: skip
SPAM = (
    " click the link below to watch more videos", " photo by the daily news online", " - youtube subscribe for more",
    " free download wallpaper hd",
)  # fmt: skip


def topics() -> list[dict[str, Any]]:
    return _tables("topic")


def absent() -> list[dict[str, Any]]:
    """Questions about what no scene shows, by half."""
    return _tables("absent")


def _tables(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))[name]
    return found


def caption(topic: dict[str, Any], scene_captions: list[str], chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.62:
        template = chance.choice(scene_captions)
    elif kind < 0.78:
        template = chance.choice(topic["near"])
    else:
        template = chance.choice(NOTHING_MUCH)
    return harmed(template.format(s=chance.choice(SUBJECTS)), chance)


def harmed(text: str, chance: random.Random) -> str:
    """What goes wrong with a captioner's sentence now and then."""
    kind = chance.random()
    if kind < 0.05:
        return f"Question: what is the person doing? Answer: {text}"
    if kind < 0.06:
        return text + chance.choice(SPAM)
    if kind < 0.09:
        return " ".join([text] * 3)
    if kind < 0.13:
        words = text.split()
        return " ".join(words[: max(3, len(words) - 2)])
    if kind < 0.2:
        return f"{text}. {chance.choice(NOTHING_MUCH).format(s='a woman')}."
    return text


def face(member: str, chance: random.Random) -> dict[str, Any]:
    left, top = chance.randint(0, 900), chance.randint(0, 300)
    box = [left, top, left + 150, top + 190]
    return {"group": GROUP, "member": member, "confidence": round(chance.uniform(0.55, 0.99), 2), "bbox": box}


def faces(cast: list[str], chance: random.Random) -> list[dict[str, Any]]:
    """Who of a scene's cast is seen in this second; a face is missed now and then, or not known."""
    seen = [face(member, chance) for member in cast if chance.random() < 0.92]
    return seen + ([{**face("unknown", chance), "group": None}] if chance.random() < 0.1 else [])


def scenes(chance: random.Random) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Topics with a cast: whoever its questions name are in one of its scenes, others in the rest."""
    for topic in topics():
        named = [question.get("members", []) for question in topic["questions"]]
        casts = [list(members) for members in named if members] + [[], [chance.choice(MEMBERS)]]
        for cast in casts:
            yield topic, [*cast, *chance.sample([m for m in MEMBERS if m not in cast], chance.choice((0, 0, 1, 2)))]
            if cast:
                yield topic, list(cast)


def rows(seed: int = SEED, count: int = ROWS) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    order = list(scenes(chance))
    chance.shuffle(order)
    length = count / len(order)
    made: list[dict[str, Any]] = []
    for number, (topic, cast) in enumerate(order):
        favourites = chance.sample(topic["captions"], max(2, len(topic["captions"]) - 1))
        while len(made) < round((number + 1) * length):
            video, second = divmod(len(made), 190)
            made.append(
                {
                    "timestamp": second,
                    "video_id": f"lumen-trip-{video + 1}",
                    "caption": caption(topic, favourites, chance),
                    "faces": faces(cast, chance),
                }
            )
    return made


def queries(half: str) -> list[dict[str, Any]]:
    return [question for topic in topics() if half in {"all", topic["half"]} for question in topic["questions"]]


def people() -> list[dict[str, Any]]:
    return [{"member": member, "group": GROUP, "aliases": aliases} for member, aliases in ALIASES.items()]


def main(folder: Path, half: str = "all") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    corpus = {"rows": rows(), "people": people()}
    for name, content in (("rows.json", corpus), ("q.json", {"queries": queries(half)})):
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
