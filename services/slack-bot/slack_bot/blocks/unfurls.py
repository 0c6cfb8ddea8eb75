"""What a link of Scenedesk says of its scene, where somebody shared it."""

from kernel.contracts.errors import Language
from kernel.contracts.library import ListedSegment, Video
from slack_bot import times
from slack_bot.blocks import scenes
from slack_bot.blocks.kit import Block, actions, button, context, escaped, link, section
from slack_bot.blocks.scenes import Names
from slack_bot.words import Say

CAPTION = 500


def of_video(video: Video, address: str, say: Say) -> list[Block]:
    length = times.shown(video.duration_ms)[:-4] if video.duration_ms is not None else ""
    told = say("%(n)s scenes", n=video.segments)
    facts = context(" · ".join(filter(None, (length, told))))
    return [section(f"*{link(address, video.title[:80])}*"), facts]


def of_segment(
    segment: ListedSegment, video: Video, address: str, names: Names, language: Language, say: Say
) -> list[Block]:
    said = scenes.text_of(segment.captions, language) or scenes.text_of(segment.captions, scenes.other(language))
    head = f"*{link(address, video.title[:80])}*  `{scenes.between(segment.span)}`"
    people = scenes.who(segment.people, names, language, say)
    who = [context(f"👥 {escaped(people)}")] if people else []
    watch = button(say("Watch"), "card:watch", url=address, style="primary")
    return [section(f"{head}\n{escaped(said[:CAPTION])}".strip()), *who, actions(watch)]
