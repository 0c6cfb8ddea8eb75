"""Readings that are remembered."""

from kernel.contracts.search import Chip
from search_service.asked import Readings
from search_service.understanding.gallery import Gallery
from search_service.understanding.question import Circumstances
from tests.spellings import TODAY, name

MINJI, HANNI = name("김민지", "민지", english="Kim Minji"), name("하니", english="Hanni Pham")
QUESTION = "민지가 자는 장면"


def chips(readings: Readings, gallery: Gallery, circumstances: Circumstances = TODAY) -> list[Chip]:
    return readings.understood(QUESTION, gallery, circumstances).chips


def test_a_question_is_read_once() -> None:
    readings, gallery = Readings(), Gallery([MINJI])
    first = readings.understood(QUESTION, gallery, TODAY)
    assert readings.understood(QUESTION, gallery, TODAY) is first
    assert readings.as_words(QUESTION, gallery) is readings.as_words(QUESTION, gallery)
    assert readings.as_words(QUESTION, gallery).rest != first.rest


def test_names_that_changed_are_read_anew() -> None:
    readings = Readings()
    assert not chips(readings, Gallery([HANNI]))
    [chip] = chips(readings, Gallery([HANNI, MINJI]))
    assert chip.id == MINJI.id
    assert not chips(readings, Gallery([HANNI]))


def test_a_chip_that_was_taken_away_is_another_reading() -> None:
    readings, gallery = Readings(), Gallery([MINJI])
    [chip] = chips(readings, gallery)
    assert not chips(readings, gallery, Circumstances(TODAY.today, ignored=frozenset({chip.key})))
    assert chips(readings, gallery) == [chip]
