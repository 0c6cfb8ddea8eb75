"""Secrets people and programs carry: made here, kept only as hashes."""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

TRUST = "trust.key"
TOKEN = "sd_"  # noqa: S105 - how a token begins, so that scanners find leaked ones


def new_secret() -> str:
    """256 random bits, as letters that go into an address."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    return TOKEN + new_secret()


def hashed(secret: str) -> bytes:
    """SHA-256: what has 256 random bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def csrf_of(cookie: str) -> str:
    """What the forms and scripts of a session send back: it follows from the cookie, which no script can read."""
    return hmac.new(cookie.encode(), b"csrf", hashlib.sha256).hexdigest()


def signed(key: str, purpose: str, words: str) -> str:
    """The words and their signature, as letters that go into an address; they serve that purpose alone."""
    content = urlsafe_b64encode(words.encode()).rstrip(b"=").decode()
    return f"{content}.{_seal(key, purpose, content)}"


def unsigned(key: str, purpose: str, said: str) -> str | None:
    """The words that were signed with this key for this purpose; None for anything else."""
    content, _, seal = said.partition(".")
    if not same(_seal(key, purpose, content), seal):
        return None
    return urlsafe_b64decode(content + "=" * (-len(content) % 4)).decode()


def _seal(key: str, purpose: str, content: str) -> str:
    return hmac.new(key.encode(), f"signed {purpose} {content}".encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def trust(data_dir: Path) -> str:
    """The key of whoever may read the data folder, and so might as well read the database. Made when not there."""
    path = data_dir / TRUST
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip() or _renewed(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(made := new_secret())
    return made


def trusted(data_dir: Path) -> str | None:
    """The same for whoever comes in by it; None when they may not read it, or it was never made."""
    try:
        return (data_dir / TRUST).read_text(encoding="ascii").strip() or None
    except OSError:
        return None


def _renewed(path: Path) -> str:
    """Somebody was interrupted while making it."""
    path.unlink(missing_ok=True)
    return trust(path.parent)
