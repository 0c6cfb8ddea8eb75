"""Whether people sign in here, or whoever reaches the address is the local user. Pure."""

import ipaddress
from typing import Literal
from urllib.parse import urlsplit

from gateway.access.errors import OpenToAllError
from kernel.settings import Settings

Mode = Literal["open", "accounts"]
NOTES: dict[Mode, str] = {
    "open": "open: nobody signs in; whoever reaches this address is the local user and may do everything",
    "accounts": "accounts: people sign in, programs bring tokens",
}


def mode_of(settings: Settings) -> Mode:
    """Raises OpenToAllError when it shall be open, and others than this machine reach it."""
    if settings.access == "open-to-all":
        return "open"
    if settings.access == "auto":
        return "open" if only_here(settings) else "accounts"
    if settings.access == "open" and not only_here(settings):
        raise OpenToAllError(where=settings.host if not is_loopback(settings.host) else settings.public_url)
    return settings.access


def only_here(settings: Settings) -> bool:
    """True when only this machine reaches it: no public address is spoken of, behind a proxy or not."""
    return is_loopback(settings.host) and is_loopback(urlsplit(settings.public_url).hostname or "")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
