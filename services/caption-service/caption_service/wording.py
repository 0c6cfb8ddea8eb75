"""What is cut from a captioner's text before it is stored: echoes, loops, the first person. Pure.

Everything else stays as the model wrote it.
"""

import re

from kernel.loops import without_loops

# The narration marks of Ego4D, which EILEV was tuned on: "#C C picks a cup", "#O A man X walks", "#unsure".
_WEARER = re.compile(r"(^#c\s+c\b)|\bthe (camera wearer|person wearing the camera|cameraman)\b", re.IGNORECASE)
_OTHER = re.compile(r"^#o\s+", re.IGNORECASE)
_LETTERED = re.compile(r"\b(man|woman|person|lady|boy|girl) [A-Z]\b")
_UNSURE = re.compile(r"#unsure\b", re.IGNORECASE)
_NEXT_QUESTION = re.compile(r"\s*\bQuestion:.*", re.DOTALL)
# Byte-level models can write any byte; a database takes no NUL, and nobody wants a bell.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]+")


def cleaned(text: str, prompt: str) -> str:
    """The model's own words: without the prompt said back, a next question made up, or a phrase in a loop."""
    said = _UNPRINTABLE.sub(" ", text).strip().removeprefix(prompt).strip().removeprefix("Answer:").strip()
    return without_loops(_NEXT_QUESTION.sub("", said))


def third_person(text: str) -> str:
    """As an onlooker would say it: "The camera wearer drops a cup" becomes "A person drops a cup".

    Whoever holds the camera in the model's training is here somebody in the picture.
    """
    plain = _UNSURE.sub("something", _LETTERED.sub(r"\1", _OTHER.sub("", text)))
    mentions = iter(["a person"])
    said = _WEARER.sub(lambda _: next(mentions, "the person"), plain)
    return said[:1].upper() + said[1:]
