"""Merging a LoRA adapter (Hu et al. 2021) into its base, once, so that a start needs neither peft nor its sums."""

from __future__ import annotations

import warnings
from pathlib import Path

from chatrec.generation.model import load_base


def write_merged(base_dir: Path, adapter_dir: Path, folder: Path) -> None:
    """Write base and adapter as one model into a folder, in bfloat16. Raises ModelError, OSError."""
    from peft import PeftModel

    base = load_base(base_dir)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers for a name that it renamed
        merged = PeftModel.from_pretrained(base, adapter_dir).merge_and_unload()
    merged.save_pretrained(folder)
