"""What is said again: words, phrases and clauses of a loop, sentences that tell nothing new. Pure."""
# ruff: noqa: E501 - patterns are easier to read whole

import re

from kernel.loops import without_loops

FEWEST_WORDS = 3
KOREAN_STEM = 2  # syllables
_JOIN = re.compile(r"(?<=[.!?])\s+|,\s+(?:and\s+)?|\s+and then\s+|\s+and\s+(?=(?:an?|the)\s+\w+\s+(?:is|are)\b)")
_TWICE = re.compile(r"\b(an?|the|of|in|on|with|and|to|is|are|at|for|her|his|their)(?: \1\b)+(?! ?')", re.IGNORECASE)
# The same noun twice; "really really happy" and "천천히 천천히" are meant.
_NOUN_TWICE = re.compile(r"\b([a-z]{5,})(?<!ly)(?<!very)(?<!never)(?<!again) \1\b", re.IGNORECASE)
_PHRASE_TWICE = re.compile(
    r"(?P<phrase>(?P<first>(?<!\S)[#\w][\w'-]*)(?:,? [#\w][\w'-]*){2,})(?P<joined>,? and|,)?(?:(?:,? and|,)? (?P=phrase)\b)+(?:(?:,| and)* (?P=first)$)?",
    re.IGNORECASE,
)
_TO_AND_FRO = re.compile(
    r"^(?:\W*(?:up|down|back|forth|left|right|round|in|out|over|step by|and|again))+\W*", re.IGNORECASE
)
_STUTTER = re.compile(r"\b(\w{2,6}?)\1{3,}\w*|[^\w\s]{5,}|(?:\s[^\w\s]){3,}")
_THRICE = re.compile(r"\b((?:an?|the) \w+)(?:,? and \1\b){2,}", re.IGNORECASE)
_KOREAN_TWICE = re.compile(r"([가-힣]+ [가-힣]+)(?: \1)+(?![가-힣])|([가-힣]+ [가-힣]{1,4}고)(?: \2)+(?= )")
# "the girls chant no no no": it is what they chant.
_SUNG = re.compile(
    r"\b(?:chant|sing|say|shout|scream|yell|call|count|cheer|laugh|go)(?:s|es|ing)? \"?(\w{1,8})(?:,? \1){1,3}\b(?! \1)",
    re.IGNORECASE,
)
EMPTY_WORDS = (
    "a an the she he they it her his their its is are was were in on at to of and with this that there 있다 있는"
)
_EMPTY = frozenset(EMPTY_WORDS.split())


def said_once(text: str) -> str:
    """The text with what is said again said once."""
    if _SUNG.search(text):
        return text
    if not any(letter.isalnum() for letter in text):
        return ""
    once = without_loops(" ".join(_STUTTER.sub("", text).split()) if _STUTTER.search(text) else text)
    once = _NOUN_TWICE.sub(r"\1", _TWICE.sub(r"\1", once))
    once = _KOREAN_TWICE.sub(lambda found: found[1] or found[2], _THRICE.sub(r"\1", once))
    return _clauses_once(_PHRASE_TWICE.sub(_phrase_once, once))


def _phrase_once(found: re.Match[str]) -> str:
    phrase = found["phrase"]
    more = found.end() < len(found.string.rstrip(" ."))
    meant = (
        more and found["joined"] in {" and", ", and"} and len(phrase.split()) <= FEWEST_WORDS and " and " not in phrase
    )
    return found[0] if meant or _TO_AND_FRO.fullmatch(phrase) else phrase


def _clauses_once(text: str) -> str:
    parts = _JOIN.split(text)
    kept: list[str] = []
    for part in parts:
        if kept and _says_again(kept[-1], part):
            continue
        if kept and _says_again(part, kept[-1]):
            kept.pop()
        kept.append(part)
    return text if len(kept) == len(parts) else ". ".join(part.rstrip(" .") for part in kept)


def _says_again(before: str, now: str) -> bool:
    """Whether a clause is the one before, or a sentence tells nothing that the one before did not."""
    was, plain = before.strip(" .!?").lower(), now.strip(" .!?").lower()
    if _TO_AND_FRO.fullmatch(was):
        return False
    if was == plain:
        return len(plain.split()) >= FEWEST_WORDS or before.endswith(".")
    if not before.endswith(".") or (now[:1] == "#" and plain[:2] != was[:2]):
        return False
    told, tells = _content(was), _content(plain)
    return bool(tells) and tells <= told


def _content(sentence: str) -> set[str]:
    return {_stem(word) for word in re.findall(r"[^\W_]+", sentence) if word not in _EMPTY}


def _stem(word: str) -> str:
    if "가" <= word[:1] <= "힣":
        return word[:KOREAN_STEM]
    stem = re.sub(r"(?<=\w{3})(?:ing|ed|es|s|e)$", "", word)
    return re.sub(r"(\w)\1$", r"\1", stem)
