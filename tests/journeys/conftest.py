"""A real browser, a real mail server, and the schedule run by hand."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from portal import clock, tasks
from tests.journeys.people import confirm_addresses
from tests.vouchers import factories

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once; PORTAL_CHROMIUM names another one."""
    known = (shutil.which(name) for name in ("chromium", "google-chrome", "chromium-browser"))
    path = os.environ.get("PORTAL_CHROMIUM") or next(filter(None, known), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Visitor:
    """A person at a browser of their own; what the console complains about is kept."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        email: str = "",
        *,
        scripts: bool = True,
        width: int = 1280,
        zone: str = "Europe/Brussels",
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, timezone_id=zone
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.base, self.scripts, self.problems = base, scripts, []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        if email:
            self.open("/accounts/login/")
            self.sign_in(email)

    def _hear(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(message.text)

    def open(self, path: str) -> Page:
        """Open an address; anything but a page is a failure."""
        response = self.page.goto(f"{self.base}{path}" if path.startswith("/") else path)
        assert response is not None
        assert response.status == 200, (path, response.status)
        return self.page

    def sign_in(self, email: str) -> None:
        """Fill in the sign-in page that is open."""
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", "password")
        self.press("Sign in")

    def press(self, name: str) -> None:
        """Press the button or link of this name in the page's main part; nothing may be refused."""
        main = self.page.locator("#main, #content-main, main").first
        button = main.get_by_role("button", name=name)
        target = button if button.count() else main.get_by_role("link", name=name)
        target.first.click()
        self.page.wait_for_load_state()
        refused = self.page.locator(".v-errsum").all_inner_texts()
        assert refused == [], (self.page.url, refused)

    def text(self) -> str:
        """What stands in the page's main part."""
        return self.page.locator("main").first.inner_text()

    def check_access(self) -> None:
        """Let axe look; nothing serious may be wrong. It is a script, so it needs them on."""
        if not self.scripts:
            return
        found = Axe().run(self.page).response["violations"]
        serious = [v["id"] for v in found if v["impact"] in {"serious", "critical"}]
        assert serious == [], (self.page.url, serious, found)

    def close(self) -> None:
        """Leave; the browser's console must have stayed silent."""
        self.context.close()
        assert self.problems == []


@pytest.fixture
def world(transactional_db, settings, tmp_path) -> factories.World:
    """An open call now, and people who can sign in without a second factor."""
    settings.MFA_RELAXED_FOR_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    made = factories.make_world(clock.now().replace(microsecond=0))
    confirm_addresses()
    return made


@pytest.fixture
def fixed_world(transactional_db, settings, tmp_path, freeze) -> factories.World:
    """An open call at a fixed instant: days of claims and receipts are those of the world."""
    settings.MFA_RELAXED_FOR_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def visit(browser, live_server) -> Iterator[Callable[..., Visitor]]:
    """Open a browser as somebody: ``visit("person@example.org")``."""
    visitors: list[Visitor] = []

    def begin(email: str = "", **more) -> Visitor:
        visitors.append(Visitor(browser, live_server.url, email, **more))
        return visitors[-1]

    yield begin
    for visitor in visitors:
        visitor.close()


class Postman:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        """Take a letter."""
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def collect(self) -> "Postman":
        """Let the sweeper make what is queued and send what is due."""
        tasks.sweep_outbox()
        return self

    def to(self, address: str) -> list[str]:
        """The subjects that somebody got, in order."""
        return [str(m["Subject"]) for m in self.letters if address in str(m["To"])]

    def last(self, address: str) -> EmailMessage:
        """The last letter to somebody."""
        return next(m for m in reversed(self.letters) if address in str(m["To"]))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def post(settings, real_outbox) -> Iterator[Postman]:
    """A mail server on loopback that the outbox sends to."""
    postman = Postman()
    host, port = "127.0.0.1", free_port()
    server = Controller(postman, hostname=host, port=port)
    server.start()
    settings.MAILERS = {
        **settings.MAILERS,
        "smtp": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": host, "port": port},
        },
    }
    yield postman
    server.stop()
