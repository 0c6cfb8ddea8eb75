"""Blocks as a page that looks like Slack, to be looked at.

`python -m tests.slack_page docs/images` draws the pictures of the guide from the functions the bot sends by.
"""

import asyncio
import html
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.async_api import async_playwright

from kernel.contracts.editing import SetCaption
from kernel.contracts.errors import LANGUAGES, Language
from kernel.contracts.finding import Citation, PublicAnswer, PublicHit, PublicSentence, SavedSearch, SearchAnswer
from kernel.contracts.history import EditKind, RecentEdit
from kernel.contracts.library import ListedSegment, Person, PersonInSegment, SegmentCaption
from kernel.contracts.people import Nearest, Question, Stranger
from kernel.contracts.search import Chip, Evidence, SearchRequest
from kernel.contracts.time import Span
from slack_bot.blocks import (
    alerts,
    answers,
    cards,
    corrections,
    home,
    modals,
    notices,
    outcomes,
    proposals,
    questions,
    sharing,
)
from slack_bot.blocks.kit import Block, Message, View
from slack_bot.changes import Change
from slack_bot.results import Card, Results
from slack_bot.words import Say, speaker
from tests.e2e.browser import CHROMIUM, FLAGS

MINJI, HANNI = UUID(int=1), UUID(int=2)
DESK = "https://desk.example.org"
WORDS: dict[Language, list[tuple[str, str, int, list[UUID]]]] = {
    "ko": [
        (
            "민지가 소파에서 자고 있다. 하니가 담요를 덮어 준다.",
            "Minji is asleep on a sofa; Hanni covers her.",
            754_280,
            [MINJI, HANNI],
        ),
        ("민지가 버스 창가에 기대어 자고 있다.", "Minji sleeps against a bus window.", 2_031_040, [MINJI]),
    ]
}
WORDS["en"] = [(english, korean, at, who) for korean, english, at, who in WORDS["ko"]]


def people() -> dict[UUID, Person]:
    said = ((MINJI, "김민지", "Minji", 0), (HANNI, "하니", "Hanni", 1))
    made = [
        Person(id=one, name=ko, name_ko=ko, name_en=en, colour=colour, created_at="2026-07-01T00:00:00Z")  # type: ignore[arg-type]
        for one, ko, en, colour in said
    ]
    return {person.id: person for person in made}


def found(language: Language) -> Results:
    title = "여름 캠프 2일차" if language == "ko" else "Summer camp, day 2"
    query = "민지 자는 장면" if language == "ko" else "Minji asleep"
    made = tuple(
        Card(_hit(place, title, said, language), 3, picture=f"still-{place + 1}")
        for place, said in enumerate(WORDS[language])
    )
    chip = Chip(key="p", kind="person", written="민지", label_ko="김민지", label_en="Minji")
    answer = SearchAnswer(query=query, chips=[chip], hits=[card.hit for card in made], next_cursor="more", took_ms=9)
    return Results("r", SearchRequest(query=query), answer, made, people())


def _hit(place: int, title: str, said: tuple[str, str, int, list[UUID]], language: Language) -> PublicHit:
    first, second, at, who = said
    other: Language = "en" if language == "ko" else "ko"
    name, words = ("김민지", "자고") if language == "ko" else ("Minji", "asleep")
    return PublicHit(
        segment_id=UUID(int=10 + place),
        video_id=UUID(int=20),
        title=title,
        span=Span(start_ms=at, end_ms=at + 6_480),
        captions=[
            SegmentCaption(text=first, language=language, origin="machine"),
            SegmentCaption(text=second, language=other, origin="machine"),
        ],
        people=[
            PersonInSegment(person_id=one, probability=0.93 - 0.04 * n, origin="machine") for n, one in enumerate(who)
        ],
        score=1,
        evidence=[
            Evidence(kind="person", text=name, score=0.93),
            Evidence(kind="words", text=words, score=1),
            Evidence(kind="meaning", text="", score=0.71),
        ],
        link=f"{DESK}/videos/20?t=754280",
        preview=f"{DESK}/preview.mp4",
    )


def answer(language: Language, say: Say) -> Message:
    hits = found(language).cards
    cited = [
        Citation(
            segment_id=one.hit.segment_id,
            video_id=one.hit.video_id,
            title=one.hit.title,
            span=one.hit.span,
            link=one.hit.link,
        )
        for one in hits
    ]
    texts = (
        ("민지는 숙소 소파에서 잠들었고, 하니가 담요를 덮어 주었습니다.", "이동하는 버스에서도 창가에 기대어 잤습니다.")
        if language == "ko"
        else ("Minji fell asleep on the sofa, and Hanni covered her.", "On the bus she slept against the window.")
    )
    sentences = [PublicSentence(text=text, citations=[one]) for text, one in zip(texts, cited, strict=True)]
    whole = " ".join(texts)
    asked = "민지는 어디에서 잤어?" if language == "ko" else "Where did Minji sleep?"
    nothing = SearchAnswer(query=asked, hits=[one.hit for one in hits], took_ms=1)
    made = PublicAnswer(kind="generated", language=language, sentences=sentences, text=whole, found=nothing)
    return answers.whole(asked, made, say)


def segment(language: Language) -> ListedSegment:
    hit = found(language).cards[0].hit
    return ListedSegment(
        id=hit.segment_id, video_id=hit.video_id, span=hit.span, captions=hit.captions, people=hit.people, version=3
    )


def saved_search(language: Language) -> SavedSearch:
    question, at = found(language).question, datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
    return SavedSearch(
        id=UUID(int=30), name=question.query, question=question, address="/search", new=3, untold=3, looked_at=at,
        created_at=at, by="page",
    )  # fmt: skip


def recent(language: Language) -> list[RecentEdit]:
    title = found(language).cards[0].hit.title
    who = ("이수진", "박도윤") if language == "ko" else ("Sujin", "Doyun")
    said: list[tuple[EditKind, str]] = [("caption", who[0]), ("split", who[1]), ("people", who[0])]
    return [
        RecentEdit(
            video_id=UUID(int=20), version=9 - n, kind=kind, actor="x", door="slack", touched=1, title=title, by=by,
            at=datetime(2026, 11, 28, 11, 40 - 9 * n, tzinfo=UTC),
        )
        for n, (kind, by) in enumerate(said)
    ]  # fmt: skip


@dataclass(frozen=True)
class Talk:
    """What stands in a channel for everybody: who said what, replies under the first."""

    said: list[tuple[str, Message | str]]


def thread(language: Language, say: Say, lines: list[str]) -> Talk:
    """A shared card, a correction written under it, and what became of that."""
    results = found(language)
    note = "오프닝에 쓸 수 있을까요?" if language == "ko" else "Could this open the show?"
    sujin, doyun = recent(language)[0].by or "", recent(language)[1].by or ""
    card = cards.shared(results.cards[0], results, language, say, by=sujin, note=note)
    typed = "설명: " if language == "ko" else "caption: "
    wrong = "오타 있어요" if language == "ko" else "typo here"
    waiting = proposals.waiting(doyun, lines, "{}", say)
    return Talk(
        [
            ("Scenedesk", card),
            (doyun, typed + WORDS[language][0][0].replace("담요를", "이불을").replace("sofa", "couch")),
            ("Scenedesk", waiting),
            (sujin, wrong),
            ("only", corrections.offer({}, None, say)),
        ]
    )


def drawn(language: Language) -> dict[str, Message | View | Talk]:
    """Everything the guide shows."""
    say, names = speaker(language), people()
    texts = {one.language: one.text for one in segment(language).captions}
    after = texts[language].replace("담요를", "이불을").replace("sofa", "couch")
    command = SetCaption(op="caption", segment_ids=[UUID(int=10)], language=language, text=after)
    made = [Change(language, command, texts[language], after)]
    lines = [modals.told(change, {}, say) for change in made]
    stranger = Stranger(id=UUID(int=9), state="open", seconds=341, tracks=12, videos=3)
    asked = Question(
        stranger=stranger, suggestion=Nearest(person_id=HANNI, similarity=0.4, probability=0.6), seconds=341
    )
    return {
        "cards": cards.results(found(language), language, say),
        "answer": answer(language, say),
        "form": modals.form(segment(language), names, language, say, following=segment(language), since=[]),
        "preview": modals.preview(made, {}, say),
        "saved": outcomes.saved(lines, UUID(int=20), [4], say, link="https://desk.example.org"),
        "home": home.home(
            [saved_search(language)], recent(language), [], notices.usage("/searchvideo", say), say, web=DESK
        ),
        "alert": alerts.found(saved_search(language), say),
        "share": sharing.form(say),
        "thread": thread(language, say, lines),
        "ask": questions.question(asked, ["face"], names, language, say),
    }


# ---- HTML


def mrkdwn(text: str) -> str:
    """Slack's markup; text is escaped already."""
    made = re.sub(r"<@([^>]+)>", r'<span class="at">@\1</span>', text)
    made = re.sub(r"<!date\^[^|>]+\|([^>]+)>", r"\1", made)
    made = re.sub(r"<([^|>]+)\|([^>]+)>", r'<a href="\1">\2</a>', made)
    made = re.sub(r"`([^`]+)`", r"<code>\1</code>", made)
    made = re.sub(r"(?<!\w)\*([^*\n]+)\*", r"<b>\1</b>", made)
    made = re.sub(r"(?<!\w)~([^~\n]+)~", r"<s>\1</s>", made)
    made = re.sub(r"(?m)^> (.*)$", r"<q>\1</q>", made)
    return made.replace("</q>\n", "</q>").replace("\n", "<br>")


def words(text: dict[str, Any]) -> str:
    return mrkdwn(text["text"]) if text["type"] == "mrkdwn" else html.escape(text["text"])


def drawing(block: Block) -> str:
    kind = block["type"]
    if kind == "divider":
        return "<hr>"
    if kind == "section":
        accessory = element(block["accessory"]) if "accessory" in block else ""
        return f'<div class="section"><div>{words(block["text"])}</div>{accessory}</div>'
    if kind == "input":
        hint = f"<small>{words(block['hint'])}</small>" if "hint" in block else ""
        return f"<label><b>{words(block['label'])}</b>{element(block['element'])}{hint}</label>"
    if kind == "image":
        return element(block)
    if kind == "header":
        return f'<div class="header">{words(block["text"])}</div>'
    inner = "".join(element(one) if "action_id" in one else f"<span>{words(one)}</span>" for one in block["elements"])
    return f'<div class="{kind}">{inner}</div>'


def element(one: dict[str, Any]) -> str:
    kind = one["type"]
    if kind == "button":
        return f'<span class="button {one.get("style", "")}">{words(one["text"])}</span>'
    if kind == "image":
        return still(one["slack_file"]["id"])
    if kind == "radio_buttons":
        chosen = one.get("initial_option")
        return "".join(
            f'<div class="radio{" on" if each == chosen else ""}">{words(each["text"])}</div>'
            for each in one["options"]
        )
    if "initial_options" in one:
        tokens = "".join(f'<span class="token">{words(each["text"])}</span>' for each in one["initial_options"])
        return f'<div class="box">{tokens}</div>'
    return f'<div class="box{" tall" if one.get("multiline") else ""}">{typed(one)}</div>'


def typed(one: dict[str, Any]) -> str:
    """What stands in an input."""
    if "initial_value" in one or "placeholder" not in one:
        return html.escape(one.get("initial_value", "")) or "&nbsp;"
    return f"<i>{words(one['placeholder'])}</i>"


# Where no font has emoji, their like is drawn.
LIKE = str.maketrans({"👥": "☺", "💡": "✦", "🕓": "◷", "✅": "✔", "🔔": "♪", "⏳": "◷", "▶": "▸", "✋": "⚑", "🔒": "▪"})
STYLE = Path(__file__).with_name("slack_page.css")


def page(shown: Message | View | Talk, language: Language) -> str:
    style = STYLE.read_text(encoding="utf-8")
    return f"<!doctype html><meta charset=utf-8><style>{style}</style>{body(shown, language)}"


def body(shown: Message | View | Talk, language: Language) -> str:
    if isinstance(shown, Talk):
        first, *replies = (in_channel(one, language, by) for by, one in shown.said)
        return f'<div class="talk shot">{first}<div class="replies">{"".join(replies)}</div></div>'
    if isinstance(shown, Message):
        return f'<div class="shot">{in_channel(shown, language, "only")}</div>'
    return in_view(shown, "".join(map(drawing, shown["blocks"])))


def in_channel(said: Message | str, language: Language, by: str) -> str:
    """`only`: of the bot, seen by one person."""
    inner = f"<div>{html.escape(said)}</div>" if isinstance(said, str) else "".join(map(drawing, said.blocks))
    only = {"ko": "나에게만 표시", "en": "Only visible to you"}[language] if by == "only" else ""
    name, bot = ("Scenedesk", "bot") if by in ("only", "Scenedesk") else (by, "person")
    head = f'<div class="head">{name}<i>{only}</i></div>'
    return f'<div class="message"><div class="face {bot}">{name[0]}</div><div class="body">{head}{inner}</div></div>'


def in_view(view: View, inner: str) -> str:
    if view["type"] == "home":
        return f'<div class="message home shot"><div class="body">{inner}</div></div>'
    return in_modal(view, inner)


def in_modal(view: View, inner: str) -> str:
    close, submit = words(view["close"]), words(view["submit"])
    footer = f'<span class="button">{close}</span><span class="button primary">{submit}</span>'
    head = f"<header>{words(view['title'])}</header>"
    return f'<div class="modal shot">{head}<div class="body">{inner}</div><footer>{footer}</footer></div>'


def still(name: str) -> str:
    """A drawn picture instead of somebody's: a figure that lies, or a face."""
    hue = 20 + 150 * (sum(map(ord, name)) % 3)
    ground, figure = f"hsl({hue} 25% 20%)", f"hsl({hue} 65% 65%)"
    shapes = (
        f'<circle cx="60" cy="50" r="28" fill="{figure}"/><path d="M10 120c4-48 96-48 100 0z" fill="{figure}"/>'
        if name == "face"
        else f'<circle cx="38" cy="62" r="13" fill="{figure}"/><path d="M52 76c20-28 90-20 120 0z" fill="{figure}"/>'
    )
    box = "0 0 120 120" if name == "face" else "0 0 192 108"
    return (
        f'<svg class="still" viewBox="{box}" preserveAspectRatio="xMidYMid slice">'
        f'<rect width="192" height="120" fill="{ground}"/>{shapes}</svg>'
    )


async def main(out: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = await browser.new_page(viewport={"width": 720, "height": 600}, device_scale_factor=1.5)
        for language in LANGUAGES:
            for name, shown in drawn(language).items():
                await tab.set_content(page(shown, language).translate(LIKE))
                await tab.locator(".shot").screenshot(path=str(out / f"slack-{name}.{language}.png"))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
