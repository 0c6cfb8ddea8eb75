"""Questions answered in words, written into the message as they come."""

import re
from contextlib import aclosing

from kernel.contracts.finding import PublicAnswer, PublicSentence
from kernel.contracts.search import AnswerRequest
from slack_bot.blocks import answers
from slack_bot.bot import Turn

MARKED = re.compile(r"^(?:질문|question|q)\s*[:：]\s*", re.IGNORECASE)
ENDS_AS_QUESTION = re.compile(r"(?:[?？]|나요|까요|습니까|인가요?|는가|뭐야|누구야|언제야|어디야)\s*$")
# One use of the response address is kept for what may go wrong.
SPARE = 2


def question_in(written: str) -> str | None:
    """The question, when an answer in words is wanted; None for what is only looked for."""
    asked = MARKED.sub("", written).strip()
    if not asked:
        return None
    return asked if asked != written or ENDS_AS_QUESTION.search(asked) else None


async def answer(turn: Turn, asked: str) -> None:
    """Replaces what was said before: first how many scenes were found, then sentences, then the whole."""
    archive = await turn.archive()
    question = AnswerRequest(query=asked, limit=10, language=turn.language)
    written: list[PublicSentence] = []
    told, found = 0, 0
    async with aclosing(archive.answer(question)) as events:
        async for event in events:
            if event.answer is not None:
                await _whole(turn, asked, event.answer)
                return
            found = len(event.found.hits) if event.found else found
            written += [event.sentence] if event.sentence else []
            if len(written) >= told and turn.reply.spare > SPARE:
                told = len(written) + 1
                await turn.reply.tell(answers.so_far(asked, found, written, turn.say), replace=True)


async def _whole(turn: Turn, asked: str, whole: PublicAnswer) -> None:
    await turn.reply.tell(answers.whole(asked, whole, turn.say), replace=True)
