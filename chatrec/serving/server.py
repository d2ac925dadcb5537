"""The web server: one process, one port."""

from __future__ import annotations

import os
import socket
import sys
import webbrowser

import typer
import uvicorn

from chatrec.errors import ChatrecError
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service


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
    """Says where it is once it answers, and shows the page if that is wanted."""

    show = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            host, port = listener.getsockname()[:2]
            url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            typer.echo(f"chatrec is ready: {url}")
            if self.show and _has_screen():
                webbrowser.open(url)


def run(service: Service, listener: socket.socket, show: bool = False) -> None:
    """Serve until interrupted; `show` opens the page in a browser."""
    config = uvicorn.Config(create_app(service), log_level="warning", timeout_graceful_shutdown=3)
    server = _Server(config)
    server.show = show
    server.run(sockets=[listener])
