"""Who somebody in Slack is: their language and name there, and for which account of Scenedesk the bot acts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from slack_sdk.web.async_client import AsyncWebClient

from kernel.contracts.accounts import NewLink
from kernel.contracts.errors import Language, UpstreamError
from slack_bot.archive import Archive, Caller
from slack_bot.kept import Kept

PROFILE_S = 600
NOT_LINKED = "may_not_act_for"


class NotLinkedError(Exception):
    """Nobody has said who that is; at `address` they say so themselves."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@dataclass(frozen=True)
class Speaker:
    """Somebody of a workspace."""

    team: str
    user: str
    name: str = ""
    language: Language = "ko"
    email: str | None = None

    @property
    def elsewhere(self) -> str:
        """As Scenedesk knows them once they are linked."""
        return f"slack:{self.team}:{self.user}"


class People:
    """Looks people up, in Slack and in Scenedesk."""

    def __init__(
        self, slack: AsyncWebClient, archive: Callable[[Caller], Archive], token: str, trusted: tuple[str, ...]
    ) -> None:
        self._slack, self._archive, self._token, self._trusted = slack, archive, token, trusted
        self._profiles: Kept[Speaker] = Kept(PROFILE_S)

    async def speaker(self, team: str, user: str) -> Speaker:
        """Raises SlackApiError."""
        known = self._profiles.get(f"{team}:{user}")
        if known is None:
            answer = await self._slack.users_info(user=user, include_locale=True)
            known = _speaker(team, user, answer["user"])
            self._profiles.put(f"{team}:{user}", known)
        return known

    def caller_for(self, elsewhere: str) -> Caller:
        """Asking as whoever is linked by that name."""
        return Caller(self._token, elsewhere)

    async def archive_of(self, speaker: Speaker) -> Archive:
        """Scenedesk as that person. Raises NotLinkedError, UpstreamError, UnavailableError."""
        own = Caller(self._token, language=speaker.language)
        names = [speaker.elsewhere, *([speaker.email] if speaker.team in self._trusted and speaker.email else [])]
        for name in names:
            archive = self._archive(replace(own, acts_for=name))
            if await _opens(archive):
                return archive
        called = f"{speaker.name} ({speaker.user})"[:100]
        offered = await self._archive(own).offer_link(NewLink(elsewhere=speaker.elsewhere, name=called))
        raise NotLinkedError(offered.address)


async def _opens(archive: Archive) -> bool:
    try:
        await archive.me()
    except UpstreamError as error:
        if error.upstream.code == NOT_LINKED:
            return False
        raise
    return True


def _speaker(team: str, user: str, said: dict[str, object]) -> Speaker:
    profile = said.get("profile")
    known: dict[str, object] = profile if isinstance(profile, dict) else {}
    email, locale = known.get("email"), str(said.get("locale") or "")
    return Speaker(
        team=team,
        user=user,
        name=str(known.get("display_name") or said.get("real_name") or said.get("name") or user),
        language="ko" if locale.startswith("ko") or not locale else "en",
        email=str(email).casefold() if email else None,
    )
