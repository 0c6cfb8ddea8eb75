"""By what a caption is known to be none: its prompt, the web, a broken end. Pure."""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# ---- a prompt said back

_ASKED = (
    r"what(?:'s| is| are| does| do)\b[^?.:]{0,80}"
    r"(?:doing|happening|going on|shown|seen|holding|video|image|picture|clip|scene)\b[^?.:]{0,40}[?:.]?"
    r"|(?:what|who|where|when|why|which|how)\b[^?.:]{0,80}\?"
)
_TOLD = (
    r"(?:please |can you |could you )?(?:describe|caption|summari[sz]e|explain|write|generate|give|provide)\s+"
    r"(?:\w+ ){0,6}?(?:video|image|picture|photo|clip|scene|frame|footage|caption|description|sentence)s?\b"
    r"[^.:?]{0,60}[.:?]?|(?:please |can you |could you )?describe what\b[^.:?]{0,80}[.:?]"
)
_CHATTER = (
    r"(?:sure|certainly|of course|okay)[,!.]\s"
    r"|(?:here is|here's|this is) (?:a|the|your) (?:short |brief |detailed )?(?:caption|description|summary)\b"
    r"[^.:]{0,40}[.:]"
    r"|as an ai\b[^.,]*[.,]|i(?:'m| am) (?:sorry|unable|an? )[^.]*\.|i can(?:no|')t\b[^.]*\."
)
_LABELS = (
    r"(?:question|q|answer|a|caption|description|prompt|user|assistant|system|instruction|output|response"
    r"|설명|질문|답변|답|캡션)"
)
ECHO = _any(
    r"(?<=\S)\s*\bquestion\s*[:：](?!.*\banswer\s*[:：]).*$",
    rf"(?:\b(?:short|long|brief|final|correct) )?\b{_LABELS}\s*[:：]\s*(?:{_ASKED}|{_TOLD})?",
    rf"^\W*(?:the question is[: ]+)?(?:{_ASKED}|{_TOLD}|{_CHATTER})",
    r"^\W*(?:an? |the )?(?:caption|description)\b[^:.]{0,40}:",
    r"^(?:based on|according to|in) (?:the|this) (?:video|image|picture|photo|clip|footage|scene)s?,\s*",
    rf"(?<=[.?!:])\s+(?:{_ASKED}|{_TOLD})",
    r"<\s*/?\s*(?:image|video|s|unk|pad|bos|eos)\s*/?\s*>|\[/?INST\]",
    r"(?:이|다음)\s*(?:영상|사진|장면|이미지)(?:을|를|에 대해)?\s*"
    r"(?:설명|묘사|요약)(?:하세요|해 주세요|해줘|하시오|하라)[.:]?",
    r"(?:카메라 착용자|화면 속 인물|등장인물)[은는이가]\s*무엇을\s*하고\s*있(?:나요|습니까|는가)[?.]?",
)

# ---- the web behind a sentence

_SITES = (
    r"(?:youtube|instagram|facebook|twitter|tiktok|pinterest|shutterstock|getty ?images|alamy|istock(?:photo)?"
    r"|adobe stock|dreamstime|imgur)"
)
SPAM = _any(
    r"https?:|www\.|\b[\w-]+\.(?:com|net|org|co\.kr|kr|io|tv)\b|©|®|™|\(c\) ?\d{4}|all rights reserved",
    rf"(?:[-|–—:,.]\s*|\b(?:via|on|from|at) (?:the )?(?:official )?){_SITES}\s*(?:channel|page)?\s*[.!]*$",
    rf"{_SITES}\s*[|/]|[-|–—(]\s*{_SITES}",
    r"(?:photo|photograph|image|picture|video|footage|courtesy|credit)s?\s*(?:by|credit|courtesy|copyright|:)\s*\S",
    r"\s\|\s+[^|]{2,40}$|\b(?:via|on) (?:instagram|facebook|twitter|tiktok)\b|\s@\w+\s*$",
    r"\b(?:reuters|yonhap|afp|newsis|associated press|ap photo)\b|\b(?:full hd|1080p|720p|mp4)\b",
    r"[-|–—:,.]\s*the \w+ (?:times|herald|post|daily|news|tribune|journal)\s*$",
    r"\bofficial (?:mv|m/v|music video|video|teaser|audio|trailer)\b",
    r"(?:stock|royalty[- ]free|high[- ]resolution|hd|4k|free)\s+"
    r"(?:stock )?(?:photo|image|footage|video|vector|wallpaper|picture|download)s?\b",
    r"\b(?:click|tap) (?:here|below|the link|on the)|\bsubscribe\b|\bfollow (?:us|me|our)\b|\bshare this\b",
    r"like and (?:share|subscribe)",
    r"\b(?:buy|shop|order|download|sign up|register|book|call|learn more|read more|find out more|watch more)\s+"
    r"(?:now|today|here|online|at|about|for free|»|>)",
    r"\b(?:read|learn|see|watch|view) (?:more|full)\b\s*(?:[.»>!]|$|video|article|story|episode)",
    r"for more (?:information|details|videos|photos)|\bfree (?:shipping|delivery|trial)|\b\d+% off",
    r"promo(?:tional)? code",
    r"limited time|best (?:price|deal)s?|add to cart|\b(?:posted|uploaded|published|written) (?:by|on)\b",
    r"leave a comment|comments? (?:below|off)|privacy policy|terms of (?:use|service)",
    r"구독|좋아요\s*(?:와|과|를|버튼)|저작권|무단\s*(?:전재|배포)|클릭하(?:세요|시면)",
    r"자세히 보기|더 보기\s*[>»]?$|할인|무료 배송",
    r"문의\s*[:：]|출처\s*[:：]|기자\s*=|ⓒ",
)
BORDER = re.compile(r"[.!?;]\s+|\s+[-|–—•·»]\s+|,\s+|\s*\(\s*|\s{2,}|:\s+")

# ---- an end that waits for more

WEAK_END = (
    r"a|an|the|of|and|or|with|his|her|their|its|my|is|are|was|were|while|because|another|some|this|these|very|has|have"
    r"|be|being|as"
)
OPEN_END = _any(rf"(?:^|\s)(?:{WEAK_END})$", r"[,\-–(\[“:;&]$")
_PHRASAL = (
    r"(?:turn|putt|switch|com|gett|go|climb|mov|hold|liv|hang|drop|check|giv|runn|look|walk|lean|bend|driv|fall|roll|pass)"
    r"ing"
)
# Verbs that say nothing without their object.
_OF_SOMETHING = r"(?:holding|wearing|putting|carrying|using|making|having|bringing|receiving)"
_LOOKS = r"(?:black|white|red|blue|green|yellow|pink|purple|orange|brown|gray|grey|long|short|small|large|big)"
_WHERE = r"on|in|at|to|for|from|into|onto|by|over|through|towards?|across|behind|under|near|next|between|against|around"
HANGING = _any(
    rf"\b(?!{_PHRASAL}\b)[a-z]{{2,}}ing (?:{_WHERE})$",
    r"\b(?:look|walk)ing (?:at|to|for|from|into|onto|towards?|across|with)$",
    r"\b(?:next|close|front|middle|top|side|group|pair|kind) (?:to|of)$|\bin front$",
    r"(?<!looked)(?<!stared)(?<!laughed)(?<!pointed) (?:at|from|into|onto|towards?)$",
    rf"\b{_OF_SOMETHING}$|\b(?:an?|the|with her|with his) {_LOOKS}$|\b(?:an?|the) (?:pair|group|kind|piece|bunch)$",
    r"\b(?:is|are|was|were) (?:about|going|trying|starting|beginning)(?: to)?$",
)
REMNANT = re.compile(r"(?:\s(?:next|in|on|close|in front|the other|other))+$", re.IGNORECASE)
# "in front of her", "a tool they work with", "the coat she is wearing": whole as they are.
OBJECT = re.compile(
    r"\w (?:she|he|they|it|the \w+) (?:is|are|was|were) \w+ing$"
    r"|\b(?:of|with|to|for|at|behind|near|beside|by|on|in) her$|\b(?:they|he|she|it|we) \w+ with$",
    re.IGNORECASE,
)
RELATIVE = re.compile(r"\b(?:what|which|that|where|who|whom|something|everything|nothing)\b", re.IGNORECASE)
# A clause that has hardly begun: "a girl who is".
CLAUSE_OPEN = re.compile(
    r"\s(?:an?|the)$|\b(?:who|that|which) (?:is|are|was|were)$|\b(?:is|are) (?:about|going) to$", re.IGNORECASE
)
KOREAN_OPEN = re.compile(
    r"(?<!가)(?<!마)(?<!노)(?:을|를)$|(?:에서|에게|으로|면서|하며|하고|있고|있는|하는|그리고|및|또는)$|[,(]$"
    r"|[와과랑] (?:함께|같이)$|(?:앉아|누워|걸어|들어|잡아|기대|모여|나란히)$"
)
VERB = re.compile(r"\b(?:is|are|was|were|has|have|[a-z]{2,}(?:ing|s|ed))\b|[가-힣]+(?:다|요|음|함)\b", re.IGNORECASE)
