"""Who somebody in Slack is: their language and name there, and for which account of Scenedesk the bot acts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from slack_sdk.web.async_client import AsyncWebClient

from kernel.contracts.accounts import NewLink
from kernel.contracts.errors import Language, UpstreamError
from slack_bot.archive import Archive, Caller
from slack_bot.kept import Kept

PROFILE_S, NOTED_S = 600, 86400
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
    home: str = ""  # the workspace they are of: in a shared channel not the one they speak in

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
        self._noted: Kept[bool] = Kept(NOTED_S)  # who is known by their address

    def trusts(self, team: str) -> bool:
        """Whether the addresses of its members are taken for theirs."""
        return team in self._trusted

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
        called = NewLink(elsewhere=speaker.elsewhere, name=f"{speaker.name} ({speaker.user})"[:100])
        linked = self._archive(replace(own, acts_for=speaker.elsewhere))
        if await _opens(linked):
            return linked
        known = self._archive(replace(own, acts_for=speaker.email)) if speaker.email else None
        if known is not None and self.trusts(speaker.home) and await _opens(known):
            if self._noted.first(speaker.elsewhere, value=True):
                await known.know(called)
            return known
        raise NotLinkedError((await self._archive(own).offer_link(called)).address)


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
        home=str(said.get("team_id") or ""),
    )
