"""Gemma 3 in torch alone, for writing (Gemma Team 2025, arXiv:2503.19786).

transformers takes a quarter of the start to import, and this model needs none of it: the layers bear the names of the weights
in its files, so that they are read as they are. A test holds both to the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

_OURS = {
    "model_type": "gemma3_text",
    "hidden_activation": "gelu_pytorch_tanh",
    "attention_bias": False,
    "tie_word_embeddings": True,
}
"""What a model must be for this code to be its own; anything else is left to transformers."""
_BENT = ("attn_logit_softcapping", "final_logit_softcapping", "use_bidirectional_attention")
"""What it must be without."""
_TABLE = "model.embed_tokens.weight"


class Seen:
    """What a model has read: the keys and values of each layer, shape (batch, 1, units, width)."""

    def __init__(self) -> None:
        self._layers: dict[int, tuple[Tensor, Tensor]] = {}

    def __len__(self) -> int:
        return self._layers[0][0].shape[2] if self._layers else 0

    def add(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Add what a layer makes of new units; return what it has of all."""
        if layer in self._layers:
            before = self._layers[layer]
            keys, values = torch.cat([before[0], keys], 2), torch.cat([before[1], values], 2)
        self._layers[layer] = keys, values
        return keys, values

    def crop(self, units: int) -> None:
        """Forget the latest units; `units` is their number, negative as with transformers' caches."""
        self._layers = {
            layer: (keys[:, :, :units], values[:, :, :units])
            for layer, (keys, values) in self._layers.items()
        }


class _Norm(nn.Module):
    """Root mean square norm, its weights counted from one."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight, self._eps = nn.Parameter(torch.empty(width)), eps

    def forward(self, inputs: Tensor) -> Tensor:
        return functional.rms_norm(inputs, self.weight.shape, 1 + self.weight, self._eps)


class _Table(nn.Embedding):
    """Embeddings, scaled by the root of their width in their own precision."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__(size, width, _weight=torch.empty(size, width))  # given, none is drawn at random
        self.scalar_embed_scale = width**0.5

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input) * torch.tensor(self.scalar_embed_scale, dtype=self.weight.dtype)


class _Attention(nn.Module):
    """Attention of several heads to one head of keys and values (or a few)."""

    def __init__(self, config: Any, layer: int) -> None:
        super().__init__()
        self._layer, self._scale = layer, config.query_pre_attn_scalar**-0.5
        self._width, heads = config.head_dim, config.num_attention_heads
        self.q_proj = nn.Linear(config.hidden_size, heads * self._width, bias=False)
        self.k_proj = nn.Linear(config.hidden_size, config.num_key_value_heads * self._width, bias=False)
        self.v_proj = nn.Linear(config.hidden_size, config.num_key_value_heads * self._width, bias=False)
        self.o_proj = nn.Linear(heads * self._width, config.hidden_size, bias=False)
        self.q_norm = _Norm(self._width, config.rms_norm_eps)
        self.k_norm = _Norm(self._width, config.rms_norm_eps)

    def _heads(self, found: Tensor) -> Tensor:
        """Part the heads; shape (batch, units, heads * width) -> (batch, heads, units, width)."""
        return found.view(*found.shape[:2], -1, self._width).transpose(1, 2)

    def forward(self, inputs: Tensor, turn: tuple[Tensor, Tensor], mask: Tensor, seen: Seen) -> Tensor:
        queries = _turned(self.q_norm(self._heads(self.q_proj(inputs))), turn)
        keys = _turned(self.k_norm(self._heads(self.k_proj(inputs))), turn)
        keys, values = seen.add(self._layer, keys, self._heads(self.v_proj(inputs)))
        found = functional.scaled_dot_product_attention(
            queries, keys, values, mask, scale=self._scale, enable_gqa=True
        )
        mixed: Tensor = self.o_proj(found.transpose(1, 2).flatten(2))
        return mixed


class _Gate(nn.Module):
    """The layer's own work on each unit by itself."""

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, inputs: Tensor) -> Tensor:
        opened = functional.gelu(self.gate_proj(inputs), approximate="tanh")
        found: Tensor = self.down_proj(opened * self.up_proj(inputs))
        return found


class _Layer(nn.Module):
    """One layer: attention, then the gate, each between two norms."""

    def __init__(self, config: Any, layer: int) -> None:
        super().__init__()
        self.self_attn, self.mlp = _Attention(config, layer), _Gate(config)
        norm = partial(_Norm, config.hidden_size, config.rms_norm_eps)
        self.input_layernorm, self.post_attention_layernorm = norm(), norm()
        self.pre_feedforward_layernorm, self.post_feedforward_layernorm = norm(), norm()

    def forward(self, inputs: Tensor, turn: tuple[Tensor, Tensor], mask: Tensor, seen: Seen) -> Tensor:
        attended = self.self_attn(self.input_layernorm(inputs), turn, mask, seen)
        inputs = inputs + self.post_attention_layernorm(attended)
        worked = self.mlp(self.pre_feedforward_layernorm(inputs))
        found: Tensor = inputs + self.post_feedforward_layernorm(worked)
        return found


class _Trunk(nn.Module):
    """All layers; every few of them look at all units, the others at a window."""

    def __init__(self, config: Any) -> None:
        super().__init__()
        self._config = config
        self.embed_tokens = _Table(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(_Layer(config, layer) for layer in range(config.num_hidden_layers))
        self.norm = _Norm(config.hidden_size, config.rms_norm_eps)

    def forward(
        self, inputs_embeds: Tensor, past_key_values: Seen | None = None, **_: Any
    ) -> SimpleNamespace:
        """Read vectors (batch, units, width); return theirs of the last layer. A cache, where given, is extended."""
        seen = Seen() if past_key_values is None else past_key_values
        first, last = len(seen), len(seen) + inputs_embeds.shape[1]
        kinds = {kind: self._views(kind, first, last) for kind in set(self._config.layer_types)}
        hidden = inputs_embeds
        for layer, kind in zip(self.layers, self._config.layer_types, strict=True):
            hidden = layer(hidden, *kinds[kind], seen)
        return SimpleNamespace(last_hidden_state=self.norm(hidden))

    def _views(self, kind: str, first: int, last: int) -> tuple[tuple[Tensor, Tensor], Tensor]:
        """Return the turns of new units by their places, and which units they see, shape (new, all)."""
        width, base = self._config.head_dim, self._config.rope_parameters[kind]["rope_theta"]
        speeds = 1.0 / base ** (torch.arange(0, width, 2).float() / width)
        angles = (torch.arange(first, last).float()[:, None] * speeds).repeat(1, 2)
        back = torch.arange(first, last)[:, None] - torch.arange(last)
        window = self._config.sliding_window if kind == "sliding_attention" else last
        return (angles.cos(), angles.sin()), (back >= 0) & (back < window)


def _turned(vectors: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Turn vectors by their places (RoPE, Su et al. 2021)."""
    left, right = vectors.chunk(2, -1)
    return vectors * turn[0] + torch.cat([-right, left], -1) * turn[1]


class Gemma(nn.Module):
    """A Gemma 3 with the parts of a transformers model that writing needs.

    Args:
        config: its configuration, as transformers writes it.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.config = SimpleNamespace(**config)
        self.model = _Trunk(self.config)

    @classmethod
    def open(cls, folder: Path) -> Gemma | None:
        """Read a model from its files, which stay on the disk until they are used; None for one of another kind."""
        config = json.loads((folder / "config.json").read_text())
        if not is_gemma(config):
            return None
        with torch.device("meta"):
            made = cls(config)
        trunk, apart = (load_file(folder / "model.safetensors") for _ in range(2))
        trunk[_TABLE] = apart[
            _TABLE
        ]  # of a mapping of its own: that of the rest ends when the weights are packed
        made.load_state_dict(trunk, assign=True)
        return made

    def get_input_embeddings(self) -> nn.Embedding:
        """Return the table of embeddings."""
        return self.model.embed_tokens

    def get_output_embeddings(self) -> None:
        """Return nothing: the table serves for both."""

    def cache(self) -> Seen:
        """Return an empty cache."""
        return Seen()


def is_gemma(config: Mapping[str, Any]) -> bool:
    """Say whether this code is what a model's configuration describes."""
    if any(config.get(name) != value for name, value in _OURS.items()) or any(map(config.get, _BENT)):
        return False
    return all(rope["rope_type"] == "default" for rope in config["rope_parameters"].values())
