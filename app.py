"""Builds the app and launches it, where CHATREC_HOST and CHATREC_PORT say, with the pack of CHATREC_PACK."""

from __future__ import annotations

import os
import sys

from chatrec.errors import ChatrecError
from chatrec.serving.packs import open_packs
from chatrec.serving.server import listen, run


def main() -> None:
    """Serve the chat page and the REST interface."""
    host, port = os.environ.get("CHATREC_HOST", "127.0.0.1"), os.environ.get("CHATREC_PORT", "7860")
    try:
        listener = listen(host, int(port))
        run(open_packs(keep=True), listener)
    except (ChatrecError, ValueError) as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main()
