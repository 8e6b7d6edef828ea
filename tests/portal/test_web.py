"""Looking at websites: what servers answer, and where a look never goes."""

import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network

import pytest

from portal import web
from portal.web import NoAnswer, Reach, Trouble

LOCAL = ip_network("127.0.0.0/8")


class Site(BaseHTTPRequestHandler):
    """Answers as its path says: /404, /to/<address>, /no-head, /slow."""

    def answer(self) -> None:
        self.server.asked.append((self.command, self.path, self.headers["Host"]))
        path = self.path.partition("?")[0]
        if path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
        elif path == "/no-head":
            self.send_response(405 if self.command == "HEAD" else 200)
        else:
            self.send_response(int(path.strip("/") or 200))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET = answer  # noqa: N815  the library's names

    def log_message(self, *args: object) -> None:
        """Keep the output of tests clean."""


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.asked = []
        threading.Thread(target=partial(server.serve_forever, 0.01), daemon=True).start()
        yield server
        server.shutdown()


def address(server: ThreadingHTTPServer, path: str = "/", host: str = "127.0.0.1") -> str:
    return f"http://{host}:{server.server_port}{path}"


def reach(server: ThreadingHTTPServer, **more: object) -> Reach:
    return Reach(networks=[LOCAL], ports=frozenset({server.server_port}), **more)


def trouble(url: str, reach: Reach = web.PUBLIC_WEB) -> Trouble:
    with pytest.raises(NoAnswer) as none:
        web.look(url, agent="test", reach=reach)
    return none.value.trouble


@pytest.mark.parametrize(
    ("path", "status", "methods"),
    [
        ("/200", 200, ["HEAD"]),
        ("/404", 404, ["HEAD", "GET"]),
        ("/410", 410, ["HEAD", "GET"]),
        ("/500", 500, ["HEAD", "GET"]),
        ("/no-head", 200, ["HEAD", "GET"]),
        ("/to//200", 200, ["HEAD", "HEAD"]),
        ("/to//to//to//200", 200, ["HEAD"] * 4),
    ],
)
def test_a_look_returns_the_status(site, path, status, methods):
    assert web.look(address(site, path), agent="test", reach=reach(site)) == status
    assert [method for method, _path, _host in site.asked] == methods


def test_the_server_hears_its_own_name_and_the_whole_path(site):
    url = address(site, "/200?q=a b&ü=1#part", host="localhost")
    both = Reach(networks=[LOCAL, ip_network("::1/128")], ports=frozenset({site.server_port}))
    assert web.look(url, agent="test", reach=both) == 200
    assert site.asked == [("HEAD", "/200?q=a%20b&%C3%BC=1", f"localhost:{site.server_port}")]


def test_a_fourth_redirect_is_too_many(site):
    url = address(site, "/to//to//to//to//200")
    assert trouble(url, reach(site)) == Trouble.ENDLESS


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://127.0.0.1:22/",
        "https://192.168.1.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://[",
        "//[::1",
    ],
)
def test_no_redirect_leads_inside(site, target):
    assert trouble(address(site, f"/to/{target}"), reach(site)) == Trouble.REFUSED
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "http://user@10.1.2.3/",
        "javascript:alert(1)",
        "",
    ],
)
def test_production_reaches_the_public_web_only(url):
    assert trouble(url) == Trouble.REFUSED


def test_a_port_of_another_service_is_refused(site):
    assert trouble(address(site)) == Trouble.REFUSED
    assert site.asked == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("93.184.215.14", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("224.0.1.1", False),
        ("::1", False),
        ("fd00::1", False),
        ("fec0::1", False),
        ("::7f00:1", False),
        ("::ffff:0:7f00:1", False),
        ("5f00::1", False),
        ("::ffff:93.184.215.14", True),
        ("::ffff:192.168.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_what_is_public(text, expected):
    assert web.is_public(ip_address(text)) is expected


def test_a_name_that_nobody_has_is_unknown(site):
    assert trouble(address(site, host="nobody.invalid"), reach(site)) == Trouble.UNKNOWN


def test_a_server_that_never_answers_is_silent():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        waits = Reach(networks=[LOCAL], ports=frozenset({port}), seconds=0.1)
        assert trouble(f"http://127.0.0.1:{port}/", waits) == Trouble.SILENT
    assert trouble(f"http://127.0.0.1:{port}/", waits) == Trouble.SILENT


def test_a_server_that_answers_a_sign_at_a_time_is_cut_off():
    begun, cut = threading.Event(), threading.Event()

    def drip(server: socket.socket) -> None:
        wire, _address = server.accept()
        with wire:
            begun.set()
            try:
                while not cut.wait(0.05):
                    wire.sendall(b"H")
            except OSError:
                cut.set()

    with socket.create_server(("127.0.0.1", 0)) as slow:
        port = slow.getsockname()[1]
        thread = threading.Thread(target=drip, args=[slow])
        thread.start()
        waits = Reach(networks=[LOCAL], ports=frozenset({port}), seconds=0.2)
        assert trouble(f"http://127.0.0.1:{port}/", waits) == Trouble.SILENT
        cut.set()
        thread.join()
    assert begun.is_set()


def test_what_is_no_http_is_silent():
    with socket.create_server(("127.0.0.1", 0)) as odd:
        port = odd.getsockname()[1]

        def shout() -> None:
            wire, _address = odd.accept()
            with wire:
                wire.recv(1000)
                wire.sendall(b"SSH-2.0-OpenSSH\r\n")

        thread = threading.Thread(target=shout)
        thread.start()
        waits = Reach(networks=[LOCAL], ports=frozenset({port}), seconds=0.5)
        assert trouble(f"http://127.0.0.1:{port}/", waits) == Trouble.SILENT
        thread.join()
