"""Real-ESRGAN on ncnn, when the extra is installed: it enlarges, keeps colours, and takes odd sizes."""

import asyncio
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from PIL import Image

from face_service.upscaling import realesrgan
from gateway.people import enlarging
from kernel.inference.backend import BackendUnavailableError
from kernel.settings import Faces, Settings
from tests.rooms import ONE, ONE_SMALL, Rooms, open_front_door, photo


@pytest.mark.parametrize(("network", "factor"), [("small_x2", 2), ("small_x4", 4)])
def test_it_enlarges_and_keeps_what_is_there(network: realesrgan.Network, factor: int) -> None:
    try:
        upscaler = realesrgan.load(network, threads=1)
    except BackendUnavailableError as error:
        pytest.skip(str(error))
    coarse = np.random.default_rng(1).integers(60, 190, (3, 4, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (33, 24), interpolation=cv2.INTER_LINEAR)
    before = picture.copy()
    one, other = upscaler.predict([picture, picture])
    assert one.shape == (24 * factor, 33 * factor, 3)
    assert (one == other).all()
    assert (picture == before).all()
    back = cv2.resize(one, (33, 24), interpolation=cv2.INTER_AREA).astype(float)
    # Red and blue changed for each other would be 22 from it.
    assert np.abs(back - picture).mean() < 12
    with pytest.raises(ValueError, match="too many"):
        upscaler.predict([np.zeros((600, 600, 3), np.uint8)])


def test_an_empty_batch_is_nothing() -> None:
    try:
        assert realesrgan.load("small_x2", threads=1).predict([]) == []
    except BackendUnavailableError as error:
        pytest.skip(str(error))


async def _reference(door: httpx.AsyncClient, name: str, picture: Path) -> dict[str, str]:
    who = (await door.post("/v1/people", json={"name": name, "group": "NJZ"})).json()["id"]
    files = {"photo": (picture.name, await asyncio.to_thread(picture.read_bytes))}
    answer = await door.post(f"/v1/people/{who}/references", files=files)
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


async def test_a_small_reference_is_enlarged_beside_itself_and_gone_with_it(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    try:
        realesrgan.load("small_x4", threads=1)
    except BackendUnavailableError as error:
        pytest.skip(str(error))
    small = photo(ONE_SMALL, tmp_path / "small.jpg", 90)
    async with open_front_door(Rooms(settings), database_url) as (door, _):
        hers, others = await _reference(door, "민지", small), await _reference(door, "해린", small)
        large = photo(ONE, tmp_path / "large.jpg", 120)
        address = f"/v1/references/{hers['id']}/picture"
        original = (await door.get(address)).content
        for _ in range(2):
            answer = await door.get(address, params={"enlarged": "true"})
            assert (answer.status_code, answer.headers["Scenedesk-Enlarged"]) == (200, "x4"), answer.text
        assert "Scenedesk-Enlarged" not in (await door.get(address)).headers
        assert (await door.get(address)).content == original
        [kept] = (settings.store_dir / enlarging.FOLDER).iterdir()
        with Image.open(kept) as drawn, Image.open(tmp_path / "small.jpg") as was:
            assert drawn.width % 4 == 0
            assert drawn.width // 4 <= was.width
            assert drawn.width > float(hers["face_px"]) * 4
        # The other's is her own file, though both show the same picture: it goes with the person who is forgotten.
        await door.get(f"/v1/references/{others['id']}/picture", params={"enlarged": "true"})
        await door.delete(f"/v1/people/{others['person_id']}")
        assert list((settings.store_dir / enlarging.FOLDER).iterdir()) == [kept]
        await door.delete(f"/v1/references/{hers['id']}")
        assert list((settings.store_dir / enlarging.FOLDER).iterdir()) == []
        assert (await door.get(address, params={"enlarged": "true"})).status_code == 404
        big = await _reference(door, "하니", large)
        refused = await door.get(f"/v1/references/{big['id']}/picture", params={"enlarged": "true"})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_small")


async def test_switched_off_the_original_stays_and_why_is_said(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    off = settings.model_copy(update={"faces": Faces(upscale="off")})
    async with open_front_door(Rooms(off), database_url) as (door, _):
        hers = await _reference(door, "민지", photo(ONE_SMALL, tmp_path / "small.jpg", 90))
        address = f"/v1/references/{hers['id']}/picture"
        refused = await door.get(address, params={"enlarged": "true"})
        assert (refused.status_code, refused.json()["code"]) == (503, "backend_unavailable")
        assert "SCENEDESK_FACES__UPSCALE=auto" in refused.json()["detail"]
        assert (await door.get(address)).status_code == 200
