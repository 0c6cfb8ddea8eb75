"""Real-ESRGAN on ncnn, when the extra is installed: it enlarges, keeps colours, and takes odd sizes."""

import cv2
import numpy as np
import pytest

from face_service.upscaling import realesrgan
from kernel.inference.backend import BackendUnavailableError


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
