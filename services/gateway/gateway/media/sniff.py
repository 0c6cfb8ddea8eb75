"""What a file's first bytes say it is, before any codec library is shown it."""

from collections.abc import Mapping
from typing import Literal

from gateway.media import errors

Kind = Literal["video", "sound", "still", "playlist", "unknown"]

HEAD_BYTES = 4096

_STILL = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"BM", b"II*\0", b"MM\0*", b"\0\0\x01\0", b"8BPS", b"qoif", b"\xff\x0a")
_STILL_BRANDS = (b"heic", b"heix", b"mif1", b"avif", b"jxl ")
_SOUND = (b"ID3", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"\xff\xf9", b"MThd")
_VIDEO = (b"\x1aE\xdf\xa3", b"FLV\x01", b"OggS", b"\0\0\x01\xba", b"\0\0\x01\xb3", b"\0\0\0\x01", b"\0\0\x01")
_MORE_VIDEO = (b"0&\xb2u\x8ef\xcf\x11", b"GIF87a", b"GIF89a", b"\x06\x0e+4")
_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip", b"styp")
_LISTS = (b"#extm3u", b"ffconcat", b"[playlist]", b"<asx", b"<smil", b"<mpd", b"v=0", b"[reference]", b"rtsptext")


_REFUSALS: Mapping[Kind, type[errors.MediaError]] = {
    "playlist": errors.PlaylistError,
    "still": errors.StillImageError,
    "unknown": errors.NotVideoError,
}


def refuse_by_kind(head: bytes) -> None:
    """Raises MediaError when a file's first bytes show that it can't be a video."""
    if refusal := _REFUSALS.get(kind_of(head)):
        raise refusal


def kind_of(head: bytes) -> Kind:
    """Judge by the first `HEAD_BYTES` of a file; `unknown` when nothing is recognised."""
    if _is_playlist(head):
        return "playlist"
    if head.startswith(b"RIFF"):
        return {b"AVI ": "video", b"WAVE": "sound", b"WEBP": "still"}.get(head[8:12], "unknown")  # type: ignore[return-value]
    if head[4:8] in _BOXES:
        return "still" if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS else "video"
    if head.startswith(_VIDEO + _MORE_VIDEO) or _is_transport_stream(head):
        return "video"
    if head.startswith(_STILL):
        return "still"
    return "sound" if head.startswith(_SOUND) else "unknown"


def _is_playlist(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"<?xml"):
        return any(tag in text for tag in (b"<mpd", b"<smil", b"<asx", b"<smoothstreamingmedia"))
    return text.startswith(_LISTS)


def _is_transport_stream(head: bytes) -> bool:
    """Packets of 188 bytes (192 with Blu-ray's timecode, 204 with error correction) that start with 0x47."""
    return any(
        len(head) > start + 3 * size and all(head[start + k * size] == 0x47 for k in range(4))  # noqa: PLR2004
        for size, start in ((188, 0), (192, 4), (204, 0))
    )
