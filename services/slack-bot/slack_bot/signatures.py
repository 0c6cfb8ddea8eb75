"""Whether a request over HTTP is Slack's: its signature, its age, and that it was not seen before."""

from collections.abc import Mapping

from slack_sdk.signature import Clock, SignatureVerifier

from slack_bot.kept import Kept

WINDOW_S = 300


class Seal:
    """Slack signs `v0:time:body` with the app's signing secret."""

    def __init__(self, secret: str, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._verifier = SignatureVerifier(secret, self._clock)
        # What is older is refused by its time; within the window a signature counts once.
        self._seen: Kept[bool] = Kept(2 * WINDOW_S, most=100_000, clock=self._clock.now)

    def is_whole(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """False for what is unsigned, signed otherwise, older than five minutes, or was here before."""
        signature, sent = headers.get("x-slack-signature"), headers.get("x-slack-request-timestamp")
        if not signature or not sent or not (sent.isascii() and sent.isdigit()):
            return False
        try:
            whole = self._verifier.is_valid(body, sent, signature)
        except (ValueError, TypeError):  # a body that is no text, a signature that is no ASCII
            return False
        return whole and self._seen.first(signature, value=True)
