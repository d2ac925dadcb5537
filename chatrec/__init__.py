"""A conversational recommender grounded in an RDF knowledge graph."""

__version__ = "0.1.0"
