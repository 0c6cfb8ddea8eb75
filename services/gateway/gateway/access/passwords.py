"""Passwords: what is good enough, and hashing them off the event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from pwdlib import PasswordHash

from gateway.access.errors import WeakPasswordError

LEAST = 10
LEAST_DIFFERENT = 4  # "aaaaaaaaaa", "1212121212"
COMMON = {"password", "passw0rd", "qwerty", "qwertyuiop", "asdfghjkl", "iloveyou", "letmein", "scenedesk", "비밀번호"}
IN_A_ROW = "01234567890123456789 98765432109876543210 abcdefghijklmnopqrstuvwxyz"

_HASHING = PasswordHash.recommended()
# Hashing takes 64 MiB and a core for a while: so many at once, the others wait.
_HASHERS = ThreadPoolExecutor(2, thread_name_prefix="passwords")


def check(password: str, login: str) -> None:
    """Raises WeakPasswordError: too short, too few different characters, the login itself, a common one."""
    folded, named = password.casefold().strip(), login.casefold().partition("@")[0]
    plain = folded.strip("0123456789!@#$.-_ ")
    guessed = folded in IN_A_ROW or plain in COMMON or plain in {login.casefold(), named}
    if len(password) < LEAST or len(set(folded)) < LEAST_DIFFERENT or guessed:
        raise WeakPasswordError(least=LEAST)


async def hash_of(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_HASHERS, _HASHING.hash, password)


async def verify(password: str, kept: str | None) -> bool:
    """Whether it is that password; without a `kept` one it takes as long and is False."""
    right = await asyncio.get_running_loop().run_in_executor(_HASHERS, _verify, password, kept)
    return right and kept is not None


def _verify(password: str, kept: str | None) -> bool:
    return _HASHING.verify(password, kept or _nobodys())


@cache
def _nobodys() -> str:
    return _HASHING.hash("nobody at all")
