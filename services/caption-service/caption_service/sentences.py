"""Sentences composed of what was seen, in English and Korean. Pure.

Nothing is said of what was not seen ("no people"): a search for people would find it. Only people of the
clip are named. Verbs are those of being on screen, no others.
"""

import unicodedata
from typing import Literal

from caption_service import english as en
from caption_service import korean as ko
from caption_service.coco import BY_LABEL, PERSON, Thing
from caption_service.scene import Scene
from kernel.contracts.captions import ShotScale

MOTION_EN = {"lively": "There is a lot of movement.", "still": "The picture is still."}
MOTION_KO = {"lively": "화면의 움직임이 크다.", "still": "정지 화면이다."}

MOST_NAMES, MOST_THINGS = 6, 5
# Mean luma difference, 0-255, between samples a fifth of a second apart. Measured: a photograph filmed 0,
# a fixed camera on an empty room 0.1, people who talk, sign or walk 0.3 to 5, a battle scene 12 to 26.
STILL, LIVELY = 0.05, 12.0
PICTURES_TO_JUDGE_MOTION = 3

SCALE_EN: dict[ShotScale, str] = {
    "extreme_close_up": "in an extreme close-up",
    "close_up": "in a close-up",
    "medium": "in a medium shot",
    "full": "in a full shot",
    "wide": "in a wide shot",
}
SCALE_KO: dict[ShotScale, str] = {
    "extreme_close_up": "익스트림 클로즈업으로",
    "close_up": "클로즈업으로",
    "medium": "미디엄 숏으로",
    "full": "풀 숏으로",
    "wide": "와이드 숏으로",
}


def english(scene: Scene) -> str:
    """Like "Eileen Collins is on screen in a close-up. Two cups and a dining table are in the picture"."""
    said = [_people_en(scene), _things_en(scene), MOTION_EN.get(_motion(scene) or "")]
    return " ".join(filter(None, said)) or "Nothing was recognised in this scene."


def korean(scene: Scene) -> str:
    """Like "아일린 콜린스가 클로즈업으로 보인다. 화면에 컵 2개와 식탁이 있다"."""
    said = [_people_ko(scene), _things_ko(scene), MOTION_KO.get(_motion(scene) or "")]
    return " ".join(filter(None, said)) or "알아본 것이 없는 장면이다."


def _people_en(scene: Scene) -> str:
    names = [_one_line(person.name_en) or _one_line(person.name_ko) for person in scene.named]
    shown, rest = names[:MOST_NAMES], len(names[MOST_NAMES:]) + scene.unnamed
    people = [*shown, *([en.people_counted(rest, other=bool(shown))] if rest else [])]
    if not people:
        return ""
    where = SCALE_EN.get(scene.scale) if scene.scale else None
    said = f"{en.listed(people)} {en.be(len(names) + scene.unnamed)} on screen {where or ''}".rstrip()
    return f"{en.capitalised(said)}."


def _people_ko(scene: Scene) -> str:
    names = [_one_line(person.name_ko) for person in scene.named]
    shown, rest = names[:MOST_NAMES], len(names[MOST_NAMES:]) + scene.unnamed
    others = f"{'다른 ' if shown else ''}{ko.people_counted(rest)}"
    people = [*shown, *([others] if rest else [])]
    if not people:
        return ""
    where = SCALE_KO.get(scene.scale) if scene.scale else None
    return " ".join(filter(None, [ko.subject(ko.listed(people)), where, "보인다."]))


def _things(scene: Scene) -> list[tuple[Thing, int]]:
    others = [seen for seen in scene.objects if seen.label != PERSON]
    return [(BY_LABEL[seen.label], seen.count) for seen in others[:MOST_THINGS]]


def _things_en(scene: Scene) -> str:
    things = _things(scene)
    if not things:
        return ""
    said = en.listed([en.counted(thing, count) for thing, count in things])
    alone = len(things) == 1 and things[0][1] == 1
    return f"{en.capitalised(said)} {en.be(1 if alone else 2)} in the picture."


def _things_ko(scene: Scene) -> str:
    things = _things(scene)
    if not things:
        return ""
    return f"화면에 {ko.subject(ko.listed([ko.counted(thing, count) for thing, count in things]))} 있다."


def _motion(scene: Scene) -> Literal["still", "lively"] | None:
    """Only what stands out: said of every scene, it would help nobody find one."""
    motion = scene.clip.motion
    if motion is None or len(scene.clip.pictures) < PICTURES_TO_JUDGE_MOTION or STILL < motion < LIVELY:
        return None
    return "lively" if motion >= LIVELY else "still"


def _one_line(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())
