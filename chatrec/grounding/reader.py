"""The reader of a pack: understanding with its labels, and with the sentence encoder where there is one."""

from __future__ import annotations

from functools import partial

from chatrec.dialogue.network import Encode
from chatrec.dialogue.understanding import Understanding
from chatrec.grounding.encoder import UNIVERSAL, chosen_encoder
from chatrec.grounding.meaning import open_meanings
from chatrec.grounding.pack import Pack
from chatrec.grounding.typical import typical


def open_reader(pack: Pack) -> Understanding:
    """Return what reads the messages to a pack."""
    meanings = open_meanings(pack)
    if meanings:
        meanings.warm()
    reach = meanings.reach if meanings else None
    return Understanding(
        pack.schema, pack.entries, pack.items, reach, pack.occasions, partial(typical, pack), _encode()
    )


def _encode() -> Encode | None:
    """Return what turns texts into vectors; None without the encoder that the models were trained with."""
    encoder = chosen_encoder()
    if encoder is None or encoder.name != UNIVERSAL:
        return None
    return encoder.encode
