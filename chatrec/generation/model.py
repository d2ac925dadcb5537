"""The pointer language model: any causal language model, with rows of its own for pointers.

The base's embedding gives the rows of tokens, `pointer_rows` those of pointers; both serve as input and as output
(the head is cut to the units that are asked for). LoRA (Hu et al. 2021) adapts the trunk; for serving it is merged and packed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from chatrec.errors import ModelError
from chatrec.generation.conversation import Codec
from chatrec.generation.files import merged_model_dir
from chatrec.generation.gemma import Gemma
from chatrec.generation.packing import pack
from chatrec.generation.templates import LETTERS

_ROWS = "pointers.safetensors"
_NAMES = "pointers.json"


class PointerLM(nn.Module):
    """A causal language model over tokens and pointers.

    Args:
        base: a transformers causal language model (or one that peft has wrapped).
        rows: embedding rows of the pointers, shape (pointers, width), unscaled.
    """

    def __init__(self, base: Any, rows: Tensor) -> None:
        super().__init__()
        self.base = base
        self.pointer_rows = nn.Parameter(rows)
        table = base.get_input_embeddings()
        self.size: int = table.num_embeddings
        self.scale = float(getattr(table, "scalar_embed_scale", 1.0))
        self.dtype: torch.dtype = table.weight.dtype
        head = base.get_output_embeddings()
        self._head: Tensor = (table if head is None else head).weight

    @property
    def trunk(self) -> Any:
        """The transformer without its head."""
        inner = self.base.get_base_model() if hasattr(self.base, "peft_config") else self.base
        return inner.base_model if hasattr(inner, "base_model") else inner.model

    def embed(self, units: Tensor) -> Tensor:
        """Return the input vectors of units; shape (..., length) -> (..., length, width)."""
        is_pointer = units >= self.size
        table = self.base.get_input_embeddings()
        words: Tensor = table(units.masked_fill(is_pointer, 0)).to(self.dtype)
        if not bool(is_pointer.any()):
            return words
        rows = self.pointer_rows[(units - self.size).clamp(min=0)].to(words.dtype) * self.scale
        return torch.where(is_pointer.unsqueeze(-1), rows, words)

    def hidden(self, units: Tensor, cache: Any = None, mask: Tensor | None = None) -> Tensor:
        """Run the trunk; shape (batch, length) -> (batch, length, width). A cache, where given, is extended."""
        out = self.trunk(
            inputs_embeds=self.embed(units),
            past_key_values=cache,
            attention_mask=mask,
            use_cache=cache is not None,
        )
        return out.last_hidden_state  # type: ignore[no-any-return]

    def cache(self) -> Any:
        """Return an empty cache of what the trunk reads."""
        if isinstance(self.base, Gemma):
            return self.base.cache()
        from transformers import DynamicCache

        return DynamicCache(config=self.base.config)

    def rows(self, units: Tensor) -> Tensor:
        """Return the output rows of units; shape (n,) -> (n, width)."""
        is_pointer = units >= self.size
        words = self._head[units.masked_fill(is_pointer, 0)].to(self.dtype)
        pointers = self.pointer_rows[(units - self.size).clamp(min=0)].to(words.dtype)
        return torch.where(is_pointer.unsqueeze(-1), pointers, words)

    def packed(self) -> PointerLM:
        """Make it ready to write and no longer to train: float32, packed weights."""
        self.eval().requires_grad_(False)
        pack(self.trunk, self.base.get_input_embeddings())
        self.dtype = torch.float32
        return self

    def scores(self, hidden: Tensor, units: Tensor) -> Tensor:
        """Return logits of the given units alone; shapes (..., width), (n,) -> (..., n), in float32."""
        return (hidden @ self.rows(units).T).float()


@dataclass(frozen=True, eq=False)
class Loaded:
    """A model ready to write, with the codec of its units."""

    model: PointerLM
    codec: Codec

    def speaking(self, names: Sequence[str]) -> Loaded:
        """Return the same model with other pointers, without training.

        One that it does not know begins with the mean of the rows of those it knows of the same item, a name in brief (`A.card`)
        with that of the title; one that belongs to no item with the mean of all the wishes.
        """
        codec = replace(self.codec, pointers=tuple(names))
        known = dict(zip(self.codec.pointers, self.model.pointer_rows, strict=True))
        rows = torch.stack([known.get(name, _mean_row(name, known)) for name in codec.pointers])
        speaking = PointerLM(self.model.base, rows).eval().requires_grad_(False)
        speaking.dtype = self.model.dtype
        return Loaded(speaking, codec)


def _mean_row(name: str, known: Mapping[str, Tensor]) -> Tensor:
    letter, _, what = name.rpartition(".")
    if what == "card" and f"{letter}.title" in known:
        return known[f"{letter}.title"]
    titles = tuple(f"{other}.title" for other in LETTERS)
    alike = [
        row
        for other, row in known.items()
        if other.startswith(f"{letter or 'wish'}.") and other not in titles
    ]
    return torch.stack(alike or list(known.values())).mean(0)


def load_base(folder: Path) -> Any:
    """Load a causal language model in bfloat16. Raises ModelError with the reason."""
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    except (OSError, ValueError) as error:
        raise ModelError(f"The model in {folder} could not be loaded: {error}") from error


def make_codec(folder: Path, base: Any, names: Sequence[str]) -> Codec:
    """Return the codec of a base model for the given pointers."""
    config = base.config
    eos = config.eos_token_id[0] if isinstance(config.eos_token_id, list) else config.eos_token_id
    return Codec.open(folder, base.get_input_embeddings().num_embeddings, names, config.bos_token_id, eos)


def new_rows(base: Any, codec: Codec) -> Tensor:
    """Return first rows for the pointers: the mean of the rows of the words in their names."""
    table: Tensor = base.get_input_embeddings().weight
    rows = [table[list(codec.words(name.replace(".", " ")))].float().mean(0) for name in codec.pointers]
    return torch.stack(rows)


def save_adapter(model: PointerLM, codec: Codec, folder: Path, base_name: str) -> None:
    """Write LoRA and pointer rows (bfloat16) and the pointers' names into a folder; no path of this machine gets in."""
    folder.mkdir(parents=True, exist_ok=True)
    for config in model.base.peft_config.values():
        config.base_model_name_or_path = base_name
    model.base.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)  # peft's empty form of a model card
    lora = folder / "adapter_model.safetensors"
    save_file({name: tensor.bfloat16() for name, tensor in load_file(lora).items()}, lora)
    save_file({"rows": model.pointer_rows.detach().bfloat16().contiguous()}, folder / _ROWS)
    (folder / _NAMES).write_text(json.dumps(codec.pointers, indent=0))


def adapter_names(folder: Path) -> tuple[str, ...]:
    """Return the pointers that an adapter knows. Raises ModelError where there is no adapter."""
    if not (folder / _NAMES).is_file():
        raise ModelError(f"There is no adapter in {folder}.", "Train one with `chatrec train lm`.")
    return tuple(json.loads((folder / _NAMES).read_text()))


def adapter_rows(folder: Path) -> Tensor:
    """Return the rows of the pointers that an adapter knows, in their order; shape (pointers, width)."""
    rows: Tensor = load_file(folder / _ROWS)["rows"]
    return rows.float()


@lru_cache(maxsize=1)
def load_model(base_dir: Path, adapter_dir: Path, threads: int = 2) -> Loaded:
    """Load base and adapter, merged, ready to write; all packs of a process share them."""
    torch.set_num_threads(threads)
    names = adapter_names(adapter_dir)
    folder = merged_model_dir(base_dir, adapter_dir)
    merged = Gemma.open(folder) or load_base(folder)
    model = PointerLM(merged, adapter_rows(adapter_dir)).packed()
    return Loaded(model, make_codec(base_dir, merged, names))
