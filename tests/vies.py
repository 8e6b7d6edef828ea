"""A server that answers as VIES's REST interface does."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        said = self.server.said
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def answering(said: object) -> Iterator[ThreadingHTTPServer]:
    """Serve until the block ends; `said` is the answer, `asked` the paths that were asked."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.asked, server.said = [], said
        server.base = f"http://127.0.0.1:{server.server_port}/rest-api"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
