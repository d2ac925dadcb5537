"""What passes from the thread that writes a reply to the one that listens to it."""

from __future__ import annotations

from collections.abc import Iterator
from queue import SimpleQueue

from chatrec.dialogue.values import Sentence, Turn
from chatrec.serving.waiting import Waiting

Piece = Sentence | Turn
Heard = Piece | Waiting


class Listening:
    """The line between the thread that writes a reply and the one that listens to it."""

    def __init__(self) -> None:
        self._pieces: SimpleQueue[Heard | Exception | None] = SimpleQueue()
        self.stopped = False

    def put(self, piece: Heard | Exception) -> None:
        """Hand over a piece, or the fault that ended the reply."""
        self._pieces.put(piece)

    def end(self) -> None:
        """Tell the listener that nothing more comes."""
        self._pieces.put(None)

    def stop(self) -> None:
        """End the reply at once; its writer gives up at the next piece."""
        self.stopped = True
        self.end()

    def __iter__(self) -> Iterator[Heard]:
        """Yield the pieces as they come. Raises the fault that ended the reply."""
        while (piece := self._pieces.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece
