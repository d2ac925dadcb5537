"""Errors that say what was wrong, what is allowed and what to do."""

from __future__ import annotations


class ChatrecError(Exception):
    """Base of all errors that a person is meant to read.

    Args:
        message: what was wrong, and where.
        hint: what is allowed, and what to do about it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def sentences(self) -> str:
        """Message and hint as running text."""
        return f"{self.message} {self.hint}".strip()

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class PackError(ChatrecError):
    """A knowledge pack is missing, unreadable or violates its own shapes."""


class QueryError(ChatrecError):
    """A SPARQL query could not be answered."""


class ModelError(ChatrecError):
    """The language model could not be prepared, loaded or run."""


class ScriptError(ChatrecError):
    """A dialogue script does not follow the format."""


class InputError(ChatrecError):
    """A request carries something that cannot be used."""


class StoreError(ChatrecError):
    """The database that keeps conversations cannot be used."""
