"""The ways one name is said: in full, turned round, by the given name alone. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from kernel.spelling import key, normal
from search_service.understanding.sounds import is_hangul, letters

SURNAMES = frozenset(
    "ahn an bae baek bak byun cha chae cho choe choi chu chun chung do eom eun gang go gong goo gu ha ham han heo "  # noqa: SIM905
    "hong huh hur hwang hyun im jang jeon jeong ji jin jo jong joo ju jun jung kang kim ko kong koo ku kwak kwon lee "
    "leem lim ma min moon mun na nam no noh oh ok paik park pyo ra ri roh ryu seo seok seol seong shim shin sim sin so "
    "sohn son song suh sun sung u um won woo wu yang yeo yi yoo yoon you yu yun".split()
)
HANGUL_SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구나민류진지엄채원천방공현함변염여추도소석선"
    "설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)
TWO_SYLLABLE_SURNAMES = frozenset({"남궁", "황보", "선우", "제갈", "독고", "사공", "서문", "동방"})
FULL_NAME = 3  # syllables: a surname and a given name of two


@dataclass(frozen=True)
class Spelling:
    """One way to say a name: its words, and whether the gallery has it so or it is only implied."""

    words: tuple[str, ...]
    implied: bool = False

    @property
    def key(self) -> str:
        return joined("".join(self.words))


def joined(written: str) -> str:
    """The key of a name without the hyphens and points that come and go: Min-ji and minji."""
    return "".join(character for character in key(written) if character not in "-‐‑·.'’")


def spellings(written: str, *, person: bool) -> Iterator[Spelling]:
    """A name as it stands in the gallery, and the shorter ones that it implies for a person."""
    words = tuple(normal(written).replace("-", "").split())
    if not words:
        return
    yield Spelling(words)
    if person and len(words) == 1:
        yield from (Spelling((given,), implied=True) for given in _given(words[0]))
    elif person:
        yield Spelling((*words[1:], words[0]), implied=True)
        yield from (Spelling(some, implied=True) for some in _parts(words))


def _given(word: str) -> Iterator[str]:
    """민지 of 김민지."""
    if is_hangul(word) and len(word) == FULL_NAME and word[0] in HANGUL_SURNAMES:
        yield word[1:]
    if is_hangul(word) and len(word) == FULL_NAME + 1 and word[:2] in TWO_SYLLABLE_SURNAMES:
        yield word[2:]


def _parts(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Kim Minji is called Minji. Of Danielle Marsh and Pham Hanni either word may be what she is called."""
    if is_surname(words[0]):
        yield words[1:]
    elif is_surname(words[-1]):
        yield words[:-1]
    else:
        yield from ((word,) for word in words if len(word) > 1)


def is_surname(word: str) -> bool:
    return letters(word) in SURNAMES or word in HANGUL_SURNAMES or word in TWO_SYLLABLE_SURNAMES
