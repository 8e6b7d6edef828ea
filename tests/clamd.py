"""A server that speaks clamd's INSTREAM as its manual has it, over TCP or a Unix socket."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Eicar-Test-Signature"


class Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(len(b"zINSTREAM\0")) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        self.server.seen.append(content)
        self.wfile.write(self.server.answer or self.verdict(content))

    @staticmethod
    def verdict(content: bytes) -> bytes:
        found = f"{SIGNATURE} FOUND" if EICAR in content else "OK"
        return f"stream: {found}\0".encode()


class Tcp(socketserver.TCPServer):
    answer = b""
    allow_reuse_address = True


class Unix(socketserver.UnixStreamServer):
    answer = b""


@contextmanager
def listening(path: Path | None = None, *, answer: bytes = b"") -> Iterator[Tcp | Unix]:
    """Serve until the block ends; `seen` holds what was sent, `answer` replaces the verdict."""
    server = Unix(str(path), Conversation) if path else Tcp(("127.0.0.1", 0), Conversation)
    server.seen, server.answer = [], answer
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
