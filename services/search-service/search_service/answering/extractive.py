"""Answers without a language model: who, when and which captions, put together from the hits. Pure.

Nothing is said that the index does not say: captions are quoted, not reworded.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.contracts.errors import Language
from kernel.contracts.search import CitedSentence
from kernel.contracts.time import Span
from kernel.language import HANGUL
from kernel.particles import particle, with_particle
from search_service.answering.material import Exhibit, clock
from search_service.answering.questions import Wanted
from search_service.answering.stand_ins import Cast

MOST_LINES, MOST_TIMES, MOST_CITED, MOST_NAMES = 6, 4, 20, 6
NOT_SHOWN: dict[Language, str] = {
    "ko": "보관된 영상에서는 확인되지 않습니다.",
    "en": "The archive does not show this.",
}


@dataclass(frozen=True)
class Telling:
    """How to speak: in which language, of whom by what name, in answer to what. `more`: there are other hits."""

    language: Language
    cast: Cast
    wanted: Wanted = "scenes"
    more: bool = False


@dataclass(frozen=True)
class _Line:
    """Segments of one video that show the same people and say the same."""

    shown: tuple[Exhibit, ...]

    @property
    def first(self) -> Exhibit:
        return self.shown[0]


def answer(shown: Sequence[Exhibit], telling: Telling) -> list[CitedSentence]:
    """A sentence or two that answer the kind of question, then what each group of scenes shows."""
    if not shown:
        return []
    head = _HEADS.get(telling.wanted)
    first = head(shown, telling) if head else None
    return [*([first] if first else []), *_lines(shown, telling)]


def summary(shown: Sequence[Exhibit], telling: Telling) -> list[CitedSentence]:
    """Who is seen for how long, then what is shown, in order of time."""
    in_time = sorted(shown, key=lambda one: (one.title, one.video_id, one.span.start_ms))
    people = _people_and_times(in_time, telling)
    return [*([people] if people else []), *_lines(in_time, telling)]


# ---- what stands first


def _counted(shown: Sequence[Exhibit], telling: Telling) -> CitedSentence:
    count = len(shown)
    if telling.language == "ko":
        return _cited(f"찾은 장면은 {count}개{' 이상' if telling.more else ''}입니다.", shown)
    scenes = "scene was" if count == 1 and not telling.more else "scenes were"
    return _cited(f"{'At least ' if telling.more else ''}{count} {scenes} found.", shown)


def _whether(shown: Sequence[Exhibit], telling: Telling) -> CitedSentence:
    count = len(shown)
    if telling.language == "ko":
        return _cited(f"그에 가까운 장면을 {count}개{' 이상' if telling.more else ''} 찾았습니다.", shown)
    return _cited(f"{count} {'scene comes' if count == 1 else 'scenes come'} close to that.", shown)


def _who(shown: Sequence[Exhibit], telling: Telling) -> CitedSentence | None:
    ids = list(dict.fromkeys(person for one in shown for person in one.people))
    if not ids:
        nobody = {"ko": "이름을 아는 사람은 보이지 않습니다.", "en": "Nobody with a known name is seen."}
        return _cited(nobody[telling.language], shown)
    named = [one for one in shown if one.people]
    listed = _listed(_names(ids, telling), telling.language)
    if telling.language == "ko":
        return _cited(f"{with_particle(listed, '이', '가')} 보입니다.", named)
    return _cited(f"{_capital(listed)} {'is' if len(ids) == 1 else 'are'} seen.", named)


def _when(shown: Sequence[Exhibit], telling: Telling) -> CitedSentence:
    by_video: dict[UUID, list[Exhibit]] = defaultdict(list)
    for one in shown:
        by_video[one.video_id].append(one)
    places = [f"{_quoted(those[0].title, telling)} {_times(those, telling.language)}" for those in by_video.values()]
    if telling.language == "ko":
        return _cited(f"찾은 시각은 {', '.join(places[:MOST_LINES])}입니다.", shown)
    return _cited(f"It was found in {'; '.join(places[:MOST_LINES])}.", shown)


_HEADS: Mapping[Wanted, Callable[[Sequence[Exhibit], Telling], CitedSentence | None]] = {
    "how_many": _counted,
    "whether": _whether,
    "who": _who,
    "when": _when,
}


def _people_and_times(shown: Sequence[Exhibit], telling: Telling) -> CitedSentence | None:
    lengths: dict[UUID, int] = defaultdict(int)
    for one in shown:
        for person, seen_ms in zip(one.people, one.seen_ms, strict=True):
            lengths[person] += seen_ms
    if not lengths:
        return None
    longest = sorted(lengths, key=lambda person: -lengths[person])
    said = [f"{telling.cast.label(person)}({clock(lengths[person])})" for person in longest[:MOST_NAMES]]
    named = [one for one in shown if one.people]
    if telling.language == "ko":
        others = f" 외 {len(longest) - MOST_NAMES}명" if len(longest) > MOST_NAMES else ""
        ending = "이" if others else particle(telling.cast.named(said[-1], "ko"), "이", "가")
        return _cited(f"{', '.join(said)}{others}{ending} 나오는 장면이 있습니다.", named)
    said = [one.replace("(", " (") for one in said]
    more = [f"{len(longest) - MOST_NAMES} more"] if len(longest) > MOST_NAMES else []
    return _cited(f"Seen here: {_listed([*said, *more], 'en')}.", named)


# ---- scene by scene


def _lines(shown: Sequence[Exhibit], telling: Telling) -> list[CitedSentence]:
    return [_cited(_said(line, telling), line.shown) for line in _grouped(shown, telling.language)[:MOST_LINES]]


def _grouped(shown: Iterable[Exhibit], language: Language) -> list[_Line]:
    """In the order in which each group comes first."""
    groups: dict[tuple[UUID, frozenset[UUID], str | None], list[Exhibit]] = {}
    for one in shown:
        groups.setdefault((one.video_id, frozenset(one.people), one.text(language)), []).append(one)
    return [_Line(tuple(group)) for group in groups.values()]


def _said(line: _Line, telling: Telling) -> str:
    text, language = line.first.text(telling.language), telling.language
    who = _listed(_somebody(line.first, telling), language)
    place = f"{_quoted(line.first.title, telling)} {_times(line.shown, language)}"
    return _korean(place, who, text) if language == "ko" else _english(place, who, text, len(line.first.people))


def _korean(place: str, who: str, text: str | None) -> str:
    seen = with_particle(who, "이", "가") if who else ""
    if text is None:
        return f"{place}에 {seen} 보입니다." if who else f"{place}에 찾은 장면이 있습니다."
    quoted = _bare(text)
    tongue = "설명에는" if HANGUL.search(quoted) else "영어 설명에는"
    written = f"{tongue} “{quoted}”{particle(quoted, '이라고', '라고')} 적혀 있습니다."
    return f"{place}에 {seen} 보이고, {written}" if who else f"{place}: {written}"


def _english(place: str, who: str, text: str | None, people: int) -> str:
    seen = f"{who} {'is' if people == 1 and ' and ' not in who else 'are'} seen" if who else ""
    if text is None:
        return f"In {place}, {seen}." if who else f"A scene was found in {place}."
    tongue = "the Korean caption" if HANGUL.search(text) else "the caption"
    written = f"{tongue} reads “{_bare(text)}”."
    return f"In {place}, {seen}; {written}" if who else f"In {place}, {written}"


def _somebody(exhibit: Exhibit, telling: Telling) -> list[str]:
    names, unknown = _names(exhibit.people, telling), exhibit.unknown_faces
    if not unknown:
        return names
    if telling.language == "ko":
        return [*names, f"이름을 모르는 사람 {unknown}명"]
    return [*names, "somebody without a name" if unknown == 1 else f"{unknown} people without a name"]


def _names(people: Iterable[UUID], telling: Telling) -> list[str]:
    """Names as they are now: particles after them follow their sound."""
    return [telling.cast.named(telling.cast.label(person), telling.language) for person in people][:MOST_NAMES]


def _listed(words: Sequence[str], language: Language) -> str:
    if len(words) <= 1:
        return "".join(words)
    *most, before, last = words
    if language == "ko":
        return ", ".join([*most, with_particle(before, "과", "와")]) + f" {last}"
    return f"{', '.join([*most, before])} and {last}"


def _times(shown: Sequence[Exhibit], language: Language) -> str:
    spans = _joined([one.span for one in shown])
    said = [f"{clock(span.start_ms)}–{clock(span.end_ms)}" for span in spans[:MOST_TIMES]]
    rest = len(spans) - len(said)
    if rest <= 0:
        return ", ".join(said)
    return f"{', '.join(said)} {f'외 {rest}곳' if language == 'ko' else f'and {rest} more'}"


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start_ms):
        if joined and span.start_ms <= joined[-1].end_ms:
            joined[-1] = Span(start_ms=joined[-1].start_ms, end_ms=max(joined[-1].end_ms, span.end_ms))
        else:
            joined.append(span)
    return joined


def _quoted(title: str, telling: Telling) -> str:
    plain = " ".join(title.split()) or ("제목 없음" if telling.language == "ko" else "untitled")
    return f"‘{plain}’" if telling.language == "ko" else f"“{plain}”"


def _bare(text: str) -> str:
    return text.strip().rstrip(".。")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cited(text: str, shown: Sequence[Exhibit]) -> CitedSentence:
    return CitedSentence(text=text, citations=[one.segment_id for one in shown[:MOST_CITED]])
