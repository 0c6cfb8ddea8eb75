"""Odd, broken and hostile media, made with ffmpeg and a few lines of Python; nothing is downloaded.

Every sample is a few seconds of a small test picture whose upper left quarter is white, so that a
reader can tell upright from turned.
"""

import random
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

Build = Callable[[Path], None]

CORNER = "drawbox=x=0:y=0:w=iw/2:h=ih/2:color=white:t=fill"
GREY = "drawbox=color=gray:t=fill,format=yuvj420p"
HOSTILE_NAME = "-i 'x' \"q\" $(touch x) `id` \U0001f3ac\u200d\u1100\u1161\u11a8\n%s;.mp4"
SECRET = "the-secret-of-another-file"


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True, timeout=60
    )


def encode(
    path: Path | str,
    *more: str,
    seconds: float = 4,
    size: str = "160x120",
    rate: str = "25",
    codec: str = "libx264",
    sound: bool = False,
    look: str = CORNER,
) -> None:
    """`seconds` of a moving test picture through `codec`; `more` are ffmpeg's output options."""
    inputs = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]
    if sound:
        inputs += ["-f", "lavfi", "-i", f"sine=duration={seconds}"]
    fast = ["-preset", "ultrafast", "-g", "25"] if codec == "libx264" else []
    ffmpeg(*inputs, "-vf", look, "-c:v", codec, *fast, "-pix_fmt", "yuv420p", *more, path)


def _changed(source: Path, path: Path, change: Callable[[bytearray], bytes | bytearray]) -> None:
    path.write_bytes(change(bytearray(source.read_bytes())))


def _flipped(content: bytearray, start: int, end: int, count: int) -> bytearray:
    rng = random.Random(1)
    for _ in range(count):
        content[rng.randrange(start, end)] ^= 1 << rng.randrange(8)
    return content


class Zoo:
    """Builds samples into one folder; what several are made from is made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._parts = folder / "parts"
        self._parts.mkdir(parents=True, exist_ok=True)

    def part(self, name: str, *more: str, **options: object) -> Path:
        path = self.part_path(name)
        if not path.exists():
            encode(path, *more, **options)  # type: ignore[arg-type]
        return path

    def part_path(self, name: str) -> Path:
        return self._parts / name

    @property
    def plain(self) -> Path:
        return self.part("plain.mp4", sound=True)

    @property
    def fast_start(self) -> Path:
        return self.part("fast.mp4", "-movflags", "+faststart")

    def build(self, name: str) -> Path:
        """The sample of this name; see `BUILDERS`."""
        path = self.folder / FILE_NAMES.get(name, f"{name.replace(' ', '-')}.mp4")
        BUILDERS[name](self, path)
        return path


def _index_flipped(content: bytearray) -> bytearray:
    start = content.index(b"moov") + 120
    return _flipped(content, start, len(content) - 1, 60)


def _claims_days(content: bytearray) -> bytearray:
    """Movie, track and media headers all say a hundred days."""
    for box, at in ((b"mvhd", 12), (b"tkhd", 16), (b"mdhd", 12)):
        start = content.index(box) + 4
        scale = 1000 if box != b"mdhd" else struct.unpack_from(">I", content, start + at)[0]
        where = start + at + 4
        struct.pack_into(">I", content, where, min(scale * 100 * 86400, 2**32 - 2))
    return content


def _png(width: int, height: int) -> bytes:
    """A black picture of one bit a pixel: a hundred kilobytes that open to a hundred megabytes."""
    packer = zlib.compressobj(9)
    row = bytes(1 + width // 8)
    rows = b"".join(packer.compress(row * 100) for _ in range(height // 100)) + packer.flush()
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _huge_picture(zoo: Zoo, path: Path) -> None:
    """A real picture of 16,000 x 16,000 mid-grey pixels: the scan of a small one, said a million times."""
    small = zoo.part("grey.jpg", "-frames:v", "1", "-update", "1", size="16x16", codec="mjpeg", look=GREY)
    content = bytearray(small.read_bytes())
    struct.pack_into(">HH", content, content.index(b"\xff\xc0\x00\x11\x08") + 5, 16_000, 16_000)
    scan = content.index(b"\xff\xda")
    scan += 2 + struct.unpack_from(">H", content, scan + 2)[0]
    huge = zoo.part_path("huge.jpg")
    huge.write_bytes(content[:scan] + content[scan:-2] * 1_000_000 + b"\xff\xd9")
    ffmpeg("-f", "mjpeg", "-i", huge, "-c", "copy", path)


def _rotated(zoo: Zoo, path: Path) -> None:
    """As a phone held upright writes it: a picture lying on its side, and a note to turn it back."""
    lying = zoo.part("lying.mp4", size="120x160", look=f"{CORNER},transpose=clock")
    ffmpeg("-display_rotation", "90", "-i", lying, "-c", "copy", path)


def _variable_rate(_: Zoo, path: Path) -> None:
    """25 pictures in the first second, then one each at 1, 3, 5 and 7 s: 7.04 s in all."""
    encode(path, "-fps_mode", "vfr", seconds=9, look=f"{CORNER},select='lt(t,1)+not(mod(n-25,50))'")


def _time_jump(zoo: Zoo, path: Path) -> None:
    """Two recordings joined: the clock goes from 2 s to an hour later."""
    first = zoo.part("first.ts", seconds=2)
    second = zoo.part("second.ts", "-output_ts_offset", "3600", seconds=2)
    path.write_bytes(first.read_bytes() + second.read_bytes())


def _edit_list(zoo: Zoo, path: Path) -> None:
    ffmpeg("-ss", "1.5", "-i", zoo.plain, "-c", "copy", path)


def _cover_art(zoo: Zoo, path: Path) -> None:
    cover = zoo.part("cover.png", "-frames:v", "1", "-update", "1", codec="png")
    song = ["-f", "lavfi", "-i", "sine=duration=4", "-i", cover, "-map", "0", "-map", "1"]
    ffmpeg(*song, "-c:a", "aac", "-c:v", "copy", "-disposition:v", "attached_pic", path)


BUILDERS: dict[str, Callable[[Zoo, Path], None]] = {
    "zero bytes": lambda _, path: path.touch(),
    "head only": lambda zoo, path: _changed(zoo.fast_start, path, lambda c: c[:200]),
    "index cut off": lambda zoo, path: _changed(zoo.plain, path, lambda c: c[: c.rindex(b"moov") - 4]),
    "fast start cut": lambda zoo, path: _changed(zoo.fast_start, path, lambda c: c[: len(c) * 6 // 10]),
    "flipped data": lambda zoo, path: _changed(zoo.fast_start, path, lambda c: _flipped(c, 10_000, len(c), 400)),
    "flipped index": lambda zoo, path: _changed(zoo.plain, path, _index_flipped),
    "random bytes": lambda _, path: path.write_bytes(random.Random(1).randbytes(50_000)) and None,
    "text": lambda _, path: path.write_text("not a video\n" * 100) and None,
    "audio only": lambda _, path: ffmpeg("-f", "lavfi", "-i", "sine=duration=4", "-c:a", "aac", path),
    "no audio": lambda _, path: encode(path),
    "rotated": _rotated,
    "variable rate": _variable_rate,
    "hevc 10 bit": lambda _, path: encode(
        path, "-pix_fmt", "yuv420p10le", "-preset", "ultrafast", "-x265-params", "log-level=none", codec="libx265"
    ),
    "hdr pq": lambda _, path: encode(
        path,
        *("-pix_fmt", "yuv420p10le", "-preset", "ultrafast", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"),
        *("-color_primaries", "bt2020", "-x265-params", "log-level=none:hdr10=1"),
        codec="libx265",
    ),
    "444": lambda _, path: encode(path, "-pix_fmt", "yuv444p"),
    "16000 square": _huge_picture,
    "8192x4320": lambda _, path: encode(path, size="8192x4320", rate="1", seconds=3),
    "2x2": lambda _, path: encode(path, size="2x2", look="null"),
    "one frame": lambda _, path: encode(path, "-frames:v", "1"),
    "1000 fps": lambda _, path: encode(path, rate="1000", seconds=3, size="64x48"),
    "two video streams": lambda zoo, path: ffmpeg(
        *("-i", zoo.plain, "-i", zoo.fast_start, "-map", "0:v", "-map", "1:v", "-c", "copy", path)
    ),
    "cover art": _cover_art,
    "png": lambda zoo, path: (
        shutil.copy(zoo.part("cover.png", "-frames:v", "1", "-update", "1", codec="png"), path) and None
    ),
    "png bomb": lambda _, path: path.write_bytes(_png(30_000, 30_000)) and None,
    "interlaced ts": lambda _, path: encode(
        path, "-flags", "+ilme+ildct", "-b:v", "2M", codec="mpeg2video", size="720x576"
    ),
    "ts time jump": _time_jump,
    "webm without index": lambda _, path: encode(
        path, "-live", "1", "-deadline", "realtime", "-cpu-used", "8", codec="libvpx"
    ),
    "av1": lambda _, path: encode(path, "-preset", "12", "-svtav1-params", "lp=1", codec="libsvtav1"),
    "mjpeg": lambda _, path: encode(path, "-pix_fmt", "yuvj420p", codec="mjpeg"),
    "raw h264": lambda _, path: encode(path),
    "edit list": _edit_list,
    "black": lambda _, path: encode(path, look="drawbox=color=black:t=fill"),
    "gif": lambda _, path: encode(path, "-pix_fmt", "rgb8", codec="gif", rate="10"),
    "claims days": lambda zoo, path: _changed(zoo.fast_start, path, _claims_days),
    "plain": lambda zoo, path: shutil.copy(zoo.plain, path) and None,
    "hostile name": lambda zoo, path: shutil.copy(zoo.plain, path) and None,
}

FILE_NAMES = {
    "hostile name": HOSTILE_NAME,
    "interlaced ts": "interlaced.ts",
    "ts time jump": "jump.ts",
    "webm without index": "live.webm",
    "mjpeg": "mjpeg.avi",
    "raw h264": "raw.h264",
    "gif": "moving.gif",
    "16000 square": "square.mkv",
}


def disguises(folder: Path, host: str) -> dict[str, Path]:
    """Playlists named .mp4 that name a file beside them or `host` (host:port). Reading any of it is a leak."""
    secret, other = folder / "secret.txt", folder / "other.mp4"
    secret.write_text(SECRET)
    encode(other, seconds=1)
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n"
    dash = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT4S"'
        ' profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><BaseURL>http://{}/</BaseURL><Period><AdaptationSet'
        ' mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>v.mp4</BaseURL><SegmentBase/>'
        "</Representation></AdaptationSet></Period></MPD>"
    )
    texts = {
        "hls segment": hls.format(f"http://{host}/a.ts"),
        "hls no suffix": hls.format(f"http://{host}/a"),
        "hls text": hls.format(secret),
        "hls other": hls.format(other),
        "concat local": f"ffconcat version 1.0\nfile '{other}'\n",
        "concat http": f"ffconcat version 1.0\nfile 'http://{host}/a.mp4'\n",
        "dash": dash.format(host),
        "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        f"m=video {host.split(':')[1]} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    }
    paths = {}
    for name, text in texts.items():
        paths[name] = folder / f"{name.replace(' ', '-')}.mp4"
        paths[name].write_text(text)
    return paths


BITS = 12


def numbered(path: Path, times_ms: Sequence[Fraction], *, size: tuple[int, int] = (192, 96)) -> None:
    """A video whose picture `n`, at `times_ms[n]`, has `n` painted on it as black and white stripes."""
    base = Fraction(1, 90_000)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=30, options={"preset": "ultrafast", "g": "12", "bf": "2"})
        stream.width, stream.height = size
        stream.codec_context.time_base = base
        for number, at_ms in enumerate(times_ms):
            frame = av.VideoFrame.from_ndarray(_stripes(number, size), "gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = round(at_ms / 1000 / base), base
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


def _stripes(number: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    bits = np.array([number >> bit & 1 for bit in range(BITS)], dtype=np.uint8) * 255
    return np.broadcast_to(np.repeat(bits, size[0] // BITS), (size[1], size[0])).copy()


def number_on(picture: NDArray[np.uint8]) -> int:
    """The number painted on an upright picture of `numbered`, `[height, width]` or with colours."""
    grey = picture.mean(axis=-1) if picture.ndim == 3 else picture
    middle = np.asarray(grey[grey.shape[0] // 2])
    stripe = len(middle) / BITS
    return sum(1 << bit for bit in range(BITS) if middle[int((bit + 0.5) * stripe)] > 127)
