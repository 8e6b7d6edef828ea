"""The supervisor: owns both servers and ends them when nobody needs them."""

import fcntl
import os
import signal
import sys
import time
from contextlib import ExitStack

from portal.embedded.folder import STATE, Unavailable, sockets, take
from portal.embedded.servers import postgres, valkey


def supervise() -> None:
    """Run the services until nobody holds users.lock; return at once beside another supervisor."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with ExitStack() as stack:
        only = stack.enter_context((STATE / "supervisor.lock").open("a"))
        users = stack.enter_context((STATE / "users.lock").open("a"))
        ready = stack.enter_context((STATE / "ready.lock").open("a"))
        if not take(only, fcntl.LOCK_EX):
            return
        servers = []
        if not os.environ.get("DATABASE_URL"):
            servers.append(stack.enter_context(postgres()))
        if not os.environ.get("REDIS_URL"):
            servers.append(stack.enter_context(valkey()))
        fcntl.flock(ready, fcntl.LOCK_EX)
        while not take(users, fcntl.LOCK_EX) and sockets().exists():
            if any(server.poll() is not None for server in servers):
                raise Unavailable(f"A server ended by itself: see {STATE / 'log'}.")
            time.sleep(0.2)


if __name__ == "__main__":
    try:
        supervise()
    except Unavailable as reason:
        sys.exit(str(reason))
