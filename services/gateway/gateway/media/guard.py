"""Which addresses a download may reach, enforced where the socket connects.

Checked at the connect call itself, so redirects, names that resolve to something else the second time, and
whatever a library does on its own are all covered: what is checked is what is connected to.
Made for a child process that only downloads; an audit hook can't be taken off again.
"""

import ipaddress
import socket
import sys
from collections.abc import Collection, Iterable
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LOOPBACK = ipaddress.ip_address("127.0.0.1")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_V4_COMPATIBLE = ipaddress.ip_network("::/96")
# Starting a program, or sending without connecting, would be a way around the check.
_NEVER = frozenset(
    {
        *(
            "subprocess.Popen",
            "os.system",
            "os.exec",
            "os.posix_spawn",
            "os.spawn",
            "os.fork",
            "os.forkpty",
            "pty.spawn",
        ),
        *("socket.bind", "socket.sendto", "socket.sendmsg"),
    }
)


class RefusedAddressError(OSError):
    """An `OSError`, so that libraries treat it as a connection that failed."""


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, also by the IPv4 address it may carry inside."""
    carried = _carried(address)
    if carried is not None:
        return is_public(carried)
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or site_local)


def _carried(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64 or address in _V4_COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo


def literal(host: str) -> Address | None:
    """The address a host stands for without asking anybody, in any form `connect` understands (127.1, 0x7f000001).

    So does `localhost`, and every name under it (RFC 6761).
    """
    if f".{host.casefold().rstrip('.')}".endswith(".localhost"):
        return _LOOPBACK
    try:
        return ipaddress.ip_address(host.strip("[]").split("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def resolved(hosts: Iterable[str]) -> frozenset[tuple[str, int]]:
    """`host:port` words as (address, port) pairs; a name that can't be resolved allows nothing."""
    pairs: set[tuple[str, int]] = set()
    for word in hosts:
        host, _, port = word.rpartition(":")
        try:
            found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
        except (OSError, ValueError):
            continue
        pairs.update((str(where[0]), int(where[1])) for *_, where in found)
    return frozenset(pairs)


class Guard:
    """Lets this process connect to public addresses and `allowed` ones; remembers whether it refused any."""

    def __init__(self, allowed: Collection[tuple[str, int]]) -> None:
        self._allowed = allowed
        self.refused = False

    def install(self) -> None:
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _NEVER:
            raise PermissionError(f"not in a download: {event}")
        if event == "socket.connect" and not self._may_connect(*arguments):
            self.refused = True
            raise RefusedAddressError("that address is not public")

    def _may_connect(self, connection: socket.socket, where: Any) -> bool:
        if connection.family not in (socket.AF_INET, socket.AF_INET6):
            return False
        host, port = where[0], where[1]
        try:
            # Only literals: a name would be looked up again after this check.
            address = ipaddress.ip_address(str(host).split("%")[0])
        except ValueError:
            return False
        return (str(address), port) in self._allowed or is_public(address)
