"""Ranking: what speaks for an item as features, a small trained network over them, diversity, and the reasons why.

The same catalogue, features and network rank for the chat (a pack) and for the benchmark (a folder of dialogues).
"""

from chatrec.grounding.ranking.describing import describe
from chatrec.grounding.ranking.listing import rank
from chatrec.grounding.ranking.of_pack import pack_space

__all__ = ["describe", "pack_space", "rank"]
