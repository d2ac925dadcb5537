"""The three fusions of a language model with a knowledge graph, each measured with and without the others.

Knowledge-enhanced training reads verbalised triples before the replies, knowledge-graph embeddings stand in the input, and
knowledge-guided generation is the constraint (surveyed by Pan et al. 2024, "Unifying Large Language Models and Knowledge
Graphs", arXiv:2306.08302).
"""
