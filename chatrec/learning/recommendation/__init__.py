"""Measuring recommendation on corpora of dialogues: the corpus, its features, the ranker and its figures."""
