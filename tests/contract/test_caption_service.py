"""Caption-service through its client, on the wire every process uses."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
import tiny_blip

from caption_service import packs
from caption_service.app import CLIPS_WAITING, create_app
from kernel.clients import CaptionService
from kernel.contracts.captions import CaptionRequest, Clip, ClipPicture, SeenPerson
from kernel.contracts.errors import UpstreamError
from kernel.contracts.time import Span
from kernel.inference.weights import problems
from kernel.settings import Captions, Settings
from kernel.wire import open_wire

MINJI = SeenPerson(name_ko="김민지", name_en="Kim Minji", share=0.8)
JSON = {"Content-Type": "application/json"}
Serving = Callable[..., AbstractAsyncContextManager[CaptionService]]


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    """Opens the service on a store of its own; `captions` are its settings."""

    @asynccontextmanager
    async def opened(**captions: object) -> AsyncIterator[CaptionService]:
        app = create_app(_settings(tmp_path, **captions))
        async with open_wire({"caption-service": app}) as wire:
            yield CaptionService(wire)

    return opened


@pytest.fixture
def detector_dir(shared: Path) -> Path:
    return shared / "models"


def _settings(folder: Path, **captions: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, offline=True, captions=Captions(**captions))  # type: ignore[arg-type]


def _store(folder: Path, name: str, source: Path | None = None) -> str:
    target = folder / "store" / "frames" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if source is None:
        cv2.imencode(".jpg", np.full((90, 160, 3), 128, np.uint8))[1].tofile(target)
    else:
        shutil.copyfile(source, target)
    return f"frames/{name}"


def _clip(key: str, *pictures: str, **more: object) -> Clip:
    taken = [ClipPicture(name=name, at_ms=at) for at, name in enumerate(pictures)]
    return Clip(key=key, span=Span(start_ms=0, end_ms=1000), pictures=taken, **more)  # type: ignore[arg-type]


async def test_a_cup_is_seen_and_said_in_both_languages(serving: Serving, tmp_path: Path, shared: Path) -> None:
    cup = _store(tmp_path, "커피.png", shared / "media/photos/coffee.png")
    async with serving() as service:
        model = await service.model()
        (caption,) = (await service.caption(CaptionRequest(clips=[_clip("k", cup)]))).captions
    assert model.detector is not None
    assert model.detector.model_id == "yolox-nano@695e750a"
    assert (caption.key, caption.kind, caption.scale) == ("k", "observed", "no_person")
    assert caption.text_ko == "화면에 컵과 식탁이 있다."
    assert caption.text_en == "A cup and a dining table are in the picture."
    assert [seen.label_ko for seen in caption.objects] == ["컵", "식탁"]
    assert caption.objects[0].picture == cup
    assert caption.model == model.captioner
    assert model.captioner.notice_ko


async def test_without_its_pack_the_detector_is_missed_and_said_to_be(serving: Serving, tmp_path: Path) -> None:
    picture = _store(tmp_path, "a.jpg")
    async with serving(detector_dir=tmp_path) as service:
        model = await service.model()
        clip = _clip("k", picture, people=[MINJI], largest_face=0.5)
        (caption,) = (await service.caption(CaptionRequest(clips=[clip]))).captions
    assert model.detector is None
    assert model.captioner.weak
    assert "scenedesk models pull yolox-nano" in str(model.captioner.notice_ko)
    assert caption.text_ko == "김민지가 클로즈업으로 보인다."


async def test_captions_come_in_the_order_asked_with_their_keys(serving: Serving, tmp_path: Path) -> None:
    picture = _store(tmp_path, "a.jpg")
    clips = [_clip(f"k{rank}", picture, unknown_faces=rank % 4, largest_face=0.2) for rank in range(20)]
    async with serving(detector_dir=tmp_path) as service:
        captions = (await service.caption(CaptionRequest(clips=clips))).captions
    assert [caption.key for caption in captions] == [clip.key for clip in clips]
    assert captions[1].text_ko == "한 사람이 미디엄 숏으로 보인다."
    assert captions[2].text_ko == "두 사람이 미디엄 숏으로 보인다."


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("frames/absent.jpg", 422, "picture_unreadable"),
        ("frames/no-picture.jpg", 422, "picture_unreadable"),
        ("frames/empty.jpg", 422, "picture_unreadable"),
        ("../outside.jpg", 400, "store_name"),
        ("/etc/hostname", 400, "store_name"),
    ],
)
async def test_a_picture_that_cannot_be_read_is_a_refusal_and_no_other_clip_suffers(
    serving: Serving, tmp_path: Path, detector_dir: Path, name: str, status: int, code: str
) -> None:
    good = _store(tmp_path, "good.jpg")
    (tmp_path / "store/frames/no-picture.jpg").write_text("not a picture")
    (tmp_path / "store/frames/empty.jpg").touch()
    async with serving(detector_dir=detector_dir) as service:
        calls = [service.caption(CaptionRequest(clips=[_clip("k", picture)])) for picture in (good, name, good)]
        first, refused, last = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(refused, UpstreamError)
    assert (refused.upstream.status, refused.upstream.code) == (status, code)
    assert not isinstance(first, BaseException)
    assert not isinstance(last, BaseException)


@pytest.mark.parametrize("clips", ["the batch", "one clip"])
async def test_a_captioner_that_stumbles_over_one_clip_still_says_the_others(
    serving: Serving, tmp_path: Path, clips: str
) -> None:
    """Without a detector the captioner is the first to open the pictures."""
    good = [_store(tmp_path, "good.jpg")] * (3 if clips == "the batch" else 0)
    checkpoint = tiny_blip.save(tmp_path / "tiny", "opt")
    async with serving(backend="blip2", model=str(checkpoint), detector_dir=tmp_path) as service:
        calls = [service.caption(CaptionRequest(clips=[_clip("k", name)])) for name in [*good, "frames/absent.jpg"]]
        *said, refused = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(refused, UpstreamError)
    assert refused.upstream.code == "picture_unreadable"
    assert not any(isinstance(one, BaseException) for one in said)


async def test_more_clips_than_may_wait_are_refused_at_once(tmp_path: Path) -> None:
    picture = _store(tmp_path, "a.jpg")
    full = CaptionRequest(clips=[_clip("k", picture)] * 64).model_dump_json()
    async with open_wire({"caption-service": create_app(_settings(tmp_path, detector_dir=tmp_path))}) as wire:
        calls = [_post(wire, full) for _ in range(CLIPS_WAITING // 64 + 4)]
        answers = await asyncio.gather(*calls)
        after = await _post(wire, full)
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 503}
    refused = answers[statuses.index(503)]
    assert refused.json()["code"] == "busy"
    assert int(refused.headers["Retry-After"]) >= 1
    assert after.status_code == 200


async def _post(wire: httpx.AsyncClient, body: str) -> httpx.Response:
    return await wire.post("http://caption-service:8000/v1/captions", content=body, headers=JSON)


@pytest.mark.parametrize("clips", [0, 65])
async def test_a_request_of_another_size_is_malformed(serving: Serving, tmp_path: Path, clips: int) -> None:
    async with serving(detector_dir=tmp_path) as service:
        request = CaptionRequest.model_construct(clips=[_clip("k", "frames/a.jpg")] * clips)
        with pytest.raises(UpstreamError) as refused:
            await service.caption(request)
    assert refused.value.upstream.status == 422


async def test_a_backend_that_cannot_load_leaves_a_service_that_says_so(tmp_path: Path) -> None:
    app = create_app(_settings(tmp_path, backend="eilev", model=str(tmp_path / "absent")))
    async with open_wire({"caption-service": app}) as wire:
        with pytest.raises(UpstreamError) as refused:
            await CaptionService(wire).model()
        with pytest.raises(UpstreamError):
            await CaptionService(wire).caption(CaptionRequest(clips=[_clip("k", "frames/a.jpg")]))
        alive = await wire.get("http://caption-service:8000/healthz")
        ready = await wire.get("http://caption-service:8000/readyz")
    assert (refused.value.upstream.status, refused.value.upstream.code) == (503, "backend_unavailable")
    assert "SCENEDESK_CAPTIONS__MODEL" in refused.value.upstream.detail
    assert alive.status_code == 200
    assert ready.status_code == 503
    assert "BackendUnavailableError" in ready.json()["checks"]["captioner"]


async def test_readiness_waits_for_the_model(tmp_path: Path) -> None:
    app = create_app(_settings(tmp_path, detector_dir=tmp_path))
    async with open_wire({"caption-service": app}) as wire:
        early = await wire.get("http://caption-service:8000/readyz")
        await CaptionService(wire).model()
        ready = await wire.get("http://caption-service:8000/readyz")
    assert (early.status_code, ready.status_code) == (503, 200)
    assert "ModelLoadingError" in early.json()["checks"]["captioner"]


@pytest.mark.parametrize("backend", ["eilev", "blip2"])
async def test_a_generated_caption_keeps_its_kind_and_the_objects(
    serving: Serving, tmp_path: Path, shared: Path, backend: str
) -> None:
    cup = _store(tmp_path, "coffee.png", shared / "media/photos/coffee.png")
    checkpoint = tiny_blip.save(tmp_path / "tiny", "opt")
    async with serving(backend=backend, model=str(checkpoint), dtype="bfloat16") as service:
        clip = _clip("k", cup, cup, cup, people=[MINJI])
        (caption,) = (await service.caption(CaptionRequest(clips=[clip]))).captions
    assert (caption.kind, caption.model.backend, caption.text_ko) == ("generated", backend, None)
    assert [seen.label for seen in caption.objects] == ["cup", "dining table"]


def test_the_pinned_detector_is_the_one_beside_the_checkout(shared: Path) -> None:
    assert problems(packs.YOLOX_NANO, shared / "models") == []
    assert all(file.url for file in packs.YOLOX_NANO.files)
    assert [pack.name for pack in packs.PACKS] == ["yolox-nano", "eilev", "blip2"]
