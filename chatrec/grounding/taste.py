"""What a session's likes and dislikes say about other items: a logistic model over item vectors, P(like) = sigmoid(theta . x).

The model is fitted anew for every list. With m rated items it is solved in their span (theta = sum of w_i x_i, by the
representer theorem): it needs nothing but the dot products of the vectors, and costs an m x m system however many values
there are.
"""

from __future__ import annotations

import numpy as np

_RIDGE = 0.1
"""Strength of the L2 penalty: the smaller, the surer the model is of few ratings."""
_STEPS = 8
"""Newton steps; the loss is convex and the vectors are of length 1, so that a few are enough."""


def taste(alike: np.ndarray, among: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Return how much a session is thought to like some items: 2 P(like) - 1, from -1 to 1, and 0 without ratings (n).

    Args:
        alike: dot products of the items with the rated ones (n x m).
        among: dot products of the rated items with each other (m x m).
        signs: 1 for a like, -1 for a dislike (m).
    """
    return np.asarray(np.tanh(alike @ fit(among, signs) / 2))


def fit(among: np.ndarray, signs: np.ndarray, ridge: float = _RIDGE) -> np.ndarray:
    """Fit the model to rated items and return the weight of each (m).

    Minimises sum log(1 + exp(-s_i f_i)) + ridge/2 |theta|^2 with f = among @ weights, by Newton's method.

    Args:
        among: dot products of the rated items (m x m).
        signs: 1 for a like, -1 for a dislike (m).
        ridge: strength of the penalty, above 0.
    """
    weights, liked = np.zeros(len(signs)), (signs + 1) / 2
    for _ in range(_STEPS):
        felt = among @ weights
        chance = 1 / (1 + np.exp(-felt))
        spread = chance * (1 - chance)
        system = spread[:, None] * among + ridge * np.eye(len(signs))
        weights = np.linalg.solve(system, spread * felt + liked - chance)
    return weights
