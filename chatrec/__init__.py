"""A conversational recommender grounded in an RDF knowledge graph."""

import os

__version__ = "0.1.0"

# Threads that wait for each other spin by default; on cores that are shared with other work a step of the language model
# then takes seconds instead of 50 ms. OpenMP reads this when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
