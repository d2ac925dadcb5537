"""Merging a LoRA adapter (Hu et al. 2021) into its base, once, so that a start needs neither peft nor its sums."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from chatrec.generation.model import load_base


def merge(base_dir: Path, adapter_dir: Path) -> Any:
    """Load a base with an adapter merged into it, in bfloat16. Raises ModelError."""
    from peft import PeftModel

    base = load_base(base_dir)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers for a name that it renamed
        return PeftModel.from_pretrained(base, adapter_dir).merge_and_unload()


def write_merged(base_dir: Path, adapter_dir: Path, folder: Path) -> None:
    """Write base and adapter as one model into a folder, in bfloat16. Raises ModelError, OSError."""
    merge(base_dir, adapter_dir).save_pretrained(folder)
