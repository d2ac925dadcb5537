"""Where a pack lies, and how it is changed: everything is prepared in a folder beside it and moved into place whole."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout

from chatrec.config import knowledge_dir
from chatrec.errors import InputError
from chatrec.grounding.importing.text import clean


def target_folder(name: str, into_shipped: bool = False) -> Path:
    """Return the folder of a pack: a path, or one under ./packs; one that ships only where that is said.

    Raises InputError where it cannot be written.
    """
    if not clean(name) or name in (".", "..") or name != clean(name):
        raise InputError(f"{name!r} is no name of a pack.", "Give a name or the path of a folder.")
    shipped = knowledge_dir() / name
    is_path = len(Path(name).parts) > 1 or (Path(name) / "shapes.ttl").is_file()
    if not is_path and (shipped / "shapes.ttl").is_file() and not into_shipped:
        raise InputError(
            f"The pack {name} ships with chatrec, and an import would change it for everybody here.",
            f"Give the path of a folder of yours (packs/{name}), or --into-shipped if that is what you want.",
        )
    folder = (
        Path(name) if is_path else shipped if (shipped / "shapes.ttl").is_file() else Path("packs") / name
    )
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is no folder.", "Give another name for the pack.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "shapes.ttl").is_file():
        raise InputError(f"{folder} holds files but no shapes.ttl.", "A pack is a folder of its own.")
    if folder.is_dir() and not os.access(folder, os.W_OK):
        raise InputError(
            f"{folder} cannot be written.", "Copy the pack to a folder of yours and give its path."
        )
    return folder


@contextmanager
def workshop(target: Path) -> Iterator[Path]:
    """Give an empty folder beside the target, gone afterwards whatever happens; one import at a time has a target."""
    parent = target.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        work = parent / f".{target.name}.import"
        with FileLock(f"{work}.lock", timeout=0):
            try:
                shutil.rmtree(work, ignore_errors=True)  # what a killed import has left
                work.mkdir()
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)
                Path(f"{work}.lock").unlink(missing_ok=True)
    except Timeout as error:
        raise InputError(f"Another import into {target} is running.", "Wait until it has ended.") from error
    except OSError as error:
        raise InputError(
            f"{target} could not be written: {error}", "Check the folder and the room on the disk."
        ) from error


def commit(made: Path, target: Path, rejects: Path, replaced: Iterable[str]) -> None:
    """Put what was made in its place: a new pack by one rename, files of an existing one each by one rename.

    The items of one source are one file, so that a reader finds the old ones or the new ones. An interrupt waits until all
    is done. Of the files that are `replaced`, those that were not made again go.
    """
    with _undisturbed():
        rejects.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made.parent / "rejects.csv", rejects)
        if not target.exists() or not any(target.iterdir()):
            made.replace(target)
            return
        for name in replaced:
            if not (made / name).exists():
                (target / name).unlink(missing_ok=True)
        for path in sorted(made.iterdir()):
            path.replace(target / path.name)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold back Ctrl-C for the moment; only the main thread gets it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            raise KeyboardInterrupt
