"""Face-service over the wire: what it answers, and how it refuses."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from random_packs import write_pack

from face_service.app import create_app
from kernel.clients import FaceService
from kernel.contracts.errors import UpstreamError
from kernel.contracts.faces import DetectRequest, EmbedFacesRequest, FaceCrop
from kernel.settings import Faces, Settings
from kernel.vectors import unpack
from kernel.wire import open_wire

LANDMARKS = ((0.34, 0.46), (0.66, 0.46), (0.5, 0.64), (0.37, 0.82), (0.63, 0.82))


def settings_of(folder: Path, **faces) -> Settings:
    return Settings(_env_file=None, data_dir=folder, models_dir=folder / "packs", faces=Faces(**faces))


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with open_wire({"face-service": create_app(settings)}) as wire:
        yield wire


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The service on random networks of a real pack's shape, with three pictures in its store."""
    settings = settings_of(tmp_path, backend="insightface", model_dir=write_pack(tmp_path / "무작위 팩"))
    store = settings.store_dir / "frames" / "첫 영상"
    store.mkdir(parents=True)
    for seed in range(3):
        noise = np.random.default_rng(seed).integers(0, 256, (90 + seed, 120, 3), dtype=np.uint8)
        cv2.imencode(".jpg", noise)[1].tofile(store / f"{seed}.jpg")
    (store / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (store / "empty.jpg").touch()
    async with serving(settings) as opened:
        yield opened


def name(seed: int) -> str:
    return f"frames/첫 영상/{seed}.jpg"


async def test_says_which_model_and_what_must_be_known_of_it(wire: httpx.AsyncClient) -> None:
    model = await FaceService(wire).model()
    assert model.embedder.model_id.startswith("rec_random@")
    assert model.embedder.dimension == 512
    assert "non-commercial" in (model.embedder.notice_en or "")
    assert "비상업적" in (model.embedder.notice_ko or "")
    ready = (await wire.get("http://face-service:8000/readyz")).json()
    assert ready["ready"]
    assert model.embedder.model_id in ready["notes"]["face model"]


async def test_detects_each_picture_in_the_order_asked(wire: httpx.AsyncClient) -> None:
    service = FaceService(wire)
    names = [name(2), name(0), name(1), name(2)]
    together = await service.detect(DetectRequest(pictures=names))
    alone = [(await service.detect(DetectRequest(pictures=[one]))).faces[0] for one in names]
    assert together.faces == alone
    assert any(alone)
    assert alone[0] == alone[3] != alone[1]


async def test_embeds_each_face_in_the_order_asked(wire: httpx.AsyncClient) -> None:
    service = FaceService(wire)
    crops = [FaceCrop(picture=name(seed), landmarks=LANDMARKS) for seed in (1, 0, 2, 1)]
    answer = await service.embed(EmbedFacesRequest(crops=crops))
    vectors = unpack(answer.vectors)
    assert answer.vectors.model_id == answer.model.model_id == (await service.model()).embedder.model_id
    assert (np.linalg.norm(vectors, axis=1) <= 1 + 1e-5).all()
    assert vectors.any(axis=1).all()
    np.testing.assert_allclose(vectors[0], vectors[3], atol=1e-5)
    assert vectors[0] @ vectors[1] < 0.99


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        ("frames/첫 영상/broken.jpg", "picture_unreadable"),
        ("frames/첫 영상/empty.jpg", "picture_unreadable"),
        ("frames/첫 영상/missing.jpg", "picture_unreadable"),
        ("frames/첫 영상", "picture_unreadable"),
        ("../../etc/passwd", "store_name"),
        ("/etc/passwd", "store_name"),
    ],
)
async def test_a_picture_that_cannot_be_read_is_an_error_with_its_name(
    wire: httpx.AsyncClient, picture: str, code: str
) -> None:
    service = FaceService(wire)
    with pytest.raises(UpstreamError) as detecting:
        await service.detect(DetectRequest(pictures=[name(0), picture]))
    with pytest.raises(UpstreamError) as embedding:
        await service.embed(EmbedFacesRequest(crops=[FaceCrop(picture=picture, landmarks=LANDMARKS)]))
    for refusal in (detecting.value, embedding.value):
        assert refusal.upstream.code == code
        assert picture in refusal.upstream.detail


async def test_an_unreadable_picture_spoils_nobody_elses_request(wire: httpx.AsyncClient) -> None:
    service = FaceService(wire)
    bad, good = await asyncio.gather(
        service.detect(DetectRequest(pictures=["missing.jpg"])),
        service.detect(DetectRequest(pictures=[name(0)])),
        return_exceptions=True,
    )
    assert isinstance(bad, UpstreamError)
    assert len(good.faces) == 1


async def test_landmarks_in_one_point_are_refused(wire: httpx.AsyncClient) -> None:
    crop = FaceCrop(picture=name(0), landmarks=((0.5, 0.5),) * 5)
    with pytest.raises(UpstreamError) as refusal:
        await FaceService(wire).embed(EmbedFacesRequest(crops=[crop]))
    assert refusal.value.upstream.code == "landmarks"


async def test_a_full_queue_says_when_to_come_again(wire: httpx.AsyncClient, tmp_path: Path) -> None:
    """A pipe nobody has written to holds the service up for as long as the test likes."""
    pipe = tmp_path / "store" / "pipe.jpg"
    os.mkfifo(pipe)

    def ask(*names: str) -> asyncio.Task[httpx.Response]:
        return asyncio.create_task(wire.post("http://face-service:8000/v1/detections", json={"pictures": names}))

    held = ask("pipe.jpg")
    writing = await asyncio.to_thread(os.open, pipe, os.O_WRONLY)
    waiting = {ask(*["missing.jpg"] * 256) for _ in range(5)}
    first, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    os.close(writing)

    (refused,) = (task.result() for task in first)
    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (503, "busy", "1")
    assert {answer.status_code for answer in await asyncio.gather(held, *rest)} == {422}


async def test_without_a_model_the_service_starts_and_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    async with serving(settings_of(tmp_path, model_dir=tmp_path / "nothing")) as wire:
        service = FaceService(wire)
        ready = await wire.get("http://face-service:8000/readyz")
        assert (await wire.get("http://face-service:8000/healthz")).status_code == 200
        with pytest.raises(UpstreamError) as asking:
            await service.model()
        with pytest.raises(UpstreamError) as detecting:
            await service.detect(DetectRequest(pictures=["a.jpg"]))
        with pytest.raises(UpstreamError) as embedding:
            await service.embed(EmbedFacesRequest(crops=[FaceCrop(picture="a.jpg", landmarks=LANDMARKS)]))
    for refusal in (asking.value, detecting.value, embedding.value):
        assert (refusal.upstream.status, refusal.upstream.code) == (503, "backend_unavailable")
        assert all(backend in refusal.upstream.detail for backend in ("edge:", "insightface:", "dlib:"))
        assert "scenedesk models pull edgeface" in refusal.upstream.detail
    assert ready.status_code == 503
    assert "BackendUnavailableError" in ready.json()["checks"]["face model"]


async def test_auto_takes_what_the_model_directory_holds(tmp_path: Path) -> None:
    async with serving(settings_of(tmp_path, model_dir=write_pack(tmp_path / "pack"))) as wire:
        assert (await FaceService(wire).model()).embedder.backend == "insightface"


async def test_auto_finds_the_pack_beside_the_checkout(tmp_path: Path, shared: Path) -> None:
    del shared
    async with serving(settings_of(tmp_path)) as wire:
        assert (await FaceService(wire).model()).embedder.backend == "edge"


async def test_the_threshold_that_is_set_is_the_one_told(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, backend="insightface", model_dir=write_pack(tmp_path / "pack"), threshold=0.55)
    async with serving(settings) as wire:
        assert (await FaceService(wire).model()).default_threshold == 0.55


async def test_a_pack_whose_known_file_was_altered_is_refused(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    (pack / "rec_random.onnx").rename(pack / "w600k_r50.onnx")
    async with serving(settings_of(tmp_path, backend="insightface", model_dir=pack)) as wire:
        with pytest.raises(UpstreamError, match="SHA-256"):
            await FaceService(wire).model()


async def test_a_pack_with_two_recognisers_is_refused(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    (pack / "other.onnx").write_bytes((pack / "rec_random.onnx").read_bytes())
    async with serving(settings_of(tmp_path, backend="insightface", model_dir=pack)) as wire:
        with pytest.raises(UpstreamError, match=r"one recogniser, and holds: other.onnx, rec_random.onnx"):
            await FaceService(wire).model()


async def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    (pack / "notes.onnx").write_bytes(b"not a network")
    async with serving(settings_of(tmp_path, backend="insightface", model_dir=pack)) as wire:
        with pytest.raises(UpstreamError, match=r"notes\.onnx is no ONNX model"):
            await FaceService(wire).model()
