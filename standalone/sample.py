"""The sample video of `make demo`, drawn when it is needed from photographs that scikit-image ships.

Every photograph carries a public-domain or CC0 note of its own (`NOTES`); nothing is fetched.
"""

import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from kernel.contracts.errors import UnavailableError
from kernel.contracts.time import Span

WIDTH, HEIGHT, FPS = 960, 540, 25
TITLE = "Scenedesk sample: a launch day"
PERSON, GROUP, ALIASES = "Eileen Collins", "NASA", ("아일린 콜린스", "콜린스")

NOTES = {
    "astronaut": "Eileen Collins, NASA Great Images: public domain",
    "coffee": "Pikolo Espresso Bar, by Rachel Michetti: CC0",
    "rocket": "DSCOVR on Falcon 9, SpaceX Photos: public domain",
    "chelsea": "Chelsea the cat, by Stefan van der Walt: CC0",
    "camera": "Photographer at MIT, by Lav Varshney: CC0",
}

# Left, top, right, bottom in pixels of the photograph; the sides are always 16:9.
Crop = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shot:
    """One slow move over one photograph. Neighbours meet in a hard cut."""

    photograph: str
    seconds: float
    begin: Crop
    end: Crop
    label: str
    wide: bool = False

    @property
    def frames(self) -> int:
        return round(self.seconds * FPS)


SHOTS = (
    Shot("astronaut", 5.0, (96, 0, 784, 387), (126, 4, 774, 368.5), "astronaut", wide=True),
    Shot("coffee", 4.4, (0, 0, 600, 337.5), (50, 0, 550, 281.25), "coffee"),
    Shot("rocket", 3.6, (0, 60, 640, 420), (120, 90, 600, 360), "rocket"),
    Shot("astronaut", 4.8, (60, 0, 416, 200.25), (72, 2, 400, 186.5), "astronaut close-up"),
    Shot("chelsea", 4.0, (0, 0, 533, 299.8), (8, 4, 520, 292), "cat", wide=True),
    Shot("camera", 4.2, (100, 0, 810, 399.4), (130, 10, 790, 381.3), "photographer", wide=True),
)


def file_name() -> str:
    """Changes with what is drawn, so that an older drawing is never taken for this one."""
    drawn = repr((SHOTS, WIDTH, HEIGHT, FPS)).encode()
    return f"launch-day-{hashlib.sha256(drawn).hexdigest()[:8]}.mp4"


def spans(*labels: str) -> list[Span]:
    """Where the shots of these labels are in the sample."""
    found, at = [], 0
    for shot in SHOTS:
        end = at + shot.frames
        if shot.label in labels:
            found.append(Span(start_ms=at * 1000 // FPS, end_ms=end * 1000 // FPS))
        at = end
    return found


def photograph(name: str) -> Image.Image:
    """A photograph of scikit-image, RGB. Raises UnavailableError when the package is not installed."""
    try:
        from skimage import data  # noqa: PLC0415 - an extra that only the demo needs
    except ImportError as error:
        raise UnavailableError(
            what="scikit-image",
            reason="the sample is drawn from its photographs.",
            remedy="pip install 'scenedesk[demo]'",
        ) from error
    return Image.fromarray(getattr(data, name)()).convert("RGB")


def pictures() -> Iterator[Image.Image]:
    """Every frame of the sample in order, WIDTH x HEIGHT, RGB."""
    for shot in SHOTS:
        source = _widened(photograph(shot.photograph)) if shot.wide else photograph(shot.photograph)
        for index in range(shot.frames):
            part = index / (shot.frames - 1)
            yield source.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC, box=_between(shot.begin, shot.end, part))


def _between(begin: Crop, end: Crop, part: float) -> Crop:
    left, top, right, bottom = (a + (b - a) * part for a, b in zip(begin, end, strict=True))
    return left, top, right, bottom


def _widened(source: Image.Image) -> Image.Image:
    """The whole photograph at 16:9 before a blurred copy of itself, as news pictures show upright footage."""
    size = (round(source.height * 16 / 9), source.height)
    canvas = ImageOps.fit(source, size).filter(ImageFilter.GaussianBlur(24))
    canvas.paste(source, ((size[0] - source.width) // 2, 0))
    return canvas


def draw_video(path: Path, ffmpeg: str) -> Path:
    """The sample as H.264 in MP4. An existing file is kept: the same frames make the same file."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"part-{path.name}")
    encoder = subprocess.Popen(_encoding(ffmpeg, partial), stdin=subprocess.PIPE)  # noqa: S603 - argv of our own
    with encoder:
        assert encoder.stdin is not None  # noqa: S101 - narrows the type: PIPE was asked for
        for picture in pictures():
            encoder.stdin.write(picture.tobytes())
    if encoder.returncode:
        raise UnavailableError(what="ffmpeg", reason=f"it ended with {encoder.returncode}.", remedy="scenedesk doctor")
    return partial.replace(path)


def _encoding(ffmpeg: str, path: Path) -> list[str]:
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "pipe:0"]
    coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p", "-g", "50"]
    return [ffmpeg, "-v", "error", "-y", *source, *coding, "-movflags", "+faststart", str(path)]


def draw_people(folder: Path) -> Path:
    """`NASA/Eileen Collins/*.jpg`: other framing, size, side and light than any frame of the video."""
    member = folder / GROUP / PERSON
    member.mkdir(parents=True, exist_ok=True)
    source = photograph("astronaut")
    portrait = ImageOps.mirror(source.crop((110, 0, 340, 250))).resize((414, 450), Image.Resampling.LANCZOS)
    ImageEnhance.Brightness(portrait).enhance(0.82).save(member / "portrait.jpg", quality=90)
    wider = source.crop((40, 0, 420, 400)).rotate(4, Image.Resampling.BICUBIC, expand=False)
    ImageEnhance.Contrast(wider).enhance(1.15).save(member / "suit.jpg", quality=88)
    (member / "aliases.txt").write_text("\n".join(ALIASES) + "\n", encoding="utf-8")
    return folder
