"""The model's files: whole or absent, whoever dies or starts meanwhile."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from chatrec.errors import ModelError
from chatrec.generation import files


def fake_write(folder: Path, progress: files.Progress) -> None:
    """Write a model of one file slowly, in the place of the conversion that takes most of a minute."""
    progress("writing")
    for i in range(20):
        with (folder / "config.json").open("a") as file:
            file.write(str(i))
        time.sleep(0.05)


def convert(cache: str) -> str:
    """Convert in a process of its own: what is set here must not outlive a test."""
    os.environ["CHATREC_CACHE_DIR"] = cache
    files.settings.cache_clear()
    files._write_model = fake_write
    return str(files.base_model_dir(files.PACKAGED))


def test_two_processes_convert_once(cache: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        first, second = pool.map(convert, [str(cache)] * 2)
    assert first == second
    assert (Path(first) / "config.json").read_text() == "".join(map(str, range(20)))


def test_a_process_killed_halfway_leaves_nothing_that_counts(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = multiprocessing.get_context("spawn").Process(target=convert, args=(str(cache),))
    process.start()
    while not list(cache.glob("models/*/config.json")):
        time.sleep(0.02)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert not (cache / "models" / f"{files.PACKAGED}-bf16").exists()
    monkeypatch.setattr(files, "_write_model", fake_write)
    assert str(files.base_model_dir(files.PACKAGED)).endswith("-bf16"), "the next start makes it anew"
    assert len([path for path in (cache / "models").iterdir() if path.is_dir()]) == 1, (
        "and clears away the rest"
    )


def test_a_full_disk_is_said_and_cleaned_up(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path, progress: files.Progress) -> None:
        (folder / "part").write_text("x")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_write_model", full)
    with pytest.raises(ModelError, match="No space left") as caught:
        files.base_model_dir(files.PACKAGED)
    assert "CHATREC_CACHE_DIR" in caught.value.hint
    assert [path.name for path in (cache / "models").iterdir() if path.is_dir()] == []


def test_damage_is_found_by_hash_and_by_size(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_write_model", fake_write)
    folder = files.base_model_dir(files.PACKAGED)
    config = folder / "config.json"
    config.write_text("x" * config.stat().st_size)
    with pytest.raises(ModelError, match="is damaged"):
        files.verify(folder)
    config.write_text("short")
    files.base_model_dir(files.PACKAGED)
    files.verify(folder)
    assert json.loads((folder / "sha256.json").read_text()).keys() == {"config.json"}


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model in"):
        files.base_model_dir(str(tmp_path))
