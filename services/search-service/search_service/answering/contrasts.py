"""Words of scenes that a text model takes for each other, and that matter: actions, sexes, colours, pets. Pure.

Korean lexemes and English stems as kernel.language reads them; each line is one thing said. "자다" lies nearer to
"eating" (0.59) than "걷다" to "walking" (0.54) in the default model, so what stands here is decided by this list alone.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

_LINES = """
자다 잠 잠들다 눕다 / sleep asleep nap lie lay
먹다 식사 / eat dine chew meal lunch dinner breakfast
마시다 / drink sip
춤 추다 안무 / danc dancer choreographi
노래 부르다 열창 / sing sung singer song vocalist
걷다 걸어가다 산책 거닐다 / walk stroll hike
뛰다 달리다 달려가다 조깅 / run jog race sprint
점프 뛰어오르다 / jump leap
앉다 / sit sat seat
서다 일어서다 / stand stood
웃다 미소 / laugh smile grin
울다 눈물 / cri cry weep tear
읽다 독서 / read
쓰다 적다 / write wrote typ
그리다 / draw paint
요리 굽다 볶다 끓이다 / cook bake fri boil grill
말 말하다 이야기 대화 얘기 인터뷰 / talk speak chat convers interview
치다 연주 / play perform strum
박수 손뼉 / clap applaud applaus
운전 몰다 / drive drove
타다 / ride rode
수영 헤엄치다 / swim
씻다 닦다 청소 / wash clean wipe
자르다 썰다 베다 / cut slice chop
들다 잡다 쥐다 안다 / hold held carri lift hug grab
던지다 / throw threw toss
차다 / kick
싸우다 때리다 / fight punch hit
키스 입맞춤 / kiss
포옹 껴안다 / hug embrac
열다 / open
닫다 / close shut
전화 통화 / phone call
사진 찍다 촬영 / photograph photo film shoot
낚시 / fish
공부 / studi
일하다 / work
다이빙 / dive
기다리다 / wait
여자 여성 소녀 여인 아가씨 여학생 / woman women girl ladi femal her
남자 남성 소년 청년 남학생 / man men boy male guy gentleman
아이 어린이 아기 꼬마 / child children kid babi toddler
고양이 / cat kitten
개 강아지 / dog puppi
말 / hors
새 / bird
빨갛다 빨간색 빨강 붉다 / red
파랗다 파란색 파랑 푸르다 / blue
초록색 초록 녹색 / green
노랗다 노란색 노랑 / yellow
하얗다 하얀색 흰색 희다 / white
검다 검은색 까맣다 검정 검정색 / black
분홍색 분홍 핑크 / pink
"""


@cache
def _groups() -> Mapping[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_LINES.strip().splitlines()):
        for word in line.replace("/", " ").split():
            found.setdefault(word, set()).add(number)
    return MappingProxyType({word: frozenset(numbers) for word, numbers in found.items()})


def known(lexeme: str) -> bool:
    return lexeme in _groups()


def same(one: str, other: str) -> bool:
    """Whether both lexemes may say the same action."""
    groups = _groups()
    return not groups.get(one, frozenset()).isdisjoint(groups.get(other, frozenset()))
