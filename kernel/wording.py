"""A name in a sentence is replaced by another, and what hangs on it follows. Pure.

Only whole names count: 민지 is not in 김민지, nor Ann in Anna. In Korean the particle after the name follows the
new name's last sound (민지가, 서연이); in English a name that begins a sentence is capitalised.
"""

import re
import unicodedata
from collections.abc import Callable, Collection

from kernel.contracts.errors import Language
from kernel.particles import FIRST_SYLLABLE, LAST_SYLLABLE, particle

# What somebody is called whose name is no longer said.
SOMEBODY: dict[Language, str] = {"ko": "한 사람", "en": "a person"}

# After a consonant, after a vowel. Each may carry one more that does not change: 와는, 으로부터.
PAIRS = (
    ("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"), ("아", "야"), ("이나", "나"),
    ("이라", "라"), ("이랑", "랑"), ("이든", "든"), ("이며", "며"), ("이고", "고"), ("이다", "다"), ("이란", "란"),
    ("이라는", "라는"), ("이라고", "라고"), ("이라면", "라면"), ("이여", "여"),
)  # fmt: skip
_MORE = "(?:는|도|만|의|부터|서|써)?"
_INVARIABLE = (
    "(?:의|도|만|에게서|에게|한테서|한테|께서|께|까지|부터|처럼|보다|마다|조차|밖에|에서|에|들|씨|님|양|군)"
    "(?:은|는|이|가|을|를|과|와|도|만|의|에게|으로|로)?"
)
# 서연이가, as one speaks of somebody close: 이 belongs to the name's sound, and only after a consonant.
_CLOSE = "이(?:가|는|를|와|도|의|만|한테|에게)"
_BRACKET = r"(?:\([^()]*\))?"
_SENTENCE_START = re.compile(r"(?:^|[.!?…]\s+|\n\s*)[\"'“‘(]*$")


def renamed(text: str, language: Language, old: str, new: str, *, others: Collection[str] = ()) -> str:
    """`text` with the name `old` said as `new`; without that name it comes back as it was.

    `others` are names of other people that may hold `old` in them ("Kim Minji" holds "Minji"): they stay.
    """
    composed, was, becomes = unicodedata.normalize("NFC", text), _one_line(old), _one_line(new)
    if not was or was == becomes:
        return text
    replace = _in_korean if language == "ko" else _in_english
    said = replace(composed, was, becomes, _holding(was, others))
    return text if said == composed else said


def unnamed(text: str, language: Language, name: str, *, others: Collection[str] = ()) -> str:
    """`text` without the name: a face that is no longer theirs is "한 사람", "a person"."""
    return renamed(text, language, name, SOMEBODY[language], others=others)


def says(text: str, language: Language, name: str, *, others: Collection[str] = ()) -> bool:
    """Whether `text` says the name."""
    return unnamed(text, language, name, others=others) != text


def _one_line(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _holding(name: str, others: Collection[str]) -> list[str]:
    """Longer names that hold the name, longest first."""
    holding = {other for other in map(_one_line, others) if name in other and other != name}
    return sorted(holding, key=len, reverse=True)


def _substitute(text: str, pattern: str, others: list[str], word: Callable[[re.Match[str]], str]) -> str:
    """What `word` makes of each match, outside of the other names."""
    kept = "|".join(map(re.escape, others))
    whole = re.compile(f"(?P<kept>{kept})|{pattern}" if kept else pattern)
    return whole.sub(lambda found: found.group() if kept and found["kept"] else word(found), text)


# ---- English


def _in_english(text: str, old: str, new: str, others: list[str]) -> str:
    begins = {old, _capitalised(old)}
    names = "|".join(re.escape(name) for name in sorted(begins))
    pattern = rf"(?<![\w])(?<![\w][-'’])(?P<name>{names})(?![\w]|[-][\w])"

    def word(found: re.Match[str]) -> str:
        start = bool(_SENTENCE_START.search(text[: found.start()]))
        written = found["name"]
        if written != old and not start:
            return written
        upper = start and (written != old or written == _capitalised(old))
        return _capitalised(new) if upper else new

    return _substitute(text, pattern, others, word)


def _capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]


# ---- Korean


def _in_korean(text: str, old: str, new: str, others: list[str]) -> str:
    after = "|".join([*_forms(old), _INVARIABLE])
    close = f"|(?P<close>{_CLOSE})" if _consonant(old) else ""
    pattern = rf"(?<!\w)(?P<name>{re.escape(old)})(?P<bracket>{_BRACKET})(?P<after>{after}{close}|)(?!\w)"

    def word(found: re.Match[str]) -> str:
        return f"{new}{found['bracket']}{_following(new, old, found['after'])}"

    return _substitute(text, pattern, others, word)


def _forms(name: str) -> list[str]:
    """Particles as they stand after the name. How a name in Latin letters sounds is a guess: then either form."""
    chosen = {particle(name, *pair) for pair in PAIRS}
    every = {form for pair in PAIRS for form in pair}
    forms = chosen if FIRST_SYLLABLE <= ord(name[-1]) <= LAST_SYLLABLE else every
    return [f"{form}{_MORE}" for form in sorted(forms, key=len, reverse=True)]


def _consonant(name: str) -> bool:
    return particle(name, "이", "가") == "이"


def _following(new: str, old: str, after: str) -> str:
    """What stood after the old name, as it stands after the new one."""
    if _consonant(old) and re.fullmatch(_CLOSE, after):
        return after if _consonant(new) else after[1:]
    for pair in _longest_first(old):
        for form in pair:
            if after.startswith(form) and re.fullmatch(_MORE, after[len(form) :]) and _fits(form, pair, old):
                return particle(new, *pair) + after[len(form) :]
    return after


def _longest_first(old: str) -> list[tuple[str, str]]:
    return sorted(PAIRS, key=lambda pair: -len(particle(old, *pair)))


def _fits(form: str, pair: tuple[str, str], name: str) -> bool:
    return form == particle(name, *pair) or not FIRST_SYLLABLE <= ord(name[-1]) <= LAST_SYLLABLE
