"""What people do in Slack with the bot, and what they are shown."""

from dataclasses import dataclass
from typing import Any

from tests import fake_slack
from tests.fake_slack import Said


@dataclass
class Talk:
    """People and the bot, over Socket Mode."""

    slack: fake_slack.Slack

    async def search(self, text: str = "민지 자는 장면", user: str = "U1") -> Said:
        """The command over Socket Mode; the cards with their pictures."""
        before = len(self.slack.said)
        await self.slack.deliver("slash_commands", self.slack.command(text, user))
        return await self.said(lambda one: one.replace and "slack_file" in one.shown, before)

    async def press(self, button: dict[str, Any], **how: Any) -> None:
        await self.slack.deliver("interactive", self.slack.press(button, **how))

    async def submit(self, view: dict[str, Any], values: dict[str, Any], user: str = "U1") -> dict[str, Any]:
        answer, _ = await self.slack.deliver("interactive", self.slack.submit(view, values, user))
        return answer

    async def said(self, so: Any, after: int = 0) -> Said:
        return await self.slack.until(lambda: next((one for one in self.slack.said[after:] if so(one)), None))

    async def view(self, callback: str) -> dict[str, Any]:
        """The view that is open with that callback."""
        return await self.slack.until(
            lambda: next(
                (one for one in reversed(self.slack.views.values()) if one.get("callback_id") == callback), None
            )
        )

    async def form(self, card: Said, user: str = "U1", place: int = 0, **how: Any) -> dict[str, Any]:
        """Edit was pressed: the form that opens."""
        edit = [one for one in card.buttons() if one["action_id"] == "card:edit"][place]
        self.slack.views.clear()
        await self.press(edit, user=user, **how)
        return await self.view("edit:form")

    async def save(self, form: dict[str, Any], values: dict[str, Any], user: str = "U1") -> dict[str, Any]:
        """The form sent and its preview saved; the preview."""
        answer = await self.submit(form, values, user)
        assert answer["response_action"] == "push", answer
        root = {"root_view_id": form["id"]}
        assert (await self.submit(answer["view"] | root, {}, user))["response_action"] == "clear"
        return answer["view"]

    async def shared(self, channel: str = "C1", query: str = "민지 자는 장면", **values: Any) -> Said:
        """A scene found and shared there: its card as everybody sees it."""
        before = len(self.slack.said)
        card = await self.search(query)
        self.slack.views.clear()
        await self.press(card.button("card:share"))
        await self.submit(await self.view("share:form"), {"where": {"selected_conversation": channel}, **values})
        return await self.said(lambda one: one.how == "chat.postMessage" and one.channel == channel, before)
