"""How people say who must be there: with, without, only, all of them, first, last; in Korean and English. Pure."""

import re

from search_service.understanding.parts import Edge

NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "두 둘 투 two 2",
            "세 셋 쓰리 스리 three 3",
            "네 넷 four 4",
            "다섯 five 5",
            "여섯 six 6",
            "일곱 seven 7",
            "여덟 eight 8",
            "아홉 nine 9",
        ),
        start=2,
    )
    for word in words.split()
}
_N = rf"({'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
_OBJECT = r"(?:이|가|을|를|은|는|만)?"
AND = re.compile(r"\s*(?:이?랑|와|과|하고|,|·|、|&|\+|및|\band\b|\bwith\b)?\s*(?:,|\band\b)?\s*$", re.IGNORECASE)
OR = re.compile(r"\s*(?:이?나|또는|혹은|아니면|/|\bor\b)\s*$", re.IGNORECASE)
OF = re.compile(r"\s*(?:의|멤버|소속|출신)?\s*(?:멤버)?\s*[(（]?$|['’]s\s*$")
FROM = re.compile(r"\s*(?:of|from|in|\()\s*(?:the\s+)?$", re.IGNORECASE)
_WITHOUT = (
    r"(?:빼고는?|뺀|제외하고는?|제외한|제외|말고는?|없이|없는|없을|없었던?|아닌|외에는?|이외에?|빠진"
    r"|(?:안|못)\s*(?:나오는|나오고|나오지만|나온|나올|나와|보이는|보이고)|(?:나오지|보이지)\s*(?:않는|않은|않게))(?:\s*때)?"
)
WITHOUT_AFTER = re.compile(rf"{_OBJECT}\s*{_WITHOUT}(?![가-힣])")
WITHOUT_BEFORE = re.compile(
    r"(?:\b(?:without|excluding|except(?:\s+for)?|but(?:\s+not)?|not|no|minus|other\s+than)\s+)(?:both\s+)?$",
    re.IGNORECASE,
)
BUT_BEFORE = re.compile(
    r"\b(every(?:one|body)|all(?:\s+(?:of\s+them|the\s+(?:others|members)|members))?|the\s+others)\s+"
    r"((?:but|except(?:\s+for)?|without|other\s+than|minus)\s+)$",
    re.IGNORECASE,
)
EVERYONE_ELSE = re.compile(
    rf"\s*(?:나머지\s*{_N}\s*(?:명|멤버)?(?:\s*다|\s*모두|\s*전부)?"
    r"|(?:나머지\s*)?(?:멤버(?:들)?(?:은|이|가)?\s*)?(?:모두|전원|전부|다|나머지)(?:\s*같이|\s*함께)?"
    r"|(?:(?:나머지|다른)\s*)?(?:멤버|애)들|나머지\s*멤버)(?:가|는|은|이)?(?![가-힣])"
)
_LONE_SHOT = r"(?:단독|독|솔로|원)\s*(?:샷|숏|컷)(?:이|은|을|의|으로|만)?"
ALONE_AFTER = re.compile(
    r"(?:이|가|은|는|의|도)?\s*(?:(?:둘|셋|넷|단\s*둘|두\s*명|세\s*명|네\s*명)(?:이서만|이만|만)|혼자(?:서)?(?:만)?|홀로|단독(?:으로)?|단둘이"
    rf"|{_LONE_SHOT}|독무대(?:에서)?|(?:만|솔로)(?:이|은|을|로|의)?)(?![가-힣])"
    r"|['’]?s?\s+(?:(?:all\s+)?alone|by\s+(?:her|him|them)sel(?:f|ves)|on\s+(?:her|his|their)\s+own|solos?|only|and\s+(?:nobody|no\s+one)\s+else)\b",
    re.IGNORECASE,
)
LONE_PARTICLE = re.compile(r"(?:이|가|은|는|의|도)?\s+|(?:이|의)(?=만)")
ALONE_BEFORE = re.compile(
    r"(?:\b(?:only|just|(?:solos?|single)(?:\s+(?:shots?|scenes?|clips?))?\s+(?:of|by|with|from)|solo)\s+|오직\s*)(?:both\s+)?$",
    re.IGNORECASE,
)
# Wherever it is said: that the one who is named is alone, that so many who are named are alone together.
ALONE_ANYWHERE = re.compile(
    r"(?<![가-힣])(?<!나 )(?:혼자(?:서)?(?:만)?|홀로|단독(?:으로)?|솔로로|(?:단독|솔로)\s*(?:샷|숏|컷))(?![가-힣])"
    r"|\b(?:all\s+)?(?:alone|solo)\b|\bby\s+(?:her|him)self\b|\b(?:all\s+)?on\s+(?:her|his)\s+own\b",
    re.IGNORECASE,
)
ALONE_TOGETHER = re.compile(
    rf"(?<![가-힣])(?:단\s*)?{_N}(?:\s*(?:명|사람))?(?:이서만|이만|만)(?![가-힣])|(?<![가-힣])단\s*{_N}이(?:서)?(?![가-힣])"
    rf"|(?<![가-힣])(투|쓰리|스리|two|three)[\s-]*(?:샷|숏|shots?)(?:이|은|을|의|으로|만|\s+of|\s+with)?(?![가-힣])",
    re.IGNORECASE,
)
ALL_AFTER = re.compile(
    rf"(?:의)?\s*(?:멤버(?:들)?(?:이|가|은)?\s*)?(?:{_N}\s*(?:명|사람|멤버)?(?:이|가)?\s*)?"
    r"(?:모두(?:가)?|다\s*같이|다\s*함께|다|전원(?:이)?|전부(?:가)?|완전체(?:로|가)?|전체(?:가)?"
    r"|(?:단체|떼|그룹)\s*(?:샷|숏|컷)|단체(?:로)?)(?:이|은|을|의|에서)?(?![가-힣])"
    r"|\s+(?:(?:all\s+)?together|as\s+a\s+(?:full\s+|whole\s+)?group)\b",
    re.IGNORECASE,
)
ALL_BEFORE = re.compile(
    rf"\b(?:(?:all|everyone|everybody|every\s+(?:single\s+)?member|each\s+member)(?:\s+{_N})?(?:\s+(?:members?|people))?"
    r"(?:\s+(?:of|in|from))?|(?:the\s+)?(?:whole|entire|full)|group\s+(?:shots?|scenes?)\s+of)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
ALL_ANYWHERE = re.compile(
    rf"(?<![가-힣\w]){_N}\s*(?:명|사람|멤버)(?:이|이서|가)?\s*(?:모두|다\s*같이|다\s*함께|다|전부|전원)(?![가-힣])"
    rf"|(?<![가-힣\w]){_N}\s*(?:명|사람|멤버)?(?:이|이서|가)?\s*한\s*(?:화면|컷|샷|프레임)(?:에|에서|에\s*다)?(?![가-힣])"
    rf"|(?<![가-힣\w]){_N}이(?:서)?\s*(?:모두|다\s*같이|다\s*함께|다|전부)(?![가-힣])"
    r"|(?<![가-힣])멤버(?:들)?(?:이|가|은)?\s*(?:모두|다\s*같이|다\s*함께|다|전부|전체)(?:가)?(?![가-힣])"
    rf"|(?<![가-힣])(?:멤버\s*)?(?:완전체(?:로|가)?|전원(?:이)?)(?![가-힣])|\ball\s+{_N}(?:\s+of\s+them|\s+members)?\b",
    re.IGNORECASE,
)
TOGETHER = re.compile(
    r"(?<![가-힣])(?:다\s*)?(?:같이|함께|둘이(?:서)?|셋이(?:서)?|넷이(?:서)?|둘\s*다|셋\s*다|넷\s*다"
    r"|한\s*(?:화면|컷|샷|프레임)(?:에|에서))(?=\s|$)"
    r"|\b(?:together|both)\b|\bin\s+(?:one|the\s+same)\s+(?:shot|frame|scene|picture)\b",
    re.IGNORECASE,
)
# Of several names, any one.
ANY_OF_AFTER = re.compile(
    r"\s*중(?:에서?)?(?:는|라도)?\s*(?:누구든(?:지)?|누구라도|아무나|아무라도|한\s*명(?:이라도)?|하나(?:라도)?)(?:이|가|는)?(?![가-힣])"
)
ANY_OF_BEFORE = re.compile(r"\b(?:any|one|some|either)\s+(?:one\s+)?of\s+(?:the\s+)?$|\beither\s+$", re.IGNORECASE)
MEMBER_BEFORE = re.compile(r"\b(?:any|some|one|a)\s+members?\s+(?:of|from|in)\s+(?:the\s+)?$", re.IGNORECASE)
MEMBER_AFTER = re.compile(
    r"(?:의)?\s*(?:멤버|중)(?:들)?(?:\s*(?:중에?)?\s*(?:한\s*명|누구))?(?:이|가|은|는|을|를|의|만)?(?![가-힣])|\s+members?\b",
    re.IGNORECASE,
)
_SEEN = r"(?:나오|나온|나타나|등장|보이|출연)"
EDGE_BETWEEN = re.compile(r"(?:의|['’]s)?\s*(?:the\s+)?(?:첫|마지막|first|last)\s*(?:번째\s*)?", re.IGNORECASE)
SOLO = re.compile(r"솔로|단독|독무대|solos?\b", re.IGNORECASE)
EDGES: tuple[tuple[Edge, re.Pattern[str]], ...] = (
    (
        "first",
        re.compile(
            r"(?:맨|제일|가장)?\s*(?<![가-힣])(?:처음(?:으로|에)?(?!\s*보는)(?![가-힣])|첫\s*(?:번째\s*)?(?=솔로|단독|등장|출연|장면|모습|컷|씬|순간|독무대))(?:\s*(?:등장|출연)(?![가-힣]))?"
            r"|\b(?:the\s+)?(?:very\s+)?first\s+(?=solo|appearance|scene|moment|shot)(?:(?:appearance|scene|moment|shot)s?\b)?|\bfor\s+the\s+first\s+time\b"
            r"|\b(?:the\s+)?first\s+time\b|\bfirst\s+(?=appears?|seen)",
            re.IGNORECASE,
        ),
    ),
    (
        "last",
        re.compile(
            rf"(?:맨|제일|가장)?\s*(?<![가-힣])마지막(?:으로|에)?\s*(?=솔로|단독|등장|출연|장면|모습|컷|씬|순간|독무대|{_SEEN}|$)"
            r"|\b(?:the\s+)?(?:very\s+)?(?:last|final)\s+(?=solo|appearance|scene|moment|shot)(?:(?:appearance|scene|moment|shot)s?\b)?"
            r"|\bfor\s+the\s+last\s+time\b|\b(?:the\s+)?last\s+time\b|\blast\s+(?=appears?|seen)",
            re.IGNORECASE,
        ),
    ),
)
