"""Stems whose last ㄹ is dropped before 는 (여는, 우는, 파는): which verb it is, and the tooth that reads like "this".

The tokenizer takes such a stem for a pronoun, a noun or another verb. What stands before it tells: an object, a place.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

# Read as a noun, pronoun or adverb though a clause leads up to it; or as a verb that there is not.
NO_NOUN = {"여": "열", "우": "울", "노": "놀", "빠": "빨", "거": "걸", "다": "달", "써": "썰", "미": "밀"}
# The other verb of the same sound: what it is done to. None: to anything.
BY_OBJECT = {
    "나": ("날", ""),
    "끄": ("끌", "가방 수레 손수레 유모차 썰매 캐리어 카트 의자 짐 자전거 리어카 보트 말 소 줄 치마"),
    "쓰": ("쓸", "마당 바닥 낙엽 거리 눈 길 먼지 복도 빗자루"),
    "가": ("갈", "칼 무 콩 커피 원두 밭 논 전구 마늘 고기"),
}
# The same, but for what the shorter verb is done to.
BUT_OBJECT = {
    "파": ("팔", "땅 구덩이 구멍 흙 우물 굴 도랑 웅덩이 모래 무덤 귀 코 나무"),
    "푸": ("풀", "밥 국 물 흙 모래 쌀 죽 탕 아이스크림"),
}
LEADING_UP = ("J", "MAG")
BARE = ("NN", "NP", "XSN", "IC", "SL")
NEVER_A_NOUN = frozenset({"우", "여", "노", "빠", "미"})  # with 는 behind them
# 운 before these is who or what cried, and no luck.
CRIED_BEFORE = frozenset(
    {"장면", "거", "것", "컷", "씬", "모습", "순간", "사람", "여자", "남자", "아이", "아기", "부분", "영상", "적", "날"}
)
NOUN = ("NNG", "NNP", "NNB", "NP", "XPN")
DONE_WITH_TEETH = frozenset({"닦다", "드러내다", "뽑다", "갈다", "쑤시다", "아프다", "빠지다", "썩다", "치료하다"})
LEMMAS = {"날으다": "날다", "도다": "돌다", "모다": "몰다"}  # verbs that there are not


class Morpheme(NamedTuple):
    """What is used of a tokenizer's token."""

    form: str
    tag: str
    start: int
    len: int
    lemma: str
    oov: bool = False


def mended(tokens: Sequence[Any]) -> list[Any]:
    """The tokens, those that are misread put right."""
    return [_mended(tokens, at) for at in range(len(tokens))]


def _mended(tokens: Sequence[Any], at: int) -> Any:
    token = tokens[at]
    if token.lemma in LEMMAS:
        lemma = LEMMAS[token.lemma]
        return Morpheme(lemma[:-1], token.tag, token.start, token.len, lemma)
    if token.form == "운" and token.tag == "NNG" and _cried(tokens, at):
        return Morpheme("운", "VV", token.start, token.len, "울다")
    if (token.form, token.tag) == ("아이", "IC") or (token.form == "이" and _is_tooth(tokens, at)):
        return Morpheme(token.form, "NNG", token.start, token.len, token.form)  # in scenes a child, no sigh
    if token.tag == "VX" and at and tokens[at - 1].tag.startswith("J"):  # an auxiliary follows an ending
        return Morpheme(token.form, "VV", token.start, token.len, token.lemma)
    if token.tag in {"JX", "ETM"} and token.form == "는" and at and _stem(tokens, at - 1):
        return Morpheme("는", "ETM", token.start, token.len, "는")
    stem = _stem(tokens, at) if at + 1 < len(tokens) and tokens[at + 1].form == "는" else None
    return Morpheme(stem, "VV", token.start, token.len, f"{stem}다") if stem else token


def _stem(tokens: Sequence[Any], at: int) -> str | None:
    """The whole stem of a token that 는 is glued to, when it is misread."""
    token, ending = tokens[at], tokens[at + 1]
    if ending.start != token.start + token.len:
        return None
    if token.tag.startswith("VV"):
        return NO_NOUN.get(token.form) if token.form == "써" else _other_verb(tokens, at)
    if token.form in NO_NOUN and (token.tag in {*NOUN, "MAG"}) and _in_a_clause(tokens, at):
        return NO_NOUN[token.form]
    return None


def _in_a_clause(tokens: Sequence[Any], at: int) -> bool:
    """After an object, a subject, a place, with a particle or not (민지 우는 거); or at the beginning (우는 아기)."""
    if at:
        before = tokens[at - 1]
        bare = before.tag.startswith(BARE) and tokens[at].form in NEVER_A_NOUN
        return bool(before.tag.startswith(LEADING_UP) or bare)
    return tokens[at].form == "우" and at + 2 < len(tokens) and tokens[at + 2].tag in NOUN


def _other_verb(tokens: Sequence[Any], at: int) -> str | None:
    form, things = tokens[at].form, set(_objects(tokens, at))
    if form in BY_OBJECT:
        stem, known = BY_OBJECT[form]
        bare = {tokens[at - 1].form} if at and known and tokens[at - 1].tag.startswith("NN") else set()
        things |= bare  # 캐리어 끄는
        return stem if things and (not known or things.intersection(known.split())) else None
    if form in BUT_OBJECT:
        stem, others = BUT_OBJECT[form]
        return stem if things and not things.intersection(others.split()) else None
    in_a_place = at and tokens[at - 1].tag == "JKB" and tokens[at - 1].form in {"에", "에서"}
    return "살" if form == "사" and in_a_place and not things else None


def _objects(tokens: Sequence[Any], at: int) -> Iterator[str]:
    """Nouns with 을 or 를 before a verb, back to the verb before it."""
    for before in range(at - 1, 0, -1):
        if tokens[before].tag.startswith(("V", "E")):
            return
        if tokens[before].tag == "JKO":
            yield tokens[before - 1].form


def _cried(tokens: Sequence[Any], at: int) -> bool:
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or after.start == tokens[at].start + tokens[at].len:
        return False
    return bool(after.form in CRIED_BEFORE or after.tag == "NNP")


def _is_tooth(tokens: Sequence[Any], at: int) -> bool:
    """이를 닦는, 이가 아픈: what is done with teeth follows, and a particle stands between."""
    after = tokens[at + 1 : at + 4] if tokens[at].tag == "NP" else ()
    return len(after) > 1 and after[0].tag in {"JKO", "JKS"} and any(one.lemma in DONE_WITH_TEETH for one in after[1:])
