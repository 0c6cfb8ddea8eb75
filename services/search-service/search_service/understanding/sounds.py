"""How a name sounds, whatever letters it is written in: 민지, Minji and Min-jee are one sound. Pure.

A sound is a string of Korean letters without the mute ㅇ and without the borders of syllables (윤아 and Yuna are both
"ㅠㄴㅏ"). What is written in Hangul has one sound. What is written in Latin letters has several, each with a cost: 0 as
Revised Romanisation and most people write it, under 0.5 for McCune-Reischauer and other habits (Jung for 정, Lee for
이), up to LIKELY for English names read aloud (Danielle, Michael). No library on the registry goes this way: those for
Korean turn Hangul into letters (docs/decisions/0100-names-by-sound.md).
"""

import functools
import heapq
import itertools
import unicodedata
from collections.abc import Callable, Iterator

from kernel.particles import FINALS, FIRST_SYLLABLE, LAST_SYLLABLE

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
LAST = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

LIKELY = 2.0  # a dearer reading is hardly meant
MOST = 250  # readings of one word
LONGEST = 24  # letters
APART = 0.1  # vowels written together and read one by one
EPENTHESIS = 0.15  # Chris is 크리스: ㅡ where Korean needs a vowel

Reading = tuple[str, float]


def syllable(character: str) -> tuple[str, str, str]:
    """Initial, vowel and final ("" for none) of a Hangul syllable."""
    index = ord(character) - FIRST_SYLLABLE
    initial, rest = divmod(index, len(VOWELS) * FINALS)
    vowel, final = divmod(rest, FINALS)
    return INITIALS[initial], VOWELS[vowel], LAST[final]


def is_hangul(text: str) -> bool:
    """Whether a text is made of Hangul syllables alone."""
    return bool(text) and all(FIRST_SYLLABLE <= ord(character) <= LAST_SYLLABLE for character in text)


def sound(hangul: str) -> str:
    """The one sound of Hangul syllables."""
    return "".join(map(_heard, hangul))


@functools.cache  # there are 11,172
def _heard(character: str) -> str:
    initial, vowel, final = syllable(character)
    return ("" if initial == "ㅇ" else initial) + vowel + final


def letters(latin: str) -> str:
    """Small ASCII letters of a name: Rosé is rose, Min-ji minji."""
    plain = unicodedata.normalize("NFKD", latin).casefold()
    return "".join(character for character in plain if "a" <= character <= "z")


@functools.lru_cache(maxsize=20_000)
def readings(latin: str) -> dict[str, float]:
    """Every likely sound of a word in `letters`, with its cost."""
    return dict(_search(latin, lambda _: True, LIKELY))


def readings_among(latin: str, begins: Callable[[str], bool], dearest: float) -> dict[str, float]:
    """Only those sounds of which `begins` knows every beginning and that cost no more than `dearest`."""
    return dict(_search(latin, begins, dearest))


def _search(latin: str, begins: Callable[[str], bool], dearest: float) -> Iterator[Reading]:
    """Cheapest first."""
    queue: list[tuple[float, str, int]] = [(0.0, "", 0)]
    found: set[str] = set()
    reached: set[tuple[str, int]] = set()
    while queue and len(found) < MOST and len(latin) <= LONGEST:
        cost, heard, at = heapq.heappop(queue)
        if (heard, at) in reached:
            continue
        reached.add((heard, at))
        if at == len(latin) and heard not in found:
            found.add(heard)
            yield heard, cost
        for length, more, dearer in _next(latin, at):
            last = at + length == len(latin)
            if cost + dearer <= dearest and begins(heard + more) and _can_be_said(heard, more, last=last):
                heapq.heappush(queue, (round(cost + dearer, 3), heard + more, at + length))


def _can_be_said(heard: str, more: str, *, last: bool) -> bool:
    """Korean begins with one consonant, has two between vowels, and ends in few."""
    said = heard + more
    if len(said) > 1 and not VOWEL.intersection(said[:2]):
        return False
    return not (len(said) > 2 and not VOWEL.intersection(said[-3:])) and not (last and said[-1:] in UNENDING)  # noqa: PLR2004


def _next(latin: str, at: int) -> Iterator[tuple[int, str, float]]:
    """What may come next. A digraph of consonants is one; vowels may also be read apart (Jieun, Leo)."""
    apart = 0.0
    for length in range(min(LONGEST_CHUNK, len(latin) - at), 0, -1):
        chunk, after = latin[at : at + length], latin[at + length : at + length + 1]
        heard = _heard_as(chunk, at == 0, after)
        for more, cost in heard:
            yield length, more, cost + apart
        if chunk in DIGRAPHS:
            return
        if chunk in CHUNKS:
            apart = APART


@functools.lru_cache(maxsize=20_000)
def _heard_as(chunk: str, first: bool, after: str) -> tuple[Reading, ...]:
    """What a chunk of letters may sound like at the beginning or not, before a letter or the end ("")."""
    found = dict(CHUNKS.get(chunk, ()))
    if first:
        found |= AT_BEGINNING.get(chunk, ())
    if not after:
        found |= AT_END.get(chunk, ())
    if chunk in CLOSING and not (after and after in "aeiouy"):
        found |= CLOSING[chunk]
        found |= {heard + "ㅡ": cost + EPENTHESIS for heard, cost in found.items() if heard and heard[-1] in STOPS}
    return tuple(found.items())


def _table(lines: str) -> dict[str, dict[str, float]]:
    """Lines of `letters: sound cost, …`; a sound without a cost is free, - is silence."""
    table: dict[str, dict[str, float]] = {}
    for line in lines.strip().splitlines():
        chunks, sounds = line.split(":")
        read = [(*sound.split(), "0")[:2] for sound in sounds.split(",")]
        for chunk in chunks.split():
            table[chunk] = {"" if heard == "-" else heard: float(cost) for heard, cost in read}
    return table


VOWEL = frozenset(VOWELS)
UNENDING = frozenset("ㄸㅃㅉㅋㅌㅍㅈㅊㅎㄲㅆ")
STOPS = frozenset("ㄱㄲㄷㄸㅂㅃㅅㅆㅈㅉㅊㅋㅌㅍ")
CHUNKS = _table("""
b bb: ㅂ, ㅃ 0.5
c: ㅋ 0.1, ㅅ 0.3, ㄱ 0.6
ch: ㅊ, ㅈ 0.3, ㅋ 0.8, ㅅ 0.9
cha: ㅊㅏ, ㅅㅑ 0.6
ck: ㅋ 0.1, ㄱ 0.1
d dd: ㄷ
dg: ㅈ 0.2
f ff: ㅍ, ㅎ 0.6
g: ㄱ, ㅋ 0.5, ㅈ 0.6
gg: ㄱ 0.1, ㄲ 0.1
gh: - 0.3, ㄱ 0.4
h: ㅎ, - 0.7
j jj: ㅈ, ㅊ 0.6, ㅉ 0.4
k: ㅋ, ㄱ 0.1, ㄲ 0.4
kk: ㄲ, ㅋ 0.1, ㄱ 0.2
l: ㄹ, ㄹㄹ 0.2
ll: ㄹㄹ, ㄹ 0.1
m: ㅁ
mm: ㅁ, ㅁㅁ
n: ㄴ
nn: ㄴ, ㄴㄴ
ng: ㅇ, ㄴㄱ 0.2, ㅇㄱ 0.3, ㄴㅈ 0.6
nk: ㅇㅋ 0.1, ㄴㅋ 0.3, ㄴㄱ 0.3
p: ㅍ, ㅂ 0.1, ㅃ 0.4
pp: ㅃ, ㅍ 0.1, ㅂ 0.1
ph: ㅍ, ㅂㅎ 0.2
q: ㅋ
qu: ㅋㅜ 0.1, ㅋ 0.4
r: ㄹ, ㄹㄹ 0.6
rr: ㄹ 0.1, ㄹㄹ 0.3
rh: ㄹ
s: ㅅ, ㅆ 0.3, ㅈ 0.6
ss: ㅆ, ㅅ, ㅅㅅ 0.1
sh: ㅅ
sha: ㅅㅑ 0.1
sho: ㅅㅛ 0.2
shu shoo: ㅅㅠ 0.1
she: ㅅㅖ 0.3, ㅅㅕ 0.5
sch: ㅅㅠ 0.5, ㅅㅡㅋ 0.5
t: ㅌ, ㄷ 0.1, ㄸ 0.4
tt: ㄸ, ㅌ 0.1, ㅅㅌ 0.4
th: ㅅ 0.2, ㅌ 0.1, ㄷ 0.3, ㅅㅎ 0.2
tch: ㅊ
ts tz: ㅊ 0.2, ㅉ 0.2, ㅈ 0.3
v: ㅂ
x: ㄱㅅ, ㅈ 0.6
z zz: ㅈ, ㅅ 0.8
a: ㅏ, ㅐ 0.6, ㅓ 0.7, ㅔ 0.8, ㅔㅣ 0.9
ae: ㅐ, ㅏㅔ 0.3, ㅔ 0.4, ㅔㅣ 0.6
ai: ㅏㅣ, ㅐ 0.3, ㅔㅣ 0.5
ay: ㅔㅣ 0.3, ㅏㅣ 0.4, ㅐ 0.4
au: ㅏㅜ, ㅗ 0.5
aw: ㅗ 0.4
aa ah: ㅏ
e: ㅔ, ㅐ 0.3, ㅓ 0.5, - 0.6, ㅡ 0.5, ㅣ 0.6
ea: ㅔㅏ 0.2, ㅣ 0.3, ㅔ 0.5
ee: ㅣ
eh: ㅔ
ei: ㅔㅣ, ㅏㅣ 0.4, ㅣ 0.5
eo: ㅓ, ㅔㅗ 0.3, ㅣㅗ 0.4, ㅗ 0.6
eu: ㅡ, ㅔㅜ 0.3, ㅠ 0.3
eui: ㅢ
ew: ㅠ 0.2, ㅜ 0.3
ey: ㅣ 0.3, ㅔㅣ 0.2
i: ㅣ, ㅏㅣ 0.8
ie: ㅣㅔ 0.1, ㅣ 0.2, ㅏㅣ 0.6
o: ㅗ, ㅓ 0.5, ㅏ 0.7, ㅜ 0.9
oe: ㅚ, ㅗㅔ 0.3, ㅗㅣ 0.5
oh: ㅗ
oi oy: ㅗㅣ 0.2, ㅚ 0.2
oo: ㅜ, ㅗ 0.6
ou: ㅜ 0.2, ㅗㅜ 0.2, ㅓ 0.4
ow: ㅏㅜ 0.4, ㅗㅜ 0.4, ㅗ 0.4
u: ㅜ, ㅓ 0.4, ㅡ 0.5, ㅠ 0.6
ue: ㅜㅔ 0.3, ㅜ 0.4, ㅠ 0.4
ua: ㅜㅏ, ㅘ 0.2
uh: ㅓ 0.1, ㅜ 0.2
ui: ㅢ, ㅜㅣ 0.1, ㅟ 0.3
ya: ㅑ
yae: ㅒ, ㅖ 0.2
ye: ㅖ, ㅕ 0.4
yeo you: ㅕ, ㅖㅗ 0.6
yo: ㅛ, ㅕ 0.5
yu yoo: ㅠ, ㅕ 0.3
yi yee: ㅣ 0.1, ㅢ 0.4
y: ㅣ, ㅏㅣ 0.7
wa: ㅘ, ㅝ 0.5, ㅗㅏ 0.3
wae: ㅙ, ㅞ 0.3
we: ㅞ, ㅔ 0.9
wi wee: ㅟ, ㅜㅣ 0.3, ㅘㅣ 0.8
wo weo: ㅝ, ㅜㅗ 0.5
woe: ㅞ, ㅙ 0.2
woo wu: ㅜ
w: ㅜ 0.4, - 0.9
""")
AT_BEGINNING = _table("""
lee rhee ree yi yee: ㅣ 0.1
li: ㅣ 0.4
ryu rhyu lyu: ㅠ 0.1
ryeo lyeo: ㅕ 0.2
geor: ㅈㅗ 0.8
joh: ㅈㅗ 0.1, ㅈㅑ 0.5
kn: ㄴ 0.3
nguyen: ㅡㅇㅜㅖㄴ 0.1
r: ㄴ 0.6
wr: ㄹ 0.2
ts: ㅊ, ㅉ 0.1
rh: ㄹ, - 0.6
""")
AT_END = _table("""
e: - 0.1, ㅔ, ㅣ 0.5, ㅡ 0.3
er or ur: ㅓ 0.2
ar: ㅏ 0.2
el le al: ㅡㄹ 0.2, ㅔㄹ 0.1, ㅓㄹ 0.4
ael: ㅡㄹ 0.2, ㅏㅔㄹ
ce: ㅅㅡ 0.2
ge dge: ㅈㅣ 0.2
tte: ㅅ 0.2, ㅌㅡ 0.2
gue que: ㅡ 0.3
es: ㅅㅡ 0.3, ㅈㅡ 0.3, ㅔㅅ 0.2
y: ㅣ, ㅏㅣ 0.7
""")
# Before a consonant or at the end.
CLOSING = _table("""
b bb: -  9
c ck k kk q: ㄱ 0.1, ㅋ 0.1
ch tch: ㅊㅣ 0.2
d dd: - 9
f ff: - 9
g gg: - 9
h: - 0.1
j: ㅈㅣ 0.3
l ll: ㄹ
m mm: ㅁ
n nn: ㄴ
nk: ㅇㅋㅡ 0.1
p pp: ㅂ 0.1
ph: - 9
r rr: - 0.2
s ss: - 9
sh: ㅅㅣ 0.1, ㅅㅟ 0.2, ㅅㅠ 0.3
t tt: ㅅ 0.3
th: - 9
ts tz: - 9
v: - 9
x: - 9
z zz: - 9
""")
DIGRAPHS = frozenset(chunk for chunk in (*CHUNKS, *CLOSING) if len(chunk) > 1 and not set(chunk) & set("aeiouwy"))
LONGEST_CHUNK = max(map(len, (*CHUNKS, *AT_BEGINNING, *AT_END)))


# What capitals are called: NJZ is 엔제이지.
CALLED = dict(
    zip(
        "abcdefghijklmnopqrstuvwxy",
        "에이 비 시 디 이 에프 지 에이치 아이 제이 케이 엘 엠 "  # noqa: SIM905
        "엔 오 피 큐 아르 에스 티 유 브이 더블유 엑스 와이".split(),
        strict=True,
    )
)
ALSO_CALLED = {"r": ("알",), "z": ("지", "제트", "젯", "즈"), "c": ("씨",)}
MOST_CAPITALS = 5


def spelt_out(word: str) -> set[str]:
    """The sounds of capitals read one by one; none for a word that is no such abbreviation."""
    if not (word.isascii() and word.isalpha() and word.isupper() and len(word) <= MOST_CAPITALS):
        return set()
    names = [[*filter(None, (CALLED.get(letter),)), *ALSO_CALLED.get(letter, ())] for letter in word.lower()]
    return {sound("".join(called)) for called in itertools.product(*names)}


def first_consonants(heard: str) -> str:
    """Initial consonants of a sound as its likeliest syllables begin: ㅁㅣㄴㅈㅣ is ㅁㅈ, ㄷㅏㄴㅣㅔㄹ is ㄷㄴㅇ."""
    found = []
    for at, letter in enumerate(heard):
        if letter in VOWEL:
            before = heard[at - 1] if at else ""
            found.append("ㅇ" if not before or before in VOWEL or before == "ㅇ" else before)
    return "".join(found)


# Letters on keys side by side, or on one key with and without shift, or alike to the ear: the likely slips.
ROWS = ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ")
CONFUSABLE = tuple(
    map(
        frozenset,
        ("ㅂㅃ", "ㅈㅉ", "ㄷㄸ", "ㄱㄲ", "ㅅㅆ", "ㅐㅒ", "ㅔㅖ", "ㅐㅔ", "ㅣㅟ", "ㅗㅛ", "ㅜㅠ", "ㅓㅕ", "ㅏㅑ"),
    )
)


def slip(asked: str, meant: str) -> tuple[int, int]:
    """How unlikely it is to have written one sound for another that is one letter away; smaller is likelier."""
    if len(asked) != len(meant):
        return (1, abs(len(asked) - len(meant)))
    differing = [frozenset(pair) for pair in zip(asked, meant, strict=True) if pair[0] != pair[1]]
    if len(differing) != 1:
        return (len(differing), 0)
    return (1, 0) if differing[0] in CONFUSABLE or _side_by_side(differing[0]) else (1, 1)


def _side_by_side(pair: frozenset[str]) -> bool:
    return any(pair == frozenset(two) for row in ROWS for two in itertools.pairwise(row))
