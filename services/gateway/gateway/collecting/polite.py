"""A session that says who it is, asks robots.txt, and goes to one host at a time with a pause between."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import requests

from gateway.collecting.errors import RobotsError

AGENT = "Scenedesk"
USER_AGENT = f"{AGENT}/0.1 (collects pictures a person reviews)"
TIMEOUT_S = (10, 20)  # to connect; of silence
LONGEST_PAUSE_S = 30.0
_FAILED = 500


class Polite(requests.Session):  # type: ignore[misc]  # requests has no types
    """Every request, redirected ones too, passes `send`. Not to be used by two threads at once."""

    def __init__(self, pause_s: float, *, robots: bool, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__()
        self.headers["User-Agent"] = USER_AGENT
        self.trust_env = False
        self.max_redirects = 5
        self._pause_s, self._robots, self._sleep = pause_s, robots, sleep
        self._rules: dict[str, RobotFileParser] = {}
        self._last: dict[str, float] = {}

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Raises RobotsError for what the host's robots.txt keeps programs from."""
        parts = urlsplit(request.url or "")
        if self._robots and not self._rules_of(parts.scheme, parts.netloc).can_fetch(AGENT, request.url or ""):
            raise RobotsError(host=parts.hostname or "")
        self._wait(parts.netloc)
        options["timeout"] = TIMEOUT_S
        return super().send(request, **options)

    def _rules_of(self, scheme: str, host: str) -> RobotFileParser:
        if host not in self._rules:
            self._rules[host] = self._read_rules(f"{scheme}://{host}/robots.txt")
        return self._rules[host]

    def _read_rules(self, address: str) -> RobotFileParser:
        """As RFC 9309 has it: none there allows everything, a server that fails allows nothing."""
        rules = RobotFileParser(address)
        self._wait(urlsplit(address).netloc)
        request = self.prepare_request(requests.Request("GET", address))
        answer = super().send(request, timeout=TIMEOUT_S, allow_redirects=False)
        if answer.status_code >= _FAILED:
            rules.parse(["User-agent: *", "Disallow: /"])
        else:
            rules.parse(answer.text.splitlines() if answer.ok and not answer.is_redirect else [])
        return rules

    def _wait(self, host: str) -> None:
        rules = self._rules.get(host)
        asked = rules.crawl_delay(AGENT) if rules else None
        pause = max(self._pause_s, min(float(asked or 0), LONGEST_PAUSE_S))
        since = time.monotonic() - self._last.get(host, -pause)
        if since < pause:
            self._sleep(pause - since)
        self._last[host] = time.monotonic()
