"""The web behind a sentence: credits, sites, hashtags, advertisements, file names. Pure."""
# ruff: noqa: E501 - patterns are easier to read whole

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_PICTURE = (
    r"(?:photo|photograph|foto|image|picture|pic|video|footage|clip|wallpaper|vector|illustration|icon|graphic)s?"
)
# Sites that people in a caption may well use, and those they hardly speak of.
_USED = r"(?:youtube|instagram|facebook|twitter|tiktok|amazon|ebay|etsy|weverse|reddit|vimeo|imdb|naver|weibo|bilibili|v ?live|spotify)"
_STOCK = (
    r"(?:pinterest|shutterstock|getty(?: ?images)?|alamy|istock(?:photo)?|adobe ?stock|dreamstime|imgur|pond5|freepik|giphy"
    r"|tenor|tumblr|123rf|videohive|videoblocks|storyblocks|depositphotos|vecteezy|unsplash|pexels|pixabay|flickr|500px"
    r"|fotolia|wattpad|wikihow|wikipedia|wikimedia|soompi|allkpop|koreaboo|kpopmap|gfycat|canva|deviantart|behance|bigstock|envato)"
)
_OUTLET = (
    r"(?:news|online|forums?|daily|times|herald|post|tribune|journal|mail|blog|magazine|media|channel|wiki|official|store"
    r"|shop|price|reviews?|recipes?|lyrics|fandom|gallery|website|music|playlist)"
)
SPAM = _any(
    r"https?:|www\.|\b[\w-]+\.(?:com|net|org|co\.kr|kr|io|tv)\b|©|®|™|\(c\) ?\d{4}|all rights reserved|^copyright\b",
    rf"(?:[-|–—:,.]\s*|\bvia (?:the )?(?:official )?)(?:{_USED}|{_STOCK})\b[^.]{{0,40}}$|^(?:{_USED}|{_STOCK})\b(?:\W|\d)*$",
    rf"(?:{_USED}|{_STOCK})\s*[|/]|[-|–—(]\s*(?:{_USED}|{_STOCK})|\s[-–—]\s[^-–—]{{0,40}}\b(?:{_USED}|{_STOCK})\b|\bby [\w ]{{2,30}} on {_STOCK}",
    rf"(?<!\ba )(?<!the )(?:{_PICTURE}|courtesy|credit)s?\s*(?:by|credit|courtesy|copyright|:)\s*\S|[,(]\s*credits?\s*:",
    rf"\s\|\s|(?:\b{_PICTURE} )?\bvia (?:instagram|facebook|twitter|tiktok)\b|\bby \w*\d{{3,}}\W*$|\s[-–—]\s+the \w+(?: \w+)?\W*$|\s@\w+.*$",
    r"\b(?:reuters|yonhap|afp|newsis|associated press|ap photo)\b|\b(?:full hd|1080p|720p|mp4)\b",
    rf"\s[-–—]\s(?!an?\b|the\b)(?:[\w&']+,? ){{0,4}}{_OUTLET}\b[^.]{{0,30}}$|[-|–—:,.]\s*the \w+ {_OUTLET}\s*$",
    r"\bofficial (?:mv|m/v|music video|video|teaser|audio|trailer)\b",
    r"(?:stock|royalty[- ]free|high[- ]resolution|hd|4k|free)\s+"
    r"(?:stock )?(?:photo|image|footage|video|vector|wallpaper|picture|download)s?\b|^royalty[- ]free\b",
    r"\b(?:click|tap) (?:here|below|the link|on the link)|\bsubscribe\b|\bfollow (?:us|me|our)\b(?! sign)|\bshare this\b",
    r"like and (?:share|subscribe)|thank(?:s| you) for watching|\bhit the (?:bell|like)|\blink (?:in|below)\b|please wait",
    r"(?:don't|do not) forget to (?:like|hit|click|share|follow)|\bsponsored (?:by|content|post)|(?:^|[.!-]\s*)advertisement\b",
    r"(?:^|[.!?]\s+)(?:buy|shop|order|download|sign up|register|book|call|visit|view|subscribe|check out|click|get your)\b",
    r"\b(?:learn|read|find out|watch) more (?:now|today|here|online|at|about)|\b(?:buy|shop|order|download|sign up) (?:now|today|here)",
    r"\b(?:call|book|order|download|watch|buy|read|register)(?: \w+)? (?:now|online|for free|»|>)\s*(?:free|hd|today)?\s*[!.]*$",
    r"\b(?:read|learn|see|watch|view) (?:more|full)\b\s*(?:[.»>!]|$|video|article|story|episode)",
    r"for more (?:information|details|videos|photos)|\bfree (?:shipping|delivery|trial)|\b\d+% off",
    r"promo(?:tional)? code|^how to\b|^(?:top \d+|best|cheap)\b|\bcopyright(?:ed)? (?:infringement|holder|material)|, available (?:in|on|at|for)\b",
    r"limited time|best (?:price|deal)s?|add to cart|\b(?:posted|uploaded|published) (?:by|on)\b",
    r"\b(?:copy space|editorial use|use only|high quality photo)\b|^pin (?:on|by)\b|\bimage (?:not found|available)\b|^untitled$|lorem ipsum|^\d+ best\b|^sold out\b|^breaking news\b|\btickets on sale\b|, size \w{1,2}$",
    r"leave a comment|comments? (?:below|off)|privacy policy|terms of (?:use|service)|, concept of\b",
    rf"(?:\s[-–—]\s*|\s)(?:{_PICTURE}|slide|page|part|step|episode|ep\.?) ?#?\d+ (?:of|/) ?\d+\W*$|\s[-–—]\s(?:step|part|ep\.?|episode) ?\d+\W*$",
    r"\s\(\d+ ?/ ?\d+\)\s*$|(?<!on)(?<!at)(?<!reads)(?<!says)\s\d{4}[-./]\d\d[-./]\d\d\W*$|\s[-–—]\s*[$€£₩]\s?\d[\d.,]*\W*$",
    r"\s\d(?:\.\d)?[ -]stars?(?: rating| reviews?)?\W*$|\.(?:mp4|mov|avi|webm|mkv|jpe?g|png|gif)\b",
    r"(?:\s#(?!unsure\b|summary\b)[^\W\d]\w+)+\s*$",
    r"libre de droits|lizenzfrei|stock-?foto|foto de stock|fotos? grat[iu]|descargar|télécharger|kostenlos|[\u3040-\u30ff\u4e00-\u9fff\u0400-\u04ff]{2}",
    r"구독|좋아요\s*(?:와|과|를|버튼)|저작권|무단\s*(?:전재|배포)|클릭하(?:세요|시면)|\s*-?\s*(?:스톡|무료)\s*(?:사진|영상|이미지|다운로드)\s*$",
    r"자세히 보기|더 보기\s*[>»]?$|\d+% ?할인|할인 ?(?:이벤트|쿠폰|코드)|무료 배송|알림 ?설정|최저가|제공\s*[:：]|\s-\s유튜브"
    r"|[(\[]\s*(?:사진|출처|제공|영상)\s*=",
    r"문의\s*[:：]|출처\s*[:：]|기자\s*=|ⓒ",
)
BORDER = re.compile(r"[.!?;]\s+|\s+[-|–—•·»]\s+|,\s+|\s*\(\s*|\s{2,}|:\s+")
# Words of the web in a row at the end are a tail when one of them has no other place and no article stands before.
_SURE = (
    rf"(?:{_STOCK}|royalty[- ]free|(?:stock|vector|premium) {_PICTURE}|clip ?art|png|jpe?g|gif|mp[34]|(?:hd|4k|desktop|iphone) wallpapers?|wallpapers? (?:hd|4k|for|iphone|android|desktop)"
    r"|(?:video|clip|footage|image|photo) downloads?|free downloads?|full (?:video|episode|movie)|(?:eng(?:lish)?|kor) subs?"
    rf"|\d{{3,4}} ?x ?\d{{3,4}}|\d{{3,4}}p|{_PICTURE} for free|lyrics|english translation|(?:mv|official|mv official) teaser|fancam|fanpage|merch store)"
)
_MAYBE = rf"(?:{_PICTURE}|stock|free|hd|uhd|4k|premium|download|transparent|background|online|for|by|on|via|from|at|in|hi-?res|slow motion|iphone|full|©|\d+)"
TAIL = re.compile(rf"(?:^|(?<=[\s(\[,|–—-]))(?:(?:{_SURE}|{_MAYBE})(?:[\s,.|()\[\]–—!-]+|$))+$", re.IGNORECASE)
SURE = re.compile(rf"\b{_SURE}(?!\w)", re.IGNORECASE)
_TAKEN_BY = re.compile(
    r"\b(?:an?|the|this|her|his|their|my|some|of|with|about|in|on|called|watch\w*|holds?)\s*$", re.IGNORECASE
)
BRACKETED = re.compile(
    r"\s*[\[(【](?:[^\])】]*\W)?(?:subs?|subbed|hd|4k|1080p|720p|mv|m/v|ep\.?\s?\d+|episode|official|full|lyrics|trailer|teaser|vlog)\b"
    r"[^\])】]*[\])】]\s*",
    re.IGNORECASE,
)
# What somebody says, or what can be read there, may be anything.
_LETTERED = re.compile(
    r"[\"“”]|\b(?:says?|said|saying|reads|written|titled|types?|sign(?! up)|banner|words?|screen|t-?shirt|poster|logo|sticker)\b|라고|팻말|간판|글자",
    re.IGNORECASE,
)

# So many words and none of those that hold a sentence together: no sentence.
_HOLDING = re.compile(
    r"#|\b(?:an?|the|of|in|on|is|are|and|with|to|at|for|her|his|from|while)\b|[^\x00-\x7f]", re.IGNORECASE
)
# Behind a sentence nothing stands in brackets, behind a dash or a picture, nor a length, a number of the archive, a count of views.
_BEHIND = _any(
    r"\s*[(\[][^()\[\]]*[)\]]\W*$",
    r"\s[-–—·•»~]\s(?!(?:an?|the|she|he|they|it|her|his|their|one|two|and|with|in|on|at)\b)(?:[^\s.]+[\s.!]*){1,6}$",
    r"\s?[\u2190-\u21ff\u2600-\u27bf\U0001f000-\U0001faff].*$",
    r"(?<!shows)(?<!reads)(?<!says)(?<!at)(?<!is)(?<!to)(?<!by)\s(?:\d?\d:\d\d(?::\d\d)?|#? ?\d{5,}|\d[\d.,]*[km]? (?:views|likes|followers|comments))\W*$",
)
# In a sentence of its own somebody does something; an order, a title or an address to whoever reads is the web's.
_SENTENCE = re.compile(
    r"^\W*(?:an?|the|this|that|these|those|one|two|three|four|five|six|several|some|many|all|both|each|another|other|others|people|women|men|girls|boys"
    r"|she|he|they|it|there|her|his|their|its|someone|everyone|everybody|nobody|no|#\w+|[a-z]|then|next|finally|later|suddenly|meanwhile|once|again"
    r"|in|on|at|behind|after|before|while|when|as|with|from|near|next|under|over|around|outside|inside|above|below|to|by|during|through|between"
    r"|\w+ing|\w+ly|(?!(?:do|don|tickets)\b)[\w'-]+ (?:and|is|are|was|were|has|have|\w+[^s\W]s|\w+ed|\w+ing))\b|^\W*(?:\w+,|\w+s \w+\.$)",
    re.IGNORECASE,
)
_TO_READER = re.compile(r"\b(?:your|our|us)\b", re.IGNORECASE)
BEHIND = 2  # words: of fewer nothing is told before it
SALAD = 10  # words
NEAR = 6  # characters: in Korean what is read there comes first ("구독이라고 쓴")


def without_spam(text: str) -> str:
    """What comes before the part of the text in which the spam begins; without such parts, before the spam."""
    said = " ".join(BRACKETED.sub(" ", text).split())
    found = next((found for found in SPAM.finditer(said) if not _told_of(said, found.start())), None)
    if found is not None:
        borders = [border.start() for border in BORDER.finditer(said) if border.start() <= found.start()]
        said = said[: borders[-1] if borders else found.start()].rstrip()
    said = _sentences(_without_behind(said))
    if len(said.split()) >= SALAD and not _HOLDING.search(said):
        return ""
    return _without_tail(said)


def _without_behind(text: str) -> str:
    for behind in _BEHIND.finditer(text):
        aside = re.search(r"\s[-–—]\s", text[: behind.start()])  # "a woman - the leader - counts"
        if not aside and not _told_of(text, behind.start()) and len(text[: behind.start()].split()) > BEHIND:
            return text[: behind.start()].rstrip(" ,")
    return text


def _sentences(text: str) -> str:
    """Without sentences after the first in which nobody does anything."""
    if re.search("[가-힣]", text):
        return text
    first, *more = re.split(r"(?<=\w{2}[.!?])\s+", text)
    said = [one for one in more if _LETTERED.search(one) or (_SENTENCE.search(one) and not _TO_READER.search(one))]
    return text if len(said) == len(more) else " ".join([first, *said])


def _told_of(text: str, at: int) -> bool:
    """Whether the sentence says that somebody says it, or that it can be read on something there."""
    near = NEAR if re.search("[가-힣]", text) else 0
    before = re.split(r"[.!?]\s", text[: at + near])[-1]
    return bool(_LETTERED.search(before))


def _without_tail(text: str) -> str:
    tail = TAIL.search(text)
    while tail and _TAKEN_BY.search(text[: tail.start()]):
        tail = TAIL.search(text, tail.start() + 1)
    if tail is None or not SURE.search(tail[0]) or _told_of(text, tail.start()):
        return text
    return text[: tail.start()].rstrip(" ,|([–—-")
