"""A prompt said back: questions, orders and labels are no part of a caption. Pure."""
# ruff: noqa: E501 - patterns are easier to read whole

import re

FEWEST_WORDS = 3
_PICTURE = r"(?:video|image|picture|photo|clip|scene|frame|footage|segment|screenshot)s?"
_ASKING = r"(?:what|who|whom|whose|where|when|why|which|how|is|are|was|were|does|do|did|can|could|has|have|will)\b"
_VERB = r"(?: is| are| was| were| does| do| did| can| will| would| should| has| have)"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# Without a question mark: an order of words that only questions have.
_ASKED = (
    r"(?:what|who|where|why)(?:'s|" + _VERB + r")\b(?:[^?.:]{0,80}?"
    rf"(?:doing|happening|going on|shown?|seen?|holding|wearing|performing|{_PICTURE})\b[^?.:]{{0,40}}[?:.]?|[^?.:]*[?:.]|.*$)"
    rf"|(?:how many|how much|what|which) (?:\w+ )?\w+{_VERB}\b[^?.:]*[?:.]?"
)
# A sentence that begins with an order is said to the captioner.
_TOLD = (
    r"(?:please |can you |could you )?(?:describe|caption|summari[sz]e|explain|write|generate|provide|identify|include|mention|list|tell me|respond|reply|choose|select|rewrite|rephrase|translate|make sure|consider|imagine|output|use|do not|don't|never|keep|avoid|focus on|limit"
    r"|answer (?:the|this|with|in)|use (?:the|this|these)|give (?:me|an?|the)|look at (?:the|this|these)"
    r"|watch (?:the|this))\b(?:(?: \w+){0,5}? (?:caption|description|summary)\b[^.:?!]{0,60}[.:?!]|[^.:?!]*?(?:[.:?!]|$))"
)
_CHATTER = (
    r"(?:sure|certainly|of course|okay)[,!.]\s"
    r"|(?:here is|here's|this is) (?:a|the|your) (?:short |brief |detailed )?(?:caption|description|summary)\b"
    r"[^.:]{0,40}[.:]"
    r"|unfortunately\b[^.]*(?:\.|$)|as an ai\b[^.,]*[.,]|i(?:'m| am) (?:sorry|unable|an? )[^.]*\.|i can(?:no|')t\b[^.]*(?:\.|$)"
)
_ASKER = r"question|q|user|human|instruction|prompt|input|system|context|options?|choices|질문"
_ANSWER = r"answer|a|assistant|output|response|답변|답"
_TELLER = rf"{_ANSWER}|caption|description|설명|캡션"
_BEGINNING = r"(?:\b(?:short|long|brief|final|correct) )?\b"
_HALVES = "|".join(
    word[at:] for word in ("question", "answer", "caption", "description") for at in range(1, len(word) - 1)
)
_ASKER_SAYS = (
    rf"(?:{_BEGINNING}(?:{_ASKER})\s*(?:\d+\s*)?(?:[:：]|(?<=question)\s+[-–]\s|(?<=질문)\))"
    rf"|\[(?:{_ASKER}|/?inst)\]|^question (?={_ASKING})|^q[.)]\s)"
)
_SAYS = r"\s*(?:[:：]|(?<=answer)\s+[-–]\s|(?<=답)\))"
_ANSWER_SAYS = rf"(?:{_BEGINNING}(?:{_ANSWER}){_SAYS}|\[(?:{_ANSWER}|/inst)\])"
_TELLER_SAYS = rf"(?:{_BEGINNING}(?:{_TELLER}){_SAYS}|\[(?:{_ANSWER}|/inst)\])"
TURN = re.compile(rf"[#<\[\s]*{_ASKER_SAYS}|(?<=\S)[#<\[\s]*{_ANSWER_SAYS}", re.IGNORECASE)
ANSWER = re.compile(rf"[-–#\s]*(?:{_TELLER_SAYS}|(?<=[a-z?] )answer (?=an?\b|the\b)|(?<=[?.] )a[.)]\s)", re.IGNORECASE)
ECHO = _any(
    rf"#*\s*(?:{_ASKER_SAYS}|{_TELLER_SAYS})\s*",
    rf"^\W*(?:{_HALVES})\s*[:：]",
    rf"^\W*(?:the (?:correct |best )?(?:question|answer) is[: ]+)?(?:(?:{_ASKED}|{_TOLD}|{_CHATTER})|(?<=is[: ]))",
    r"^\W*the (?:question|answer) is\s*:",
    r"^\W*[^:.]{0,40}\b(?:caption|description|summary|sentence)\b[^:.]{0,40}:",
    r"^(?:based on|according to|given|in|from|using|for) (?:the|this|these)(?: following| given)?(?: \w+)? "
    rf"{_PICTURE}(?: segment| clip)?,\s*(?={_ASKING})|^(?:based on|according to|given|in|from) (?:the|this|these) {_PICTURE},\s*",
    rf"(?<=[.?!:,])\s+(?:{_ASKED}|{_TOLD})",
    r"\s(?-i:Describe|Caption|Summarize|Explain) (?:the|this|what)\b[^.]*\.?$",
    # Said to a captioner, or by one of itself.
    r"(?:^|(?<=[.!?] ))(?:you are|you will|your|i hope|let me)\b[^.!?]*(?:[.!?]|$)",
    # A label, where nobody says anything.
    r"^(?![^:]*\b(?:an?|the|says?|reads?|words?|sign|is|are|breaking|recipe|examples?|frames?|options?|choices)\b)[a-z][\w, ]{0,30}:\s(?=\S)",
    # The prompt's beginning was cut, its end was not: "(a photo) of a bee".
    r"^\W*of (?:the|this) (?:picture|photo|image|video|scene)\W*|^\W*of(?: an? (?:photo|picture|image|video) of)?\s(?=an?\b|the\b|\w+ing\b)",
    r"^a?rafed?\s",
    r"<\s*/?\s*[a-z_]+\s*/?\s*>|\[/?INST\]",
    r"^\W*(?:examples?|frames?|options?|choices?)\s*\d*\s*[:：].*$|\(a\) .*\(b\).*$|\ba[.)] .*\bb[.)] .*$",
    r"^\W*(?:yes|no|true|false|none|unknown|n/a)\W*$",
    rf"^\W*(?:(?:this|here) is )?(?:an? |the |this )?{_PICTURE}(?: of| shows?(?: that)?| is(?: of)?| contains)?(?: an?| the)?\W*$",
    r"(?:^|(?<=[.!?] ))[^.!?:]*(?:해 ?주세요|하세요|하시오|해줘|하라|해라|습니까|나요|까요|는가요?)(?:[.?:]|$)",
    r"(?:카메라 착용자|화면 속 인물|등장인물)[은는이가]\s*무엇을\s*하고\s*있(?:나요|습니까|는가)[?.]?",
)
SENTENCE = re.compile(r"[^.!?]*[.!?]*\s*")
# What somebody in the picture says, or a sign does, may be a question.
SAYING = re.compile(
    r"[\"“”]|\b(?:says?|said|saying|asks?|asked|asking|reads?|reading|written|wonders?|titled|called)\b|라고|고 (?:말|묻|쓴|쓰인|적)",
    re.IGNORECASE,
)
_BEGINS_ASKING = re.compile(rf"^\W*{_ASKING}", re.IGNORECASE)
_ASIDE = re.compile(r",\s*(?=(?:what|who|where|when|why|which|how)\b[^,]*\?$)", re.IGNORECASE)


def without_echo(text: str) -> str:
    """What was told before anything was asked, else what was answered first; without the questions and orders."""
    text = text.replace("\\n", " ").strip() if "\\n" in text else text
    turn = TURN.search(text)
    if turn is None:
        return _untold(text)
    before = _untold(text[: turn.start()])
    if len(before.split()) >= FEWEST_WORDS:
        return before
    answer = ANSWER.search(text, turn.start())
    if answer is None:
        return _untold(text[turn.end() :])
    again = TURN.search(text, answer.end())
    return _untold(text[answer.end() : again.start() if again else None])


def _untold(text: str) -> str:
    said = text
    while (left := " ".join(_unasked(ECHO.sub(" ", said)).split())) != said:
        said = left
    return re.sub(r"^#+\s+|\s+#+$", "", said.strip(" -:|")) if said != text else text


def _unasked(text: str) -> str:
    """Without the sentences that are questions: a captioner does not ask."""
    if "?" not in text:
        return text
    return "".join(_told(found[0]) for found in SENTENCE.finditer(text))


def _told(sentence: str) -> str:
    plain = sentence.strip()
    if not plain.endswith("?") or (SAYING.search(plain) and not _BEGINS_ASKING.search(plain)):
        return sentence
    told, *asked = _ASIDE.split(plain, maxsplit=1)
    return f"{told} " if asked else " "
