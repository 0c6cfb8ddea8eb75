"""Slack as far as the bot asks it: Web API, response addresses, views, uploads and Socket Mode, on a real local port.

Whatever the bot sends is held against Slack's limits; what Slack would refuse is refused.
"""

import asyncio
import itertools
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from kernel.settings import Settings
from tests.serving import served
from tests.slack_limits import message_faults, view_faults

BOT_TOKEN, APP_TOKEN = "xoxb-of-tests", "xapp-of-tests"
USES = 5  # of a response address
PATIENCE_S = 20


@dataclass
class Said:
    """A message that reached somebody: by a response address, or by a method."""

    how: str
    text: str
    blocks: list[dict[str, Any]]
    replace: bool = False
    channel: str | None = None
    user: str | None = None
    thread: str | None = None
    ts: str | None = None

    def button(self, action: str) -> dict[str, Any]:
        """The first button whose action begins so."""
        return next(one for one in self.buttons() if one["action_id"].startswith(action))

    def buttons(self) -> list[dict[str, Any]]:
        return [one for block in self.blocks if block["type"] == "actions" for one in block["elements"]]

    @property
    def markup(self) -> str:
        """All that Slack reads as markup."""
        texts = [block.get("text") for block in self.blocks]
        texts += [element for block in self.blocks for element in block.get("elements", [])]
        return "\n".join(text["text"] for text in texts if text and text["type"] == "mrkdwn")

    @property
    def shown(self) -> str:
        return json.dumps(self.blocks, ensure_ascii=False)


@dataclass
class Slack:
    """What was asked of Slack, what people were shown, and how it shall answer."""

    address: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    locales: dict[str, str] = field(default_factory=lambda: defaultdict(lambda: "ko-KR"))
    emails: dict[str, str] = field(default_factory=dict)
    unfurls: list[dict[str, Any]] = field(default_factory=list)
    in_channels: list[dict[str, Any]] = field(default_factory=list)  # files that were shared
    granted: list[str] = field(default_factory=list)  # scopes
    refusals: list[str] = field(default_factory=list)  # what was sent that Slack's limits forbid
    # Of a method: errors of its next calls; a number is a 429 with that Retry-After.
    failures: dict[str, list[str | int]] = field(default_factory=dict)
    no_gif: bool = False  # files of moving pictures are not taken
    uses: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0
    # The newest is spoken to, as long as it listens.
    _sockets: list[WebSocket] = field(default_factory=list)
    _acks: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def app(self) -> FastAPI:
        app = FastAPI()
        app.post("/api/{method}")(self._method)
        app.get("/api/{method}")(self._method)
        app.post("/response/{address}")(self._response)
        app.post("/upload/{file}")(self._upload)
        app.websocket("/socket")(self._listen)
        return app

    # ---- the Web API

    async def _method(self, method: str, request: Request) -> Response:
        said = dict(request.query_params)
        content = request.headers.get("content-type", "")
        said |= await request.json() if content.startswith("application/json") else dict(await request.form())
        said = {name: _plain(value) for name, value in said.items()}
        self.calls.append((method, said))
        waiting = self.failures.get(method)
        if waiting:
            failure = waiting.pop(0)
            if isinstance(failure, int):
                limited = {"ok": False, "error": "ratelimited"}
                return JSONResponse(limited, status_code=429, headers={"Retry-After": str(failure)})
            return JSONResponse({"ok": False, "error": failure})
        if not request.headers.get("authorization", "").endswith((BOT_TOKEN, APP_TOKEN)):
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        answer = getattr(self, "_" + method.replace(".", "_"), lambda _: {"error": "unknown_method"})(said)
        self.changed.set()
        granted = {"X-OAuth-Scopes": ",".join(self.granted)}
        return JSONResponse({"ok": "error" not in answer, **answer}, headers=granted)

    def _auth_test(self, _said: dict[str, Any]) -> dict[str, Any]:
        return {"team_id": "T1", "team": "Newsroom", "user_id": "UBOT", "bot_id": "B1", "url": self.address}

    def _apps_connections_open(self, _said: dict[str, Any]) -> dict[str, Any]:
        return {"url": self.address.replace("http", "ws", 1) + "/socket"}

    def _users_info(self, said: dict[str, Any]) -> dict[str, Any]:
        user = said["user"]
        profile = {"display_name": f"name of {user}"} | ({"email": self.emails[user]} if user in self.emails else {})
        return {"user": {"id": user, "locale": self.locales[user], "profile": profile}}

    def _views_open(self, said: dict[str, Any]) -> dict[str, Any]:
        return self._viewed(f"V{next(self._numbers)}", said["view"])

    def _views_update(self, said: dict[str, Any]) -> dict[str, Any]:
        return self._viewed(said["view_id"], said["view"])

    def _views_publish(self, said: dict[str, Any]) -> dict[str, Any]:
        return self._viewed(f"home:{said['user_id']}", said["view"])

    def _viewed(self, view_id: str, view: dict[str, Any]) -> dict[str, Any]:
        if faults := view_faults(view):
            self.refusals += faults
            return {"error": "invalid_arguments", "response_metadata": {"messages": faults}}
        self.views[view_id] = view | {"id": view_id, "hash": uuid4().hex, "root_view_id": view_id}
        return {"view": self.views[view_id]}

    def _chat_postMessage(self, said: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        return self._posted("chat.postMessage", said)

    def _chat_postEphemeral(self, said: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._posted("chat.postEphemeral", said)

    def _chat_update(self, said: dict[str, Any]) -> dict[str, Any]:
        return self._posted("chat.update", said)

    def _posted(self, how: str, said: dict[str, Any]) -> dict[str, Any]:
        message = Said(
            how,
            said.get("text", ""),
            said.get("blocks", []),
            channel=said["channel"],
            user=said.get("user"),
            thread=said.get("thread_ts"),
            ts=said.get("ts") or f"1700000000.{next(self._numbers):06}",
        )
        if not self._taken(message):
            return {"error": "invalid_blocks"}
        return {"channel": said["channel"], "ts": message.ts}

    def _chat_unfurl(self, said: dict[str, Any]) -> dict[str, Any]:
        for shown in said["unfurls"].values():
            if faults := message_faults(shown["blocks"], "an unfurl has none"):
                self.refusals += faults
                return {"error": "cannot_unfurl_message"}
        self.unfurls.append(said)
        return {}

    def _chat_getPermalink(self, said: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {
            "permalink": f"https://news.slack.com/archives/{said['channel']}/p{said['message_ts'].replace('.', '')}"
        }

    def _files_getUploadURLExternal(self, said: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if self.no_gif and said["filename"].endswith(".gif"):
            return {"error": "internal_error"}
        file = f"F{next(self._numbers)}"
        return {"upload_url": f"{self.address}/upload/{file}", "file_id": file}

    def _files_completeUploadExternal(self, said: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        there = all(one["id"] in self.files for one in said["files"])
        self.in_channels += [said] if there and "channel_id" in said else []
        return {"files": [{"id": one["id"]} for one in said["files"]]} if there else {"error": "file_not_found"}

    async def _upload(self, file: str, request: Request) -> Response:
        self.files[file] = await request.body()
        return Response("OK")

    async def _response(self, address: str, request: Request) -> Response:
        said = await request.json()
        self.uses[address] += 1
        if self.uses[address] > USES:
            self.refusals.append(f"response address used {self.uses[address]} times")
            return Response("used_url", status_code=404)
        message = Said("response", said.get("text", ""), said.get("blocks", []), bool(said.get("replace_original")))
        taken = self._taken(message)
        return Response("ok" if taken else "invalid_blocks", status_code=200 if taken else 400)

    def _taken(self, message: Said) -> bool:
        if faults := message_faults(message.blocks, message.text):
            self.refusals += faults
            return False
        self.said.append(message)
        self.changed.set()
        return True

    # ---- Socket Mode

    async def _listen(self, socket: WebSocket) -> None:
        await socket.accept()
        self._sockets.append(socket)
        self.connections += 1
        await socket.send_json({"type": "hello", "num_connections": 1})
        self.changed.set()
        try:
            while True:
                said = json.loads(await socket.receive_text())
                waiting = self._acks.get(said.get("envelope_id", ""))
                if waiting is not None and not waiting.done():
                    waiting.set_result(said.get("payload") or {})
        except (WebSocketDisconnect, RuntimeError):
            self._sockets.remove(socket)

    async def hang_up(self) -> None:
        """Slack goes away: whoever listens is disconnected."""
        for socket in list(self._sockets):
            with suppress(RuntimeError):
                await socket.close()

    async def connected(self) -> None:
        await self.until(lambda: self._sockets)

    async def deliver(
        self, kind: str, payload: dict[str, Any], envelope: str | None = None
    ) -> tuple[dict[str, Any], float]:
        """An envelope over the socket: what it was acknowledged with, and after how many milliseconds."""
        assert self._sockets, "nobody listens"
        envelope_id, begun = envelope or uuid4().hex, time.perf_counter()
        self._acks[envelope_id] = asyncio.get_running_loop().create_future()
        sent = {"type": kind, "envelope_id": envelope_id, "payload": payload, "accepts_response_payload": True}
        await self._sockets[-1].send_text(json.dumps(sent, ensure_ascii=False))
        answer = await asyncio.wait_for(self._acks[envelope_id], PATIENCE_S)
        return answer, (time.perf_counter() - begun) * 1000

    def forget(self) -> None:
        """Nothing was said or asked yet."""
        for told in (self.calls, self.said, self.views, self.failures, self.unfurls, self.in_channels):
            told.clear()
        self.no_gif = False

    async def until(self, so: Any) -> Any:
        """Waits until it is so; gives what it says."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := so()):
                self.changed.clear()
                try:
                    await asyncio.wait_for(self.changed.wait(), 0.2)
                except TimeoutError:
                    continue
            return found

    # ---- what people do

    def who(self, user: str = "U1") -> dict[str, Any]:
        return {"team_id": "T1", "user_id": user, "channel_id": "C1", "trigger_id": uuid4().hex}

    def command(self, text: str, user: str = "U1", command: str = "/searchvideo") -> dict[str, Any]:
        address = f"{self.address}/response/{uuid4().hex}"
        return self.who(user) | {"command": command, "text": text, "response_url": address}

    def press(
        self,
        button: dict[str, Any],
        user: str = "U1",
        view: str | None = None,
        message: str | None = None,
        channel: str = "C1",
    ) -> dict[str, Any]:
        """A button pressed: on an ephemeral message, on `message` of a channel, or in a view."""
        used = {"type": "button", "action_id": button["action_id"], "value": button.get("value", "")}
        done = {"type": "block_actions", "actions": [used | {"block_id": "b", "action_ts": str(time.time())}]}
        if view:
            return (
                self._acting(user) | done | {"view": self.views[view], "container": {"type": "view", "view_id": view}}
            )
        container = {"channel_id": channel, "message_ts": message or "1.2", "is_ephemeral": message is None}
        address = f"{self.address}/response/{uuid4().hex}"
        pressed = {"response_url": address, "container": container, "channel": {"id": channel}}
        shown = next((one for one in reversed(self.said) if message and one.ts == message), None)
        if shown is not None:  # a message that only one sees is not sent along
            pressed["message"] = {"ts": message, "text": shown.text, "blocks": shown.blocks}
        return self._acting(user) | done | pressed

    def submit(self, view: dict[str, Any], values: dict[str, Any], user: str = "U1") -> dict[str, Any]:
        """A modal sent; `values` over what its inputs held."""
        state = {
            block["block_id"]: {"value": _initial(block["element"])}
            for block in view["blocks"]
            if block["type"] == "input"
        }
        for block, said in values.items():
            state[block] = {"value": state.get(block, {}).get("value", {}) | said}
        known = {"id": view.get("id", f"V{next(self._numbers)}"), "hash": uuid4().hex}
        return self._acting(user) | {"type": "view_submission", "view": known | view | {"state": {"values": state}}}

    def suggest(self, typed: str, user: str = "U1") -> dict[str, Any]:
        return self._acting(user) | {
            "type": "block_suggestion",
            "action_id": "value",
            "block_id": "people",
            "value": typed,
        }

    def event(self, event: dict[str, Any], event_id: str | None = None) -> dict[str, Any]:
        return {"type": "event_callback", "team_id": "T1", "event_id": event_id or uuid4().hex, "event": event}

    def _acting(self, user: str) -> dict[str, Any]:
        return {"team": {"id": "T1"}, "user": {"id": user, "team_id": "T1"}, "trigger_id": uuid4().hex}


def _initial(element: dict[str, Any]) -> dict[str, Any]:
    kind = element["type"]
    if kind == "plain_text_input":
        return {"type": kind, "value": element.get("initial_value")}
    if kind == "multi_external_select":
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind == "radio_buttons":
        return {"type": kind, "selected_option": element.get("initial_option")}
    return {"type": kind, "selected_conversation": "C1"}


def _plain(value: Any) -> Any:
    """What the SDK sends as JSON within a form."""
    if isinstance(value, str) and value[:1] in "[{":
        return json.loads(value)
    return value


@asynccontextmanager
async def slack(settings: Settings) -> AsyncIterator[Slack]:
    """The server; whatever it had to refuse fails the test."""
    fake = Slack()
    async with served(fake.app(), settings) as address:
        fake.address = address
        yield fake
    assert fake.refusals == []
