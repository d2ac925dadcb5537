"""Settings, read from the environment (`CHATREC_…`), and where the project's own files lie."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import platformdirs
import yaml
from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_PACKAGE = Path(__file__).resolve().parent


def _words(value: Any) -> Any:
    """Split a text at commas and spaces; a web origin loses the slash at its end."""
    if not isinstance(value, str):
        return value
    return tuple(word.rstrip("/") for word in re.split(r"[,\s]+", value) if word)


_ORIGIN = r"^(\*|https?://[A-Za-z0-9.\-\[\]:*]+)$"
Origins = Annotated[tuple[Annotated[str, Field(pattern=_ORIGIN)], ...], NoDecode, BeforeValidator(_words)]
"""Web origins such as `https://shop.example`, given as a text with commas or spaces between them."""


def _resource(name: str) -> Path:
    """Return a top-level folder of the project: packaged in a wheel, beside the package in a checkout."""
    packaged = _PACKAGE / f"_{name}"
    return packaged if packaged.is_dir() else _PACKAGE.parent / name


class Settings(BaseSettings):
    """All settings, each overridable by an environment variable of its name with the prefix `CHATREC_`."""

    model_config = SettingsConfigDict(env_prefix="CHATREC_", extra="ignore")

    pack: str = Field("movies", description="Name of a pack under knowledge/, or a path to one.")
    endpoint: str = Field(
        "", description="A SPARQL 1.1 endpoint that holds the pack's data; empty means the pack's own files."
    )
    memory_triples: int = Field(
        200_000,
        ge=0,
        description="A pack of up to this many triples is held in memory, a larger one on disk.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("chatrec")),
        description="Where converted models and compiled packs are kept.",
    )
    model: str = Field(
        "gemma-3-270m", description="The base model: the packaged one, or a folder in transformers' format."
    )
    adapter: str = Field(
        "", description="A LoRA adapter for the base; empty means the one that ships with chatrec."
    )
    engine_url: str = Field(
        "",
        description="Address of a server that writes the replies instead (OpenAI-compatible, takes a grammar: llama.cpp); "
        "empty means our own engine.",
    )
    generate: bool = Field(
        True, description="Write replies with the language model; off means the plain verbaliser."
    )
    encoder: str = Field(
        "universal",
        description="The sentence encoder that reaches concepts by meaning: the packaged one, a model of "
        "sentence-transformers, or off.",
    )
    encoder_margin: float = Field(
        0.45, description="How much nearer to a concept than to idle talk words must be to speak of it."
    )
    threads: int = Field(2, ge=1, description="Threads for the language model.")
    temperature: float = Field(0.7, gt=0, le=2, description="Sampling temperature of the reply.")
    seed: int = Field(0, ge=0, description="Seed of everything that draws at random.")
    ranker: str = Field(
        "",
        description="Weights of the ranker, written by `chatrec train ranker`; empty means those that ship.",
    )
    list_size: int = Field(
        3, ge=1, le=5, description="How many items a list shows unless the user names a number."
    )
    diversity: float = Field(
        0.2,
        ge=0,
        le=1,
        description="How much a list avoids items that are alike, unless a person chose otherwise: 0 (the best, however "
        "alike) to 1.",
    )
    explore: float = Field(
        0.1,
        ge=0,
        le=1,
        description="Share of lists whose last place goes to an item that little is known of, once users have rated.",
    )
    max_message: int = Field(2000, ge=100, description="Longest message that is read, in characters.")
    reply_seconds: float = Field(
        8.0, gt=0, description="Time budget of a reply; past it the verbaliser answers."
    )
    query_seconds: float = Field(5.0, gt=0, description="Time limit of one query.")
    session_minutes: int = Field(120, ge=1, description="How long an idle session is kept in memory.")
    database: str = Field(
        "",
        description="Where conversations and ratings are kept: sqlite:///FILE or postgresql://…/NAME; empty means "
        "a file in the user's data folder, `none` means nowhere.",
    )
    retention_days: int = Field(
        30, ge=1, description="How long a conversation is kept in the database after its last message."
    )
    queue: int = Field(
        64, ge=1, description="How many messages may wait for their reply; more are refused (503)."
    )
    stop_seconds: float = Field(
        30.0, gt=0, description="How long a stopping server goes on with the replies that people wait for."
    )
    max_request_kb: int = Field(256, ge=1, description="Largest body of a request, in kB.")
    rate_limit: int = Field(
        3000, ge=0, description="Requests a minute that one client may make; 0 sets no limit."
    )
    rate_burst: int = Field(600, ge=1, description="Requests that one client may make at once.")
    cors_origins: Origins = Field((), description="Sites whose scripts may call the REST interface.")
    embed_origins: Origins = Field(
        (), description="Sites that may embed the widget, e.g. https://shop.example."
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="What is logged at least."
    )
    log_text: bool = Field(False, description="Write what users say into the log.")


@lru_cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings()


def knowledge_dir() -> Path:
    """Return the folder that holds the queries and the packs."""
    return _resource("knowledge")


def prompts_dir() -> Path:
    """Return the folder that holds all text by language."""
    return _resource("prompts")


def read_yaml(path: Path) -> Any:
    """Return what a YAML file holds, read by libyaml, which takes a tenth of the time. Raises YAMLError, OSError."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
