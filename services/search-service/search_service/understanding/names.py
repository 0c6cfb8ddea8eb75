"""Whom a question names: in Hangul or Latin letters, by sound, by initial consonants, misspelt, mistyped. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from kernel.language import HANGUL, LIGHT, STOP_WORDS, Mention, latin_lexeme, morphemes, settled
from search_service.understanding import keyboard, sounds
from search_service.understanding.gallery import Called, Gallery
from search_service.understanding.spellings import joined

MOST_NAMES = 8  # different ones; what a question costs stays bounded
LATIN_WORDS = 3  # Kim Min Ji
SHORTEST_SOUND = 3  # letters: below that everything sounds like somebody
INITIALS = re.compile(r"(?<![\w가-힣])([ㄱ-ㅎ]{2,6})(?=[^ㄱ-ㅣ]|$)")
LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]*")
TYPED = re.compile(r"[A-Za-z]{4,}|[가-힣ㄱ-ㅣ]*[ㄱ-ㅣ][가-힣ㄱ-ㅣ]*")
POSSESSIVE = re.compile(r"['’]s\b")
SHORT = 2  # syllables
DEAR = 0.6
DEARER = 0.35  # what each more syllable may cost: 다니엘 마쉬, but not 다니엘이
VERBS = ("VV", "VA", "VX", "XSV", "XSA", "VCP", "VCN")
NOUNS = ("NNG", "NNB", "NR", "NP", "MAG", "MM", "IC")
# What may follow a misspelt name in its word.
PARTICLES = re.compile(
    "(?:이|가|은|는|을|를|와|과|랑|하고|의|도|만|씨|님|양|군|에게|한테|께서|께|아|야|네|들|부터|까지|에서|에|처럼|보다|나|마저|조차|밖에)*"
)
HONORIFICS = re.compile(
    r"\s(?:씨|님|양|군|언니|오빠|누나|형|선배)(?:님)?(?:이|가|은|는|을|를|와|과|랑|의|도|만)?(?=\s|$)"
)


@dataclass(frozen=True)
class Named:
    """Somebody named: `[start, end)` is the name, up to `stop` the particles glued to it."""

    start: int
    end: int
    stop: int
    called: Called
    # To be taken for the name only where no document with one of these lexemes has what is written.
    unless: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        return self.called.how != "near" and not self.unless


@dataclass(frozen=True)
class Names:
    """Whom a text names for certain, whom perhaps, and the morphemes it was read by."""

    certain: tuple[Named, ...]
    doubtful: tuple[Named, ...]
    morphemes: tuple[Any, ...]


def as_meant(text: str, gallery: Gallery) -> str:
    """The text with what was typed on the other keyboard put right, where that makes a name of the gallery."""
    meant = {found.span(): said for found in TYPED.finditer(text) if (said := _on_the_other(found.group(), gallery))}
    if not meant:
        return text
    # One name typed so: the whole question was.
    every = meant | {
        found.span(): said
        for found in re.finditer(r"[A-Za-z]{2,}", text)
        if any(HANGUL.match(name) for name in meant.values()) and (said := keyboard.as_korean(found.group()))
    }
    for (start, stop), said in sorted(every.items(), reverse=True):
        text = text[:start] + said + text[stop:]
    return text


def _on_the_other(word: str, gallery: Gallery) -> str | None:
    if sounds.letters(word):
        if gallery.spelt(joined(word)) or not (said := keyboard.as_korean(word)):
            return None
        return said if any(_korean(said[:length], gallery) for length in range(2, len(said) + 1)) else None
    said = keyboard.as_latin(word)
    return said if said and (gallery.spelt(joined(said)) or gallery.sounding_latin(said)) else None


def _korean(written: str, gallery: Gallery) -> Called | None:
    return gallery.spelt(joined(written)) or gallery.sounding(written)


def names(text: str, gallery: Gallery) -> Names:
    """Everybody named in a text."""
    candidates = _first(_candidates(text, gallery))
    if not HANGUL.search(text):
        read = [_judged_latin(named, text) for named in candidates]
        return _names(read, _latin_slips(text, read, gallery), ())
    plain = morphemes(text)
    kept, tokens = _settled(text, [named for named in candidates if not _is_verb(named, plain, text)], plain)
    read = [_judged(named, plain, text) for named in kept]
    slips = [*_slips(text, read, tokens, gallery), *_latin_slips(text, read, gallery)]
    return _names(read, slips, tokens)


def _names(read: Sequence[Named], slips: Iterable[Named], tokens: Sequence[Any]) -> Names:
    doubtful = (*(named for named in read if named.unless), *slips)
    return Names(tuple(named for named in read if not named.unless), doubtful, tuple(tokens))


def _first(found: Iterator[Named]) -> list[Named]:
    """Those of the first MOST_NAMES different names."""
    kept: list[Named] = []
    for named in found:
        if len({one.called for one in (*kept, named)}) <= MOST_NAMES:
            kept.append(named)
    return kept


def _settled(text: str, candidates: Sequence[Named], plain: Sequence[Any]) -> tuple[list[Named], Sequence[Any]]:
    """Those after which only particles follow, as the tokenizer cuts the text."""
    by_start = {named.start: named for named in candidates}
    mentions = [
        Mention(named.start, named.end, named.stop, joined(text[named.start : named.end])) for named in candidates
    ]
    kept, tokens = settled(text, mentions, plain)
    found = [replace(by_start[mention.start], stop=max(mention.stop, by_start[mention.start].stop)) for mention in kept]
    return [_with_honorific(named, text) for named in found], tokens


def _with_honorific(named: Named, text: str) -> Named:
    found = HONORIFICS.match(text, named.stop)
    return replace(named, stop=found.end()) if found else named


def _candidates(text: str, gallery: Gallery) -> Iterator[Named]:
    free = 0
    folded = [joined(unicodedata.normalize("NFKC", character)) for character in text]
    for at in range(len(text)):
        if at < free or not text[at].isalnum() or not (at in (0, free) or not text[at - 1].isalnum()):
            continue
        found = _at(text, folded, at, gallery)
        if found is not None:
            free = found.end
            yield found


def _at(text: str, folded: Sequence[str], at: int, gallery: Gallery) -> Named | None:
    """The longest name that begins there; written as in the gallery before what only sounds like it."""
    spelt = _spelt_at(text, folded, at, gallery)
    if initials := INITIALS.match(text, at):
        called = gallery.beginning(initials.group(1))
        return Named(at, initials.end(), initials.end(), called) if called else spelt
    sounding = _latin_at(text, at, gallery) if LATIN.match(text, at) else _hangul_at(text, at, gallery)
    if spelt and (sounding is None or sounding.end <= spelt.end):
        return spelt
    return sounding


def _spelt_at(text: str, folded: Sequence[str], at: int, gallery: Gallery) -> Named | None:
    best, written = None, ""
    for end in range(at + 1, len(text) + 1):
        written += folded[end - 1]
        if not gallery.begins(written):
            break
        if not folded[end - 1] or _cuts_latin(text, end):
            continue
        called = gallery.spelt(written)
        if called and not _small_word(text[at:end], called, gallery):
            possessive = POSSESSIVE.match(text, end)
            best = Named(at, end, possessive.end() if possessive else end, called)
    return best


def _small_word(written: str, called: Called, gallery: Gallery) -> bool:
    """An English word like "an" or "on" is a name only where it is written as one."""
    if written.casefold() not in STOP_WORDS:
        return False
    names = [gallery.by_id[identifier] for identifier in called.ids]
    return not any(written in (name.name_ko, name.name_en, *name.aliases) for name in names)


def _cuts_latin(text: str, end: int) -> bool:
    """Whether the cut would fall inside a run of Latin letters or digits."""
    return end < len(text) and _latin(text[end - 1]) and _latin(text[end])


def _latin(character: str) -> bool:
    return character.isalnum() and not HANGUL.match(character)


def _hangul_at(text: str, at: int, gallery: Gallery) -> Named | None:
    """The longest run of syllables, spaces between them allowed, that sounds like somebody."""
    best, written = None, ""
    for end in range(at + 1, len(text) + 1):
        character = text[end - 1]
        if character == " " and len(written) > 0:
            continue
        if not sounds.is_hangul(character):
            break
        written += character
        if not gallery.may_sound(written):
            break
        called = gallery.sounding(written) if len(written) > 1 else None
        if called and (best is None or called.cost <= best.called.cost + DEARER * (end - best.end)):
            best = Named(at, end, end, called)
    return best


def _latin_at(text: str, at: int, gallery: Gallery) -> Named | None:
    """Up to three Latin words that sound like somebody."""
    words: list[re.Match[str]] = []
    place = at
    while len(words) < LATIN_WORDS and (found := LATIN.match(text, place)):
        words.append(found)
        place = found.end() + 1
    for count in range(len(words), 0, -1):
        whole = POSSESSIVE.sub("", text[at : words[count - 1].end()])
        if count == 1 and (whole.casefold() in STOP_WORDS or len(sounds.letters(whole)) < SHORTEST_SOUND):
            continue
        called = gallery.sounding_latin(whole)
        if called:
            return Named(at, at + len(whole), words[count - 1].end(), called)
    return None


def _is_verb(named: Named, plain: Sequence[Any], text: str) -> bool:
    """What is cut as a verb is no name: 마시 in 마시는, 하니 in 하니까. 하니 alone may be one, "since" or not."""
    if named.called.how not in {"spelt", "sounds"} or not HANGUL.match(text[named.start]) or _is_plainly(named, text):
        return False
    tokens = _tokens_of(named, plain)
    if not any(token.tag.startswith(VERBS) for token in tokens):
        return False
    if named.called.how == "spelt":
        return bool(tokens[-1].start + tokens[-1].len > named.end and tokens[-1].tag.startswith("E"))
    alone = not text[named.end : named.end + 1].isalnum()
    light = all(token.tag.startswith("E") or token.lemma in LIGHT for token in tokens if token.tag[0] in "VEX")
    return not (alone and light and named.called.cost < DEAR)


def _is_plainly(named: Named, text: str) -> bool:
    """So long and near a sound is no coincidence."""
    written = "".join(text[named.start : named.end].split())
    return HANGUL.match(written) is not None and len(written) > SHORT and named.called.cost < DEAR


def _tokens_of(named: Named, tokens: Sequence[Any]) -> list[Any]:
    return [token for token in tokens if token.start < named.end and named.start < token.start + token.len]


def _judged(named: Named, plain: Sequence[Any], text: str) -> Named:
    """What sounds like a short name and is an ordinary word as well (나라, 하늘) is doubtful, and so is 비."""
    written = text[named.start : named.end]
    if not HANGUL.match(written):
        return _judged_latin(named, text)
    spelt = named.called.how == "spelt"
    if (spelt and (len(written) > 1 or named.stop > named.end)) or _is_plainly(named, text):
        return named
    if named.called.how == "sounds" and named.called.cost >= DEAR:
        return replace(named, unless=(written,))
    whole = [token for token in plain if token.start <= named.start and named.end <= token.start + token.len]
    ordinary = [token.form for token in whole if token.tag.startswith(NOUNS) and not token.oov]
    return replace(named, unless=tuple(dict.fromkeys((written, *ordinary)))) if ordinary else named


def _judged_latin(named: Named, text: str) -> Named:
    """A Latin word that only sounds like a name may be any English word."""
    if named.called.how != "sounds":
        return named
    return replace(named, unless=tuple(map(latin_lexeme, text[named.start : named.end].split())))


def _slips(text: str, read: Sequence[Named], tokens: Sequence[Any], gallery: Gallery) -> Iterator[Named]:
    """Written words that begin one letter away from a name and go on with particles at most."""
    known = {
        (token.start, token.start + token.len)
        for token in tokens
        if not token.oov and token.tag != "NNP" and not token.tag.startswith(("J", "E", "X"))
    }
    for found in re.finditer(r"[가-힣]+", text):
        if any(named.start < found.end() and found.start() < named.stop for named in read):
            continue
        for length in range(len(found.group()), 1, -1):
            written, tail = found.group()[:length], found.group()[length:]
            span = (found.start(), found.start() + length)
            if not PARTICLES.fullmatch(tail) or span in known:
                continue
            called = gallery.near(written)
            if called is not None:
                yield Named(*span, found.end(), called, unless=_words_of(written, span, tokens))
                break


def _words_of(written: str, span: tuple[int, int], tokens: Sequence[Any]) -> tuple[str, ...]:
    """A written word as the index may have it: whole, or in pieces as the tokenizer cuts what it does not know."""
    inside = [token.form for token in tokens if span[0] <= token.start < span[1] and token.tag.startswith("NN")]
    return tuple(dict.fromkeys((written, *inside)))


def _latin_slips(text: str, read: Sequence[Named], gallery: Gallery) -> Iterator[Named]:
    for found in LATIN.finditer(text):
        word = POSSESSIVE.sub("", found.group())
        if word.casefold() in STOP_WORDS or any(n.start < found.end() and found.start() < n.stop for n in read):
            continue
        called = gallery.near_latin(word)
        if called is not None:
            yield Named(found.start(), found.start() + len(word), found.end(), called, unless=(latin_lexeme(word),))


def ids_of(named: Sequence[Named]) -> set[UUID]:
    return {identifier for one in named for identifier in one.called.ids}
