"""Slack as far as the bot asks it: Web API, response addresses, views, uploads and Socket Mode, on a real local port.

Whatever the bot sends is held against Slack's limits; what Slack would refuse is refused.
"""

import asyncio
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
from tests.slack_acts import Acts, Said
from tests.slack_limits import message_faults, view_faults

BOT_TOKEN, APP_TOKEN = "xoxb-of-tests", "xapp-of-tests"
USES = 5  # of a response address
PATIENCE_S = 60  # of a test: on a machine that has much to do
AGAIN_S = 3  # Slack sends again what was not acknowledged by then


@dataclass
class Slack(Acts):
    """What was asked of Slack, what people were shown, and how it shall answer."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    locales: dict[str, str] = field(default_factory=lambda: defaultdict(lambda: "ko-KR"))
    emails: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=lambda: defaultdict(lambda: "T1"))  # whose workspace they are of
    away_from: set[str] = field(default_factory=set)  # channels the bot is no member of
    deleted: list[str] = field(default_factory=list)  # messages and files
    # Of a method: its answer waits; what it does is done already.
    held: dict[str, asyncio.Event] = field(default_factory=dict)
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
        if method in self.held:
            await self.held[method].wait()
        granted = {"X-OAuth-Scopes": ",".join(self.granted)}
        return JSONResponse({"ok": "error" not in answer, **answer}, headers=granted)

    def _auth_test(self, _said: dict[str, Any]) -> dict[str, Any]:
        return {"team_id": "T1", "team": "Newsroom", "user_id": "UBOT", "bot_id": "B1", "url": self.address}

    def _apps_connections_open(self, _said: dict[str, Any]) -> dict[str, Any]:
        return {"url": self.address.replace("http", "ws", 1) + "/socket"}

    def _users_info(self, said: dict[str, Any]) -> dict[str, Any]:
        user = said["user"]
        profile = {"display_name": f"name of {user}"} | ({"email": self.emails[user]} if user in self.emails else {})
        known = {"id": user, "team_id": self.homes[user], "locale": self.locales[user], "profile": profile}
        return {"user": known}

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
        return {"error": "message_not_found"} if said["ts"] in self.deleted else self._posted("chat.update", said)

    def _chat_delete(self, said: dict[str, Any]) -> dict[str, Any]:
        return self._gone(said["ts"], "message_not_found")

    def _files_delete(self, said: dict[str, Any]) -> dict[str, Any]:
        return self._gone(said["file"], "file_not_found")

    def _gone(self, its: str, error: str) -> dict[str, Any]:
        if its in self.deleted:
            return {"error": error}
        self.deleted.append(its)
        return {}

    def _conversations_history(self, said: dict[str, Any]) -> dict[str, Any]:
        return {"error": "not_in_channel"} if said["channel"] in self.away_from else {"messages": []}

    def _conversations_replies(self, said: dict[str, Any]) -> dict[str, Any]:
        if said["channel"] in self.away_from:
            return {"error": "not_in_channel"}
        under = [one for one in self.posted(said["channel"]) if said["ts"] in (one["ts"], one.get("thread_ts"))]
        at, most = int(said.get("cursor") or 0), int(said.get("limit") or 1000)
        further = str(at + most) if len(under) > at + most else ""
        return {"messages": under[at : at + most], "response_metadata": {"next_cursor": further}}

    def posted(self, channel: str) -> list[dict[str, Any]]:
        """Messages of the bot that stand in a channel, each as it was last said."""
        newest = {one.ts: one for one in self.said if one.channel == channel and one.how != "chat.postEphemeral"}
        threads = {one.ts: one.thread for one in self.said if one.how == "chat.postMessage"}
        return [
            {"type": "message", "user": "UBOT", "bot_id": "B1", "ts": ts, "text": one.text, "blocks": one.blocks}
            | ({"thread_ts": threads[ts]} if threads.get(ts) else {})
            for ts, one in newest.items()
            if ts not in self.deleted
        ]

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
        envelope_id, begun = envelope or uuid4().hex, time.perf_counter()
        acknowledged = self._acks[envelope_id] = asyncio.get_running_loop().create_future()
        sent = {"type": kind, "envelope_id": envelope_id, "payload": payload, "accepts_response_payload": True}
        written = json.dumps(sent, ensure_ascii=False)
        answer = await asyncio.wait_for(self._acknowledged(written, acknowledged), PATIENCE_S)
        return answer, (time.perf_counter() - begun) * 1000

    async def _acknowledged(self, envelope: str, acknowledged: asyncio.Future[dict[str, Any]]) -> dict[str, Any]:
        """Sent again until it is: whoever connects again meanwhile may never have seen it."""
        while not acknowledged.done():
            await self.connected()
            with suppress(RuntimeError):  # a connection that is just being closed
                await self._sockets[-1].send_text(envelope)
            await asyncio.wait([acknowledged], timeout=AGAIN_S)
        return acknowledged.result()

    def forget(self) -> None:
        """Nothing was said or asked yet."""
        told = (self.calls, self.said, self.views, self.failures, self.unfurls, self.in_channels, self.deleted)
        for one in (*told, self.away_from, self.held):
            one.clear()
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
