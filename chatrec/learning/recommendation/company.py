"""What other dialogues put together: the company that named things keep, directly and by latent factors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags

from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.grounding.ranking.vectors import unit
from chatrec.learning.recommendation.corpus import MISSING, Situation

_FACTORS = 48


@dataclass(frozen=True, eq=False)
class Company:
    """Dialogues learnt from."""

    dialogues: csr_matrix
    """Dialogues x entities: 1 for what was named or recommended in it."""
    rarity: np.ndarray
    """Weight of each entity: what few dialogues name tells more."""
    factors: np.ndarray
    """Entities x factors, of the weighted dialogues."""

    def named(self, items: np.ndarray) -> np.ndarray:
        """Return in how many dialogues each of these entities stands."""
        return np.asarray(np.asarray(self.dialogues.sum(axis=0)).ravel()[items])


def keep_company(catalogue: Catalogue, situations: Sequence[Situation], seed: int) -> Company:
    """Learn which entities stand together in dialogues."""
    from sklearn.decomposition import TruncatedSVD

    dialogues = dialogue_matrix(catalogue, situations)
    rarity = np.log(1 + dialogues.shape[0] / np.maximum(np.asarray(dialogues.sum(axis=0)).ravel(), 1))
    count = min(_FACTORS, min(dialogues.shape) - 1)
    fitted = TruncatedSVD(max(count, 1), random_state=seed, n_iter=4).fit(dialogues @ diags(rarity))
    return Company(dialogues, rarity, fitted.components_.T.astype(np.float32))


def dialogue_matrix(catalogue: Catalogue, situations: Sequence[Situation]) -> csr_matrix:
    """Return dialogues x entities: 1 for what was named or recommended in a dialogue."""
    dialogues = {name: i for i, name in enumerate(dict.fromkeys(one.dialogue for one in situations))}
    pairs = {
        (dialogues[one.dialogue], entity)
        for one in situations
        for entity in (*one.mentions, *(int(catalogue.items[row]) for row in one.targets if row != MISSING))
    }
    rows, columns = np.array(sorted(pairs)).reshape(-1, 2).T
    ones = np.ones(len(pairs), dtype=np.float32)
    return csr_matrix((ones, (rows, columns)), shape=(len(dialogues), len(catalogue.names)))


def likeness(company: Company, mentions: csr_matrix, items: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield how well each item (`items`: entity of every row) fits the mentions (situations x entities)."""
    weighted = csr_matrix(mentions @ diags(company.rarity))
    alike = csr_matrix(unit_rows(weighted) @ unit_rows(company.dialogues @ diags(company.rarity)).T)
    theirs = company.dialogues[:, items]
    yield "company", np.log1p(5 * (alike @ theirs).toarray())
    yield "company_close", np.log1p(20 * (alike.multiply(alike).tocsr() @ theirs).toarray())
    yield "company_factors", (weighted @ company.factors) @ company.factors[items].T
    yield "company_cosine", unit(mentions @ company.factors) @ unit(company.factors[items]).T


def unit_rows(matrix: csr_matrix) -> csr_matrix:
    """Return a sparse matrix with rows of length 1; empty ones stay empty."""
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.maximum(norms, 1e-9)) @ matrix)
