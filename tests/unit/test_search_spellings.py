"""The table of spellings: whom each names, and that ordinary words name nobody."""

import unicodedata
from collections import Counter

from kernel.language import kiwi
from search_service.understanding.gallery import Gallery
from search_service.understanding.question import understand
from search_service.understanding.sounds import INITIALS, LAST, VOWELS, is_hangul, sound, syllable
from tests.spellings import KOREAN, TODAY, Spelling, gallery, name, named, read, spellings

ROMANISED_AS = dict(zip(KOREAN, ("Kim Minji", "Danielle Marsh", "Pham Hanni", "Kang Haerin", "Lee Hyein"), strict=True))
# What is known to be wrong: a name of one syllable by its sound alone, 하니 as a verb where nothing follows it.
WRONG = 3
EVERY = 14  # of all slips; all of them take a minute


def right(spelling: Spelling) -> bool:
    known = gallery(spelling.gallery)
    if spelling.who == "-":
        return named(understand(spelling.question, known, TODAY), known) == []
    found = [ROMANISED_AS.get(one, one) for one in named(read(spelling.question, known), known)]
    return found == [spelling.who]


def test_each_spelling_names_who_is_meant() -> None:
    wrong = [spelling for spelling in spellings() if not right(spelling)]
    assert len(spellings()) >= 600
    assert len(wrong) <= WRONG, "\n".join(f"{one.gallery}: {one.question} ({one.who})" for one in wrong)


TYPED = (
    "김민지 다니엘 하니 강해린 이혜인 김지수 제니 리사 카리나 윈터 지젤 닝닝 장원영 안유진 "  # noqa: SIM905
    "이서 레이 임나연 유정연 박지효 손채영 배수지 최연준 최수빈 최범규 강태현 휴닝카이 조미연 "
    "전소연 우기 슈화 김채원 사쿠라 허윤진 카즈하 홍은채 강슬기 아이린 웬디 조이 예리 김태연 "
    "티파니 김효연 최수영 임윤아 서주현 제시카 변백현 박찬열 도경수 오세훈".split()
)


def slips(written: str) -> set[str]:
    """Everything one jamo away from a name's last two syllables: another letter, one less, one more."""
    found: set[str] = set()
    for at, character in enumerate(written):
        initial, vowel, final = syllable(character)
        parts = {(other, vowel, final) for other in INITIALS} | {(initial, other, final) for other in VOWELS}
        parts |= {(initial, vowel, other) for other in ("", *"ㄱㄴㄷㄹㅁㅂㅅㅇ")}
        for one in parts - {(initial, vowel, final)}:
            found.add(written[:at] + composed(one) + written[at + 1 :])
    return {one for one in found if is_hangul(one)}


def composed(parts: tuple[str, str, str]) -> str:
    initial, vowel, final = INITIALS.index(parts[0]), VOWELS.index(parts[1]), LAST.index(parts[2])
    return chr(0xAC00 + (initial * len(VOWELS) + vowel) * len(LAST) + final)


def test_a_name_one_letter_off_is_found_first_and_shown_as_a_guess() -> None:
    """Top-1 over one-jamo slips of fifty names, but for slips that sound the same or are words of the dictionary."""
    known = Gallery([name(one) for one in TYPED])
    counted: Counter[bool] = Counter()
    for written in TYPED:
        for slip in sorted(slips(written))[::EVERY]:
            if sound(slip) != sound(written) and not is_a_word(slip):
                reading = read(f"{slip} 나오는 장면", known)
                counted[named(reading, known) == [written]] += 1
                assert not any(one.exact for one in reading.named), slip
    assert counted[True] / counted.total() >= 0.94, counted


def is_a_word(written: str) -> bool:
    tokens = kiwi().tokenize(unicodedata.normalize("NFC", written))
    return len(tokens) == 1 and not tokens[0].oov
