"""The web server: one process, one port."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
import webbrowser

import typer
import uvicorn

from chatrec.config import settings
from chatrec.errors import ChatrecError
from chatrec.serving.logs import set_up
from chatrec.serving.packs import Packs
from chatrec.serving.rest import create_app
from chatrec.serving.waiting import Line


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything slow is loaded. Raises ChatrecError where it cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise ChatrecError(
            f"Port {port} of {host} cannot be used: {error.strerror or error}.",
            "Choose another with --port (0 takes any free one) or another address with --host.",
        ) from error


def _has_screen() -> bool:
    """Tell whether a browser can be opened: without a screen a text browser would take over the terminal."""
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


class _Server(uvicorn.Server):
    """Says where it is once it answers, shows the page if that is wanted, and stops without breaking a reply off."""

    def __init__(self, config: uvicorn.Config, line: Line, show: bool) -> None:
        super().__init__(config)
        self.line, self.show = line, show

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            host, port = listener.getsockname()[:2]
            url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            typer.echo(f"chatrec is ready: {url}")
            if self.show and _has_screen():
                webbrowser.open(url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody in any more, finish the replies that people wait for, then close what is still open."""
        for server in self.servers:
            server.close()
        self.line.close()
        late = time.monotonic() + settings().stop_seconds
        while len(self.line) and time.monotonic() < late and not self.force_exit:
            await asyncio.sleep(0.05)
        await super().shutdown(sockets)


def run(packs: Packs, listener: socket.socket, show: bool = False) -> None:
    """Serve until interrupted; `show` opens the page in a browser."""
    set_up()
    # Open pages listen for ever: they get three seconds once the replies are done.
    config = uvicorn.Config(create_app(packs), log_config=None, access_log=False, timeout_graceful_shutdown=3)
    _Server(config, packs.line, show).run(sockets=[listener])
