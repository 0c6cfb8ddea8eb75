"""The 80 things the detector knows, in the order of its outputs: COCO class names, plurals, Korean names, counters.

`label` is the class name people know from COCO 2017, also where the weights' own list writes an older
spelling ("motorbike", "aeroplane", "sofa", "pottedplant", "diningtable", "tvmonitor").
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Thing:
    """A class of the detector: its COCO name, how people call it, and the Korean counting word (컵 2개)."""

    label: str
    singular: str
    plural: str
    ko: str
    counter: str


def _thing(row: str) -> Thing:
    label, plural, ko, counter = (cell.strip() for cell in row.split("|"))
    return Thing(label, SAID.get(label, label), plural, ko, counter)


# Where the COCO name alone would mislead a reader, or looks wrong.
SAID = {"mouse": "computer mouse", "remote": "remote control", "tv": "TV"}

_TABLE = """
person | people | 사람 | 명
bicycle | bicycles | 자전거 | 대
car | cars | 자동차 | 대
motorcycle | motorcycles | 오토바이 | 대
airplane | airplanes | 비행기 | 대
bus | buses | 버스 | 대
train | trains | 기차 | 대
truck | trucks | 트럭 | 대
boat | boats | 배 | 척
traffic light | traffic lights | 신호등 | 개
fire hydrant | fire hydrants | 소화전 | 개
stop sign | stop signs | 정지 표지판 | 개
parking meter | parking meters | 주차 요금기 | 대
bench | benches | 벤치 | 개
bird | birds | 새 | 마리
cat | cats | 고양이 | 마리
dog | dogs | 개 | 마리
horse | horses | 말 | 마리
sheep | sheep | 양 | 마리
cow | cows | 소 | 마리
elephant | elephants | 코끼리 | 마리
bear | bears | 곰 | 마리
zebra | zebras | 얼룩말 | 마리
giraffe | giraffes | 기린 | 마리
backpack | backpacks | 배낭 | 개
umbrella | umbrellas | 우산 | 개
handbag | handbags | 핸드백 | 개
tie | ties | 넥타이 | 개
suitcase | suitcases | 여행 가방 | 개
frisbee | frisbees | 원반 | 개
skis | pairs of skis | 스키 | 개
snowboard | snowboards | 스노보드 | 개
sports ball | sports balls | 공 | 개
kite | kites | 연 | 개
baseball bat | baseball bats | 야구 방망이 | 개
baseball glove | baseball gloves | 야구 글러브 | 개
skateboard | skateboards | 스케이트보드 | 개
surfboard | surfboards | 서핑 보드 | 개
tennis racket | tennis rackets | 테니스 라켓 | 개
bottle | bottles | 병 | 개
wine glass | wine glasses | 와인 잔 | 개
cup | cups | 컵 | 개
fork | forks | 포크 | 개
knife | knives | 칼 | 개
spoon | spoons | 숟가락 | 개
bowl | bowls | 그릇 | 개
banana | bananas | 바나나 | 개
apple | apples | 사과 | 개
sandwich | sandwiches | 샌드위치 | 개
orange | oranges | 오렌지 | 개
broccoli | pieces of broccoli | 브로콜리 | 개
carrot | carrots | 당근 | 개
hot dog | hot dogs | 핫도그 | 개
pizza | pizzas | 피자 | 개
donut | donuts | 도넛 | 개
cake | cakes | 케이크 | 개
chair | chairs | 의자 | 개
couch | couches | 소파 | 개
potted plant | potted plants | 화분 | 개
bed | beds | 침대 | 개
dining table | dining tables | 식탁 | 개
toilet | toilets | 변기 | 개
tv | TVs | 텔레비전 | 대
laptop | laptops | 노트북 | 대
mouse | computer mice | 마우스 | 개
remote | remote controls | 리모컨 | 개
keyboard | keyboards | 키보드 | 개
cell phone | cell phones | 휴대전화 | 대
microwave | microwaves | 전자레인지 | 대
oven | ovens | 오븐 | 대
toaster | toasters | 토스터 | 대
sink | sinks | 싱크대 | 개
refrigerator | refrigerators | 냉장고 | 대
book | books | 책 | 권
clock | clocks | 시계 | 개
vase | vases | 꽃병 | 개
scissors | pairs of scissors | 가위 | 개
teddy bear | teddy bears | 곰 인형 | 개
hair drier | hair driers | 헤어드라이어 | 개
toothbrush | toothbrushes | 칫솔 | 개
"""

THINGS = tuple(_thing(row) for row in _TABLE.strip().splitlines())

PERSON = "person"
BY_LABEL = {thing.label: thing for thing in THINGS}
