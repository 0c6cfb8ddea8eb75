"""The words that say how many people there are and of which sex, and where they speak of nobody in the scene. Pure."""
# ruff: noqa: E501 - patterns are easier to read whole

import re

from kernel.contracts.library import Sex

NUMBERS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "두": 2,
    "세": 3,
    "네": 4,
    "다섯": 5,
    "여섯": 6,
}
_AGED = r"(?:(?:young|old|older|elderly|little|middle[- ]aged|teenage) )?"
_JOBS = r"(?:business|camera|sales|police|fire|sports|door|bar|chair|work)"
_NEXT = r"(?=\s+(?:an?|the|another|some|two|three|in|on|at|to|with|from|and|up|while|as|for|by|over|into|that|her|his)\b|[.,;!?]|$)"
# What is said, and what is said instead. The pictures of other people ("girl group", "boyfriend jacket") come first in KEPT.
WORDS: dict[Sex, tuple[tuple[str, str], ...]] = {
    "male": (
        (r"boy(?= (?:band|group)s?\b)", "pop"),
        (rf"{_AGED}(?:man|(?:school)?boy|guy|gentleman|dude|lad|king|prince|groom)|{_JOBS}man", "person"),
        (rf"{_AGED}(?:men|(?:school)?boys|guys|gentlemen|dudes|lads)|{_JOBS}men", "people"),
        (r"husband|boyfriend", "partner"), (r"husbands|boyfriends", "partners"),
        (r"father|dad|daddy", "parent"), (r"fathers|dads", "parents"),
        (r"son", "child"), (r"sons", "children"), (r"brother", "sibling"), (r"brothers", "siblings"),
        (r"uncle|grandfather|grandpa|nephew", "relative"), (r"an? male(?= [aeiou])", "an"), (r"an? male(?= \w)", "a"), (r"male(?= \w)", ""), (r"males", "people"), (r"male", "person"),
        (r"himself", "themselves"), (r"his", "their"), (r"him", "them"),
        (r"he is|he's", "they are"), (r"he has", "they have"), (r"he was", "they were"), (r"he", "the person"),
    ),
    "female": (
        (rf"{_AGED}(?:woman|(?:school)?girl|lady|queen|princess)|{_JOBS}woman", "person"),
        (rf"{_AGED}(?:women|(?:school)?girls|ladies)|{_JOBS}women", "people"),
        (r"wife|girlfriend", "partner"), (r"wives|girlfriends", "partners"),
        (r"mother|mom|mum|mommy", "parent"), (r"mothers|moms", "parents"),
        (r"daughter", "child"), (r"daughters", "children"), (r"sister", "sibling"), (r"sisters", "siblings"),
        (r"aunt|grandmother|grandma|niece", "relative"), (r"an actress|an? heroine", "a performer"), (r"actress", "performer"), (r"an? female(?= [aeiou])", "an"), (r"an? female(?= \w)", "a"), (r"female(?= \w)", ""), (r"females", "people"), (r"female", "person"),
        (r"herself", "themselves"), (rf"her{_NEXT}", "them"), (r"hers", "theirs"), (r"her", "their"),
        (r"she is|she's", "they are"), (r"she has", "they have"), (r"she was", "they were"), (r"she", "the person"),
    ),
}  # fmt: skip
_SCREEN = r"(?:tv|television|screen|monitor|phone|laptop|tablet|poster|cover|billboard|banner|t-?shirt|magazine|album|card|wall|picture|photo|it)s?"
_PICTURED = (
    r"(?:poster|photo|photograph|picture|image|painting|portrait|drawing|sketch|statue|sculpture|film|movie|video|clip|doll|figure|cartoon"
    r"|print|logo|mask|cutout|mannequin|story|song|book|episode|crowd|audience|voice|sound)s?"
)
_SAID = r"(?:(?:an?|the|her|his|their|two|three|four|five|six|some|many|several|young|old|little|other|another) ){0,3}"
_ANYBODY = r"(?:wo)?m[ae]n|kings?|queens?|prince(?:ss)?|boys?|girls?|guys?|lad(?:y|ies)|gentlem[ae]n|actress(?:es)?|husband|wife|boyfriend|girlfriend|mother|father|mom|dad|brothers?|sisters?|sons?|daughters?"
KEPT = (
    rf"\b{_PICTURED} (?:of|about|with|from) {_SAID}(?:{_ANYBODY})\b(?: and {_SAID}(?:{_ANYBODY})\b)?"
    rf"|\b(?:{_ANYBODY})(?: and {_SAID}(?:{_ANYBODY}))? (?:\w+ )?on (?:an?|the|her|his|their) (?:\w+ )?{_SCREEN}\b|\b(?:{_ANYBODY}) on (?:tv|it|screen)\b"
    rf"|\b(?:{_ANYBODY})(?: (?:band|group))? {_PICTURED}\b"
    rf"|\b(?:imitat|impersonat)\w+ {_SAID}(?:{_ANYBODY})\b|\b(?:dress(?:ed|es)?|act(?:s|ing)?) (?:up )?(?:as|like) {_SAID}(?:{_ANYBODY})\b"
    rf"|\b(?:{_ANYBODY})(?: \w+)? in the (?:crowd|audience)\b"
    r"|\ban? (?:wo)?man's (?:voice|jacket|shirt|coat|suit|clothes|shoes|watch|hat|cap|bag|dress)\b"
    rf"|\b(?:draws?|drawing|paints?|painting|sketch(?:es|ing)?) {_SAID}(?:{_ANYBODY})\b"
    rf"|\b(?:ladies and gentlemen|(?:you|hey|hi|hello) (?:guys|girls|ladies|boys)|girls' \w+|(?:gingerbread|snow|rag) ?m[ae]n|girl (?:group|band)s?"
    rf"|(?:boyfriend|girlfriend) (?:jacket|jeans|shirt|fit)|(?:male|female) (?:fans?|voices?|audience)|(?:wo)?men's \w+)\b"
)
NOBODY = re.compile(
    r"\b(?:no ?body|no one|no (?:people|person|man|woman))(?! else\b| but\b)"
    r"(?=(?: is| are)?(?: there| here| in| on| at| around| visible| present| to be seen)\b|\W*$)|\bwithout (?:people|anyone)\b|"
    r"\ban? (?:empty|deserted) (?:room|stage|street|hall)\b|"
    r"(?:아무도|사람이)\s*(?:없|보이지\s*않)",
    re.IGNORECASE,
)
ALONE = re.compile(r"\s*\b(?:all )?(?:alone|by (?:him|her|them)sel(?:f|ves))\b|\s*혼자(?:서)?(?=\s)", re.IGNORECASE)
COUNTED = re.compile(
    rf"(?P<kept>{KEPT})|\b(?<!\bthe )(?P<number>two|three|four|five|six|seven) (?P<looks>(?:\w+ )?)"
    r"(?P<who>people|persons|men|women|girls|boys|ladies|guys|kids|children)\b",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"\b(?:two|three|four|five|six|seven)\b", re.IGNORECASE)
SINGLE = re.compile(r"\b(?:an?|one|another|the) (?:\w+ )?(?:person|man|woman|boy|girl|guy|lady|child)\b", re.IGNORECASE)

# ---- Korean

KOREAN: dict[Sex, tuple[tuple[str, str], ...]] = {
    "male": (
        ("남자친구", "친구"), ("남자 친구", "친구"), ("남자", "사람"), ("남성", "사람"), ("소년", "사람"), ("청년", "사람"), ("아저씨", "사람"),
        ("남편", "배우자"), ("아버지", "부모"), ("아빠", "부모"), ("아들", "자녀"),
    ),
    "female": (
        ("여자친구", "친구"), ("여자 친구", "친구"), ("여자", "사람"), ("여성", "사람"), ("소녀", "사람"), ("여인", "사람"), ("아가씨", "사람"),
        ("아내", "배우자"), ("어머니", "부모"), ("엄마", "부모"),
    ),
}  # fmt: skip
KOREAN_COUNTED = re.compile(r"(두|세|네|다섯|여섯)\s*(명의\s*\S+|사람|여자|남자|여성|남성|소녀|소년|아이)")
KOREAN_KEPT = re.compile(
    r"(?:남자|여자|남성|여성|소년|소녀)(?:의)? ?(?:포스터|사진|그림|동상|인형|노래|목소리|화장실|탈의실|아이돌|그룹)|(?:TV|텔레비전|화면|포스터|사진|영상|그림|영화) ?속"
)
