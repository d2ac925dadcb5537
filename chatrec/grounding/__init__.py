"""The knowledge graph: packs, candidates and ranking."""
