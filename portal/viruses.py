"""Ask ClamAV about a file: one connection to clamd, one answer (command INSTREAM)."""

import socket
import struct
from collections.abc import Iterator

type Address = tuple[str, int] | str

SECONDS = 20.0
CHUNK = 64 * 1024
MAX_ANSWER = 1024


class NotScanned(Exception):
    """No verdict came: clamd is away, too slow, or answers with an error."""


class Unreachable(NotScanned):
    """Nobody answers at the address: the next file would wait in vain too."""


def found_in(content: bytes, address: Address, *, seconds: float = SECONDS) -> str:
    """Return the name of the virus in a content, or nothing where it is clean.

    `address` is a host with its port, or the path of a Unix socket; each step of the conversation
    may take `seconds`. Raises NotScanned, and Unreachable where nobody answers.
    """
    try:
        with _connected(address, seconds) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            for part in _parts(content):
                clamd.sendall(part)
            answer = _answer(clamd)
    except OSError as error:
        raise Unreachable(str(error)) from error
    return _virus(answer)


def _connected(address: Address, seconds: float) -> socket.socket:
    if not isinstance(address, str):
        return socket.create_connection(address, timeout=seconds)
    clamd = socket.socket(socket.AF_UNIX)
    clamd.settimeout(seconds)
    try:
        clamd.connect(address)
    except OSError:
        clamd.close()
        raise
    return clamd


def _parts(content: bytes) -> Iterator[bytes]:
    """Each chunk behind its length, as four bytes; a length of zero ends the file."""
    for start in range(0, len(content), CHUNK):
        chunk = content[start : start + CHUNK]
        yield struct.pack("!I", len(chunk)) + chunk
    yield struct.pack("!I", 0)


def _answer(clamd: socket.socket) -> str:
    """Read up to the closing zero byte. Raises NotScanned where the answer is cut or endless."""
    read = b""
    while not read.endswith(b"\0"):
        more = clamd.recv(MAX_ANSWER)
        if not more or len(read) > MAX_ANSWER:
            raise NotScanned(f"unfinished answer {read[:80]!r}")
        read += more
    return read.rstrip(b"\0").decode(errors="replace").strip()


def _virus(answer: str) -> str:
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    # Also "INSTREAM size limit exceeded. ERROR": what was not read in full is not clean.
    raise NotScanned(answer)
