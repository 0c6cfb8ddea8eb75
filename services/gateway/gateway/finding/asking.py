"""Whether somebody asks for scenes or asks a question that wants an answer in words. Pure."""

import re

FULL_WIDTH_MARK = "\uff1f"
MARKED = re.compile("^\\s*(질문|question|q)\\s*[:\uff1a]", re.IGNORECASE)
ENGLISH = re.compile(
    r"^\s*(who|what|when|where|why|how|which|whose|did|does|do|is|are|was|were|has|have|can|could|will|would|"
    r"summari[sz]e|tell me)\b",
    re.IGNORECASE,
)
# An interrogative and an ending that asks: "민지가 뭐 했어", "누가 자고 있나요".
INTERROGATIVE = re.compile(r"(뭐|뭘|무엇|무슨|누가|누구|언제|어디|왜|어떻게|어때|몇|얼마|어느)")
ASKING = re.compile(r"(까|나요|는지|니|냐|어|아|해|지|요|래|죠|다고|야)\s*[?.!~]*\s*$")
SUMMARY = re.compile(r"(요약|정리|설명|알려)\s*(해|해줘|해 줘|줘|좀|해주세요|해 주세요|주세요)?\s*[.!]*\s*$")


def is_question(text: str) -> bool:
    """`민지가 공원에서 뭐 했어?`, `질문: …`, `who is asleep` are; `민지가 자는 장면`, `a cup on the table` are not."""
    stripped = text.strip()
    if not stripped:
        return False
    return bool(
        stripped.endswith(("?", FULL_WIDTH_MARK))
        or MARKED.match(stripped)
        or ENGLISH.match(stripped)
        or SUMMARY.search(stripped)
        or (INTERROGATIVE.search(stripped) and ASKING.search(stripped))
    )
