"""Which addresses are public, in every way of writing them, and what a file's first bytes say."""

import ipaddress

import pytest

from gateway.media.guard import is_public, literal, resolved
from gateway.media.sniff import kind_of


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fc00::1"),
        *("fec0::1", "ff02::1", "::ffff:10.0.0.1", "::7f00:1", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1"),
        "64:ff9b:1::1",
    ],
)
def test_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "[127.0.0.1]"])
def test_literals_in_any_form_are_seen(host: str) -> None:
    assert literal(host) == ipaddress.ip_address("127.0.0.1")


@pytest.mark.parametrize("host", ["localhost", "LocalHost.", "a.localhost"])
def test_localhost_needs_no_network_to_be_known(host: str) -> None:
    assert literal(host) == ipaddress.ip_address("127.0.0.1")


def test_names_are_no_literals() -> None:
    assert literal("notlocalhost") is None
    assert literal("example.com") is None
    assert literal("") is None


def test_allowed_private_hosts_need_a_port() -> None:
    assert resolved(["127.0.0.1:80", "[::1]:81", "127.0.0.1", "nonsense", ":", "127.0.0.1:x"]) == {
        ("127.0.0.1", 80),
        ("::1", 81),
    }


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x20ftypisom", "video"),
        (b"\0\0\0\x20ftypheic", "still"),
        (b"\x1aE\xdf\xa3", "video"),
        (b"RIFF\0\0\0\0AVI LIST", "video"),
        (b"RIFF\0\0\0\0WEBP", "still"),
        (b"RIFF\0\0\0\0WAVE", "sound"),
        ((b"\x47" + bytes(187)) * 5, "video"),
        (b"\x89PNG\r\n\x1a\n", "still"),
        (b"\xff\xd8\xff\xe0", "still"),
        (b"ID3\x04", "sound"),
        (b"#EXTM3U\n", "playlist"),
        (b"\xef\xbb\xbf \r\n#extm3u", "playlist"),
        (b"ffconcat version 1.0", "playlist"),
        (b"<?xml version='1.0'?>\n<MPD>", "playlist"),
        (b"<?xml version='1.0'?>\n<svg>", "unknown"),
        (b"v=0\no=-", "playlist"),
        (b"<!doctype html>", "unknown"),
        (b"", "unknown"),
    ],
)
def test_first_bytes(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind
