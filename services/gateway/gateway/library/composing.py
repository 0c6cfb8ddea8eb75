"""Names as they are being typed in Korean: ㅁ, 미, 민, 민ㅈ and 민지 all find 민지. Pure."""

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
# The consonant under a syllable that may turn out to begin the next one; "" for none and for clusters.
FINALS = ["", "ㄱ", "ㄲ", "", "ㄴ", "", "", "ㄷ", "ㄹ", *[""] * 7, "ㅁ", "ㅂ", "", "ㅅ", "ㅆ", "ㅇ", *"ㅈㅊㅋㅌㅍㅎ"]
FIRST, LAST = ord("가"), ord("힣")
AN_INITIAL = 588  # syllables that begin with one consonant


def pattern(typed: str) -> str:
    """A regular expression of Postgres for whatever has `typed` in it, its last syllable perhaps half composed."""
    return "".join(_letter(letter) for letter in typed[:-1]) + _last(typed[-1:])


def _letter(letter: str) -> str:
    if letter in INITIALS:
        return f"[{letter}{_beginning_with(letter)}]"
    return letter if letter.isalnum() or letter.isspace() else f"\\{letter}"


def _last(letter: str) -> str:
    if not letter or not FIRST <= ord(letter) <= LAST:
        return _letter(letter) if letter else ""
    final = (ord(letter) - FIRST) % len(FINALS)
    bare = chr(ord(letter) - final)
    if final == 0:
        return f"[{bare}-{chr(ord(bare) + len(FINALS) - 1)}]"
    if begins := FINALS[final]:
        return f"(?:{letter}|{bare}[{_beginning_with(begins)}])"
    return letter


def _beginning_with(initial: str) -> str:
    start = FIRST + INITIALS.index(initial) * AN_INITIAL
    return f"{chr(start)}-{chr(start + AN_INITIAL - 1)}"
