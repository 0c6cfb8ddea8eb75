"""Sentences that break off: words at the end that wait for more. Pure."""
# ruff: noqa: E501 - patterns are easier to read whole

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


FEWEST_WORDS = 3
VERB = re.compile(r"\b(?:is|are|was|were|has|have|[a-z]{2,}(?:ing|s|ed))\b|[가-힣]+(?:다|요|음|함)\b", re.IGNORECASE)
_ALWAYS = (
    r"a|an|the|of|and|or|with|his|their|its|my|is|are|was|were|while|because|(?<!one )another|some|these|very|has|have"
    r"|(?<!where to )(?<!thing to )(?<!place to )be|being|as|but|nor|than|until|unless|although|though|if|whose|including|during|upon|among|beside|via|several|various|every"
    r"|multiple|many|matching|when|i|she|he|they|we"
)
WEAK_END = rf"(?:{_ALWAYS})"
_KNOWS = r"(?:knows?|guess(?:es)?|sees?|tells?|shows?|wonders?|asks?|learns?|see|told|finds out|explains?)"
_NOUN_BEFORE = r"(?<!\bknow)(?<!\bknows)(?<!\bguess)(?<!\bguesses)(?<!\bsee)(?<!\bsees)(?<!\bshows)(?<!\bwonders)(?<!\bexplains)(?<!\basks)"
OPEN_END = _any(
    rf"(?:^|\s){WEAK_END}$", r"[,\-–(\[“:;&]$", r"\s[\"'(]$",
    rf"{_NOUN_BEFORE} (?:who|which|where|how|whom)$", r"(?<!like)(?<!is)(?<!do)(?<!does)(?<!doing)(?<!of)(?<!at)(?<!with)(?<!than) that$",
    # "her" is whole where it is whom, not whose.
    r"(?<!\bof)(?<!\bto)(?<!\bfor)(?<!\bat)(?<!\bby)(?<!\bon)(?<!\bwith)(?<!\bbehind)(?<!\bnear)(?<!\bbeside)(?<!\bafter)(?<!\baround)"
    r"(?<!\bover)(?<!\bpast)(?<!\bfrom)(?<!\bbefore)(?<!\bagainst)(?<!\babout)(?<!\bunder)(?<!\babove)(?<!\bbelow)(?<!\btowards)(?<!\btoward)"
    r"(?<!hug)(?<!hugs)(?<!hugging)(?<!ing)(?<!watches)(?<!follows)(?<!helps)(?<!films)(?<!kisses)(?<!joins) her$",
    r"(?<!soon)(?<!shortly)(?<!day)(?<!year)(?<!week)(?<!morning)(?<!look)(?<!looks)(?<!ever)(?<!right)(?<!long) after$|, both$",
    r"(?:,|\band) then$", r"\bso that$|\bin order(?: to)?$|\bsuch as$|\b\w+ so$(?<!do so)(?<!think so)(?<!ever so)|\bas well(?: as)?$|\bdue to$",
    r"(?:,|\b(?:and|but|while|then|as)) (?:one(?: of (?:them|the \w+))?|the other(?: one)?|it)$",
    r"^(?!.*\b(?:has|have|had|having|than|n?ever|as|day|night|week|year|long|was|were|did|just)\b).*\bbefore$",
)  # fmt: skip
_PHRASAL = (
    r"(?:turn|putt|switch|com|gett|go|climb|mov|hold|liv|hang|drop|check|giv|runn|look|walk|lean|bend|driv|fall|roll|pass)"
    r"ing"
)
# Verbs that say nothing without their object.
_OF_SOMETHING = (
    r"(?:holding|wearing|putting|carrying|using|making|having|bringing|receiving"
    r"|(?:picks?|picking|takes?|taking|puts?|holds?|brings?|uses?|wears?|carries|lifts|grabs|gives?|has)(?: (?:up|on|out|off|down|away))?)"
)
_LOOKS = (
    r"(?:black|white|red|blue|green|yellow|pink|purple|orange|brown|gray|grey|long|short|small|large|big|different|colorful"
    r"|various|blonde)"
)
_AFTER_A = (
    r"(?:new|old|young|little|nice|tall|tiny|huge|dark|bright|beautiful|wooden|plastic|similar|single|traditional)"
)
_WHERE = r"on|in|at|to|for|from|into|onto|by|over|through|towards?|across|behind|under|near|next|between|against|around"
HANGING = _any(
    rf"\b(?!{_PHRASAL}\b)[a-z]{{2,}}ing (?:{_WHERE})$",
    r"\b(?:look|walk)ing (?:at|to|for|from|into|onto|towards?|across|with)$",
    r"\b(?:next|close|front|middle|top|side|back|group|pair|kind|piece|bunch|cup|bowl|plate|bottle|lot|set) (?:to|of)$|\bin front$",
    r"(?<!looked)(?<!stared)(?<!laughed)(?<!pointed) (?:at|from|into|onto|towards?)$",
    rf"\b{_OF_SOMETHING}$|\b(?:an?|the|with|with her|with his|wearing|of|her|his|their) {_LOOKS}$|\b(?:with|in|on|from|of|using) both$|\ban? (?:pair|group|kind|piece|bunch)$|\bthe (?:pair|kind)$",
    r"\b(?:is|are|was|were) (?:about|going|trying|starting|beginning)(?: to)?$",
    r"\b(?:about|going|try|tries|trying|starts?|begins?|ready|able|prepar\w+|attempt\w+|continues?|used|seems?|appears?|next|close) to$",
    r"\b(?:surrounded|followed|covered|filled|made|decorated|equipped|dressed|accompanied|full|written|located|lined|consist\w+|attached)"
    r" (?:by|with|of|in|on|from|to|at)$|\b(?:surrounded|followed|accompanied|filled|covered|equipped)$",
    rf"\ban? {_AFTER_A}$|\b(?:trying|attempting|preparing|crowded|dressed)$|\b\w+ed (?:with|by|as|of)$",
    r"\b(?:which|that) (?:reads|says)$",
    r"\b(?:woman|man|girl|boy|person|people|friend|dog|cat)'s$(?<!at \w's)",
    r"(?<!want)(?<!wants)(?<!need)(?<!needs)(?<!have)(?<!has)(?<!had)(?<!ought)(?<!supposed)(?<!like)(?<!likes)(?<!refuses)(?<!not)(?<!go)(?<!used)(?<!been) to$",
    r"\bthere (?:is|are)(?: (?:two|three|four|some|no|more|also|only))?$",
    r"\b(?:talks?|talking|speaks?|thinks?) about(?: how)?$",
)  # fmt: skip
REMNANT = re.compile(
    r"(?:\s(?:next|in|on|close|in front|the other|other|on top|in the middle|at the (?:back|end|top|side)|says))+$"
    r"|\s(?:that )?(?:looks? like|as if|because|that|while|like) (?:it|she|he|they)$|\s(?:that )?looks? like$"
    r"|,? (?:and )?one(?: of (?:them|the \w+))?$",
    re.IGNORECASE,
)
# Half a word: no English word ends so.
_HALF = re.compile(
    r"\b(?!you\b|thou\b|tv\b|suv\b|dj\b|bbq\b|faq\b|caribou\b|bayou\b|tofu\b|menu\b|per\b|mr\b|dr\b|hr\b|jr\b|sr\b|xl\b)[a-z]*(?:[ai]u|ou|[bcdfgpt]r|[bcfgps]l|[jqv])$"
)
# Words of two and three letters that may end a sentence; whatever else is so short is half a word.
SHORT = 3  # letters
SHORT_WORDS = """
am an as at be by do go he hi if in is it me my no of on or so to up us we ok tv dj mv cd dvd vr ac pc id ad ax
ox ma pa oh ah act add age aid aim air all and any ape app arm art ash ask ate axe bad bag ban bar bat bay bed
bee kim lee beg bet bib big bin bit bow box boy bra bud bug bun bus but buy bye cab can cap car cat cop cow cry cub cue
cup cut dad dam day den dew did die dig dim dip doe dog dot dry due duo ear eat eel egg ego elf end eve eye fan
far fat fax fed fee few fig fin fit fix fly foe fog for fox fry fun fur gap gas gel gem get gig gin god got gum
gun gut guy gym had ham has hat hay hem hen her hey hid him hip his hit hog hop hot how hub hug hut ice icy ill
ink inn ion its ivy jam jar jaw jet job jog joy jug key kid kin kit lab lad lap law lay led leg let lid lie lip
lit log lot low mad man map mat may men met mic mid mix mob mom mop mud mug mum nap net new nod not now nun nut
oak oar oat odd off oil old one orb our out owl own pad pan pat paw pay pea peg pen pet pie pig pin pit pod pop
pot pro pub pun pup put rag ram ran rap rat raw ray red rib rid rig rim rip rod row rub rug run sad sat saw say
sea see set sew she shy sip sir sit six ski sky sly sob son sow soy spa spy sub sum sun tab tag tan tap tar tax
tea ten the tie tin tip toe ton too top toy try tub tug two urn use van vet via wag war was wax way web wed wet
who why wig win wit wok won yak yes yet you zip zoo la na da ta ya yo boo doo woo yay wow aww ooh aah mmm
"""
_SHORT = frozenset(SHORT_WORDS.split())
# "in front of her", "a tool they work with", "the coat she is wearing": whole as they are.
OBJECT = re.compile(
    rf"\b(?!(?:and|but|while|then|as|because|where|when|with|of|who|that|is|are|{_WHERE})\b)[\w'-]+ "
    r"(?:she|he|they|it|we|you|i|no one|someone|everyone|the \w+|an? \w+) "
    rf"(?:(?:is|are|was|were|has|have|had|will|can|could) )?(?:not )?(?!(?<!is )(?<!are )(?<!was )(?<!were )\w+ing\b)(?!(?:{_WHERE}|and|or|of|with)\b)\w+(?: (?:up|out|off|down))?(?: (?:{_WHERE}|with|about))?$",
    re.IGNORECASE,
)
_TO_DO = re.compile(
    rf"\b(?:(?:some|any|no)(?:thing|one|body|where)|an? \w+) to \w+ (?:{_WHERE}|with|about)$", re.IGNORECASE
)
_SIDE = re.compile(
    r"\b(?:with|in|of|moves?|lifts?|raises?|from|using) (?:his|her|their) (?:left|right)$", re.IGNORECASE
)
_WHOSE = re.compile(rf"(?:\s(?:{_WHERE}|of|with))?\s(?:her|his|their|its|my|an?|the)$", re.IGNORECASE)
_LETTER = re.compile(r"\bletters?\b.{0,20} [ai]$|\bvitamin a$", re.IGNORECASE)
# What is done to something that is not said any more.
_WHAT = frozenset({"a", "an", "the", "his", "her", "their", "its", "that"})
_DOES = re.compile(r"\s(?!is$|was$|has$|this$)\w+(?:[^s\W]s|ing|ed)$")
_INTENDED = re.compile(r"\b(?:about|going|trying|tries|try|starts|begins|order) to \w+$", re.IGNORECASE)
RELATIVE = re.compile(r"\b(?:what|which|that|where|who|whom|something|everything|nothing)\b", re.IGNORECASE)
# A clause that has hardly begun: "a girl who is".
CLAUSE_OPEN = re.compile(
    r"\s(?:an?|the|who|which|that|where|whose|how|and|or|with|of|as)$|\b(?:who|that|which) (?:is|are|was|were)$|\b(?:is|are) (?:about|going) to$"
    r"|\b(?:which|that) (?:reads|says)$|^(?!.*\b(?:what|who|where|how|which|whose)(?: \w+){1,3} (?:is|are|was|were)$).*\b(?:is|are|was|were)$",
    re.IGNORECASE,
)
KOREAN_OPEN = re.compile(
    r"(?<!가)(?<!마)(?<!노)(?:을|를)$|(?:에서|에게|으로|면서|하며|하고|있고|있는|하는|그리고|및|또는)$|[,(]$"
    r"|[와과랑] (?:함께|같이)$|(?:앉아|누워|걸어|들어|잡아|기대|모여|나란히)$"
    r"|(?:[쓰치추보오가들먹입놀웃읽벗]고|[가-힣][아어해려]서|려고|지만|는데)$"
    r"|(?:사람|여자|남자|여성|남성|소녀|소년|멤버)들?(?:이|가|은|는)$"
)
_LAST_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^.!?]+$)")


def whole(text: str, korean: bool) -> str:
    """Without the words at the end that wait for more; without a last sentence of which nothing is left."""
    if text.endswith((".", "!", "?", "”", '"')) and not re.search(rf"\s(?:{WEAK_END}\.|\")$", text, re.IGNORECASE):
        return text
    first, *last = _LAST_SENTENCE.split(text, maxsplit=1)
    if not last:
        return _korean(text) if korean else _english(text)
    mended = _korean(last[0]) if korean else _english(last[0])
    if mended == last[0] and len(mended.split()) >= FEWEST_WORDS and (korean or VERB.search(mended)):
        return text
    enough = len(mended.split()) > FEWEST_WORDS and VERB.search(mended)
    return f"{first} {mended}" if enough else first


def _korean(text: str) -> str:
    return "" if KOREAN_OPEN.search(text.rstrip(" .")) else text


def _english(text: str) -> str:
    said = text.rstrip(" .")
    if not _open(said) or _LETTER.search(said):
        return text
    half = _half(said)
    if (
        (OBJECT.search(said) or _TO_DO.search(said))
        and not half
        and (said.endswith(" with") or not OPEN_END.search(said))
    ):
        return text
    if RELATIVE.search(said) and said[-1].isalnum() and not CLAUSE_OPEN.search(said) and not half:
        return text
    if half or _SIDE.search(said):
        said = _WHOSE.sub("", said.rpartition(" ")[0])
    while said and _open(said):
        left, _, word = (said[:-1].rstrip(), "", "") if not said[-1].isalnum() else said.rpartition(" ")
        said = _DOES.sub("", left) if word.lower() in _WHAT else left
        said = _INTENDED.sub("", REMNANT.sub("", said)).rstrip()
    return said


def _open(said: str) -> bool:
    return bool(OPEN_END.search(said) or HANGING.search(said) or _SIDE.search(said)) or _half(said)


def _half(said: str) -> bool:
    """Whether the last word is half a word; of a single one nobody can tell."""
    before, _, word = said.rpartition(" ")
    if not before or before.endswith(f" {word}") or not word.isascii() or not word.isalpha() or not word.islower():
        return False
    return bool(_HALF.search(word)) or (1 < len(word) <= SHORT and word not in _SHORT)
