"""Look at an address of the public web, and at nothing else: no request reaches our own network.

The host is resolved here, every address that it has must be a public one, and the connection goes
to the address that was checked: a name that changes its answer meanwhile gains nothing.
"""

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from http.client import HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Timer
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, SSLError
from urllib3.util.ssl_match_hostname import CertificateError

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

SECONDS = 5.0
REDIRECTS = 3
PORTS = {"http": 80, "https": 443}
LEADS_ON = frozenset({301, 302, 303, 307, 308})
# Of IPv6 only this is given out to hosts of the public internet (RFC 4291, IANA's registry).
UNICAST = IPv6Network("2000::/3")
# They carry an IPv4 address inside, which would have to be checked too.
TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("2002::/16"), IPv6Network("2001::/32"))


class Trouble(StrEnum):
    """Why no answer came."""

    REFUSED = "refused"
    UNKNOWN = "unknown"
    SILENT = "silent"
    UNSAFE = "unsafe"
    ENDLESS = "endless"


class NoAnswer(Exception):
    """There is no answer: `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a look may go beside the public web, and how long it waits, in seconds.

    Production uses the defaults; only tests, whose servers are local, name networks and ports.
    """

    networks: Sequence[Network] = ()
    ports: frozenset[int] = frozenset(PORTS.values())
    seconds: float = SECONDS

    def takes(self, address: Address) -> bool:
        """Whether a connection to the address is allowed."""
        return is_public(address) or any(address in network for network in self.networks)


PUBLIC_WEB = Reach()


def is_public(address: Address) -> bool:
    """Whether an address belongs to one host of the public internet."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address not in UNICAST or any(address in network for network in TRANSLATED):
            return False
    return address.is_global and not address.is_multicast


def look(url: str, *, agent: str, reach: Reach = PUBLIC_WEB) -> int:
    """Return the status of the page behind the address, without reading it; follows 3 redirects.

    A server that refuses HEAD is asked with GET. Raises NoAnswer.
    """
    for _hop in range(REDIRECTS + 1):
        status, target = _ask("HEAD", url, agent, reach)
        if status >= HTTPStatus.BAD_REQUEST:
            status, target = _ask("GET", url, agent, reach)
        if status not in LEADS_ON or not target:
            return status
        try:
            url = urljoin(url, target)
        except ValueError:
            raise NoAnswer(Trouble.REFUSED) from None
    raise NoAnswer(Trouble.ENDLESS)


def _ask(method: str, url: str, agent: str, reach: Reach) -> tuple[int, str]:
    """Return status and target of one request to a checked address. Raises NoAnswer."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise NoAnswer(Trouble.REFUSED) from None
    if parts.scheme not in PORTS or not host or port not in reach.ports:
        raise NoAnswer(Trouble.REFUSED)
    headers = {"Host": _name(host, parts, port), "User-Agent": agent, "Accept": "*/*"}
    trouble = Trouble.SILENT
    for address in _addresses(host, port, reach):
        with _connection(parts.scheme, address, port, host, reach) as connection:
            try:
                connection.request(method, _path(parts), headers=headers, preload_content=False)
                answer = connection.getresponse()
                return answer.status, answer.headers.get("Location", "")
            except (SSLError, ssl.SSLError, CertificateError):
                trouble = Trouble.UNSAFE
            except (HTTPError, HTTPException, OSError, ValueError):
                trouble = Trouble.SILENT
    raise NoAnswer(trouble)


def _addresses(host: str, port: int, reach: Reach) -> list[Address]:
    """Resolve a host; one address that is not allowed refuses it whole. Raises NoAnswer."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        raise NoAnswer(Trouble.UNKNOWN) from None
    addresses = [ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    if not addresses or not all(reach.takes(address) for address in addresses):
        raise NoAnswer(Trouble.REFUSED)
    # One address of each family is enough to know whether somebody answers.
    return list({address.version: address for address in reversed(addresses)}.values())[::-1]


@contextmanager
def _connection(
    scheme: str, address: Address, port: int, host: str, reach: Reach
) -> Iterator[HTTPConnection]:
    """Open nothing yet; end the connection when its time is over, however slowly it answers."""
    connection = (
        HTTPSConnection(
            str(address),
            port,
            timeout=reach.seconds,
            server_hostname=host,
            assert_hostname=host,
            cert_reqs=ssl.CERT_REQUIRED,
        )
        if scheme == "https"
        else HTTPConnection(str(address), port, timeout=reach.seconds)
    )
    # The time-out of a socket starts anew with every byte.
    watch = Timer(2 * reach.seconds, _cut, [connection])
    watch.daemon = True
    watch.start()
    try:
        yield connection
    finally:
        watch.cancel()
        connection.close()


def _cut(connection: HTTPConnection) -> None:
    wire = connection.sock
    if isinstance(wire, socket.socket):
        with suppress(OSError):
            socket.socket.shutdown(wire, socket.SHUT_RDWR)


def _name(host: str, parts: SplitResult, port: int) -> str:
    """Return the host as the server knows it."""
    shown = f"[{host}]" if ":" in host else host
    return shown if port == PORTS[parts.scheme] else f"{shown}:{port}"


def _path(parts: SplitResult) -> str:
    """Return path and query as a request line may hold them."""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    return f"{path}?{query}" if query else path
