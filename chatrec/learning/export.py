"""The fine-tuned model for other engines: base and adapter merged, the pointers as tokens, in one GGUF file (llama.cpp).

A sentencepiece vocabulary (Gemma's, Llama 2's) is rebuilt from `tokenizer.json` where the folder has no `tokenizer.model`:
llama.cpp reads the merges as scores of the pieces.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from chatrec.config import prompts_dir
from chatrec.errors import ModelError
from chatrec.generation.merging import merge
from chatrec.generation.model import (
    Loaded,
    PointerLM,
    adapter_names,
    adapter_rows,
    make_codec,
)
from chatrec.generation.templates import pointer_names

_CONVERTER = "convert_hf_to_gguf"
WEIGHTS = ("f32", "f16", "bf16", "q8_0")
Progress = Callable[[str], None]


def export_gguf(
    base_dir: Path, adapter_dir: Path, out: Path, weights: str = "q8_0", progress: Progress | None = None
) -> None:
    """Write base and adapter as one GGUF file whose tokens are those of the base and, behind them, `<A.title>` ….

    Args:
        base_dir: the base in transformers' format.
        adapter_dir: LoRA and pointer rows.
        out: the file to write; it appears whole or not at all.
        weights: how the weights are stored.
        progress: called with a line of text at each step.

    Raises:
        ModelError: no such adapter, the converter is not installed, or it refuses the model.
    """
    if find_spec(_CONVERTER) is None:
        raise ModelError("The converter to GGUF is not installed.", "pip install 'chatrec[engine]'")
    if weights not in WEIGHTS:
        raise ModelError(f"There are no weights {weights!r}.", f"It is one of {', '.join(WEIGHTS)}.")
    tell = progress or (lambda _: None)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{out.name}.", dir=out.parent) as folder:
        tell("Merging the adapter into the base (1 of 3)")
        loaded = _merged(base_dir, adapter_dir)
        tell("Writing it with the pointers as tokens (2 of 3)")
        _save(loaded, base_dir, Path(folder) / "model")
        tell("Converting it to GGUF (3 of 3)")
        _convert(Path(folder) / "model", Path(folder) / out.name, weights)
        (Path(folder) / out.name).replace(out)


def _merged(base_dir: Path, adapter_dir: Path) -> Loaded:
    """Load base and adapter, merged, with a row for every pointer that any reply has."""
    names, merged = adapter_names(adapter_dir), merge(base_dir, adapter_dir)
    codec = make_codec(base_dir, merged, names)
    return Loaded(PointerLM(merged, adapter_rows(adapter_dir)), codec).speaking(_all_names(names))


def _all_names(known: Sequence[str]) -> tuple[str, ...]:
    """Return the pointers that an adapter knows and, behind them, the others of all replies that are written."""
    written = sorted(prompts_dir().glob("*/*/targets.txt"))
    languages = {path.parent.parent.name for path in written}
    used = {name for path in written for name in pointer_names(path.parent.name, languages)}
    return (*known, *sorted(used - set(known)))


def _save(loaded: Loaded, base_dir: Path, folder: Path) -> None:
    """Save a model whose table has the pointers' rows, and its tokenizer."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base_dir)
    tokens = [f"<{name}>" for name in loaded.codec.pointers]
    tokenizer.add_tokens(tokens)
    _append_rows(loaded.model, tokenizer.convert_tokens_to_ids(tokens), len(tokenizer))
    loaded.model.base.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    added = {token: tokenizer.convert_tokens_to_ids(token) for token in tokens}
    (folder / "added_tokens.json").write_text(json.dumps(added))  # what the converter marks as tokens of ours
    _save_pieces(folder)


@torch.no_grad()
def _append_rows(model: PointerLM, places: Sequence[int], size: int) -> None:
    """Put the pointers' rows at these places of the base's tables, which get as many rows as there are tokens."""
    base = model.base
    base.resize_token_embeddings(max(size, model.size), mean_resizing=False)
    for table in (base.get_input_embeddings(), base.get_output_embeddings()):
        table.weight[list(places)] = model.pointer_rows.to(table.weight.dtype)


def _save_pieces(folder: Path) -> None:
    """Write `tokenizer.model` for a sentencepiece vocabulary that has none; any other is left to the converter."""
    found = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    model = found["model"]
    if (folder / "tokenizer.model").is_file() or not model.get("byte_fallback"):
        return
    from sentencepiece import sentencepiece_model_pb2 as proto

    special = {token["content"] for token in found["added_tokens"] if token["special"]}
    ids: dict[str, int] = {**model["vocab"], **{t["content"]: t["id"] for t in found["added_tokens"]}}
    scores = _scores(model["merges"])
    pieces = proto.ModelProto()
    pieces.trainer_spec.model_type = proto.TrainerSpec.BPE
    pieces.trainer_spec.byte_fallback = True
    for piece in sorted(ids, key=ids.__getitem__):
        kind = _kind(piece, model["unk_token"], special)
        pieces.pieces.add(piece=piece, score=scores.get(piece, 0.0), type=kind)
    (folder / "tokenizer.model").write_bytes(pieces.SerializeToString())


def _scores(merges: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return the score of every merged piece: the later it is merged, the lower."""
    scores: dict[str, float] = {}
    for rank, (left, right) in enumerate(merges):
        scores.setdefault(left + right, -float(rank))
    return scores


def _kind(piece: str, unknown: str, special: set[str]) -> Any:
    from sentencepiece import sentencepiece_model_pb2 as proto

    kinds = proto.ModelProto.SentencePiece
    if piece == unknown:
        return kinds.UNKNOWN
    if len(piece) == 6 and piece.startswith("<0x"):
        return kinds.BYTE
    return kinds.CONTROL if piece in special else kinds.NORMAL


def _convert(folder: Path, out: Path, weights: str) -> None:
    command = [sys.executable, "-m", _CONVERTER, str(folder), "--outfile", str(out), "--outtype", weights]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode or not out.is_file():
        raise ModelError(
            "The model could not be converted to GGUF.", "\n  ".join(ran.stderr.strip().splitlines()[-3:])
        )
