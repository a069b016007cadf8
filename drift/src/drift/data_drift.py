"""Data drift: does the window look like the reference?

Every detector reports a score and a threshold in the same unit: drift is `score > threshold`.
Kolmogorov-Smirnov and chi-squared are SciPy's. SciPy and river have neither MMD nor PSI, and the one permissively
licensed library that has both (frouros 0.9.0) holds NumPy below 2.2 and lets one empty PSI bin add about 70 to the
score; the two formulas are short, so they are here, and the tests check them against published values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial.distance import cdist, pdist

from drift.config import ChiSquaredSettings, DataDetector, KsSettings, MmdSettings, PsiSettings
from drift.features import Features, Matrix

ALL_FEATURES = "*"

# Rows of a kernel matrix computed at a time: bounds memory at 256 x 5,000 numbers.
_BLOCK = 256

# So many standard deviations are as far as infinitely many.
_FAR = 1e6


class ReferenceUnusableError(Exception):
    """The reference is there, but nothing can be compared with it."""


@dataclass(frozen=True)
class Result:
    """What one detector says of one feature (`*`: all together). `p_value` and `threshold` are NaN if there is none."""

    feature: str
    score: float
    threshold: float
    p_value: float = math.nan

    @property
    def drift(self) -> bool:
        return self.score > self.threshold


class Comparison(Protocol):
    """A detector that was given the reference."""

    def compare(self, window: Matrix) -> Iterator[Result]: ...


def build(settings: DataDetector, reference: Matrix, features: Features, window_rows: int) -> Comparison:
    """Raises ReferenceUnusableError if the reference has no column, or too few rows, for this detector."""
    match settings:
        case MmdSettings():
            return Mmd(settings, reference, features, window_rows)
        case KsSettings():
            return KolmogorovSmirnov(settings, reference, features)
        case ChiSquaredSettings():
            return ChiSquared(settings, reference, features)
        case PsiSettings():
            return Psi(settings, reference, features)


class KolmogorovSmirnov:
    def __init__(self, settings: KsSettings, reference: Matrix, features: Features) -> None:
        self._columns = _columns(reference, features, features.numeric, "ks", "a column of numbers")
        self._alpha = settings.p_value / len(self._columns)

    def compare(self, window: Matrix) -> Iterator[Result]:
        for index, name, reference in self._columns:
            live = _present(window[:, index])
            if not len(live):
                yield Result(name, math.nan, math.nan)
                continue
            test = stats.ks_2samp(reference, live, method="asymp")
            threshold = _ks_critical(self._alpha, len(reference), len(live))
            yield Result(name, float(test.statistic), threshold, float(test.pvalue))


@lru_cache(maxsize=1024)
def _ks_critical(alpha: float, n: int, m: int) -> float:
    """The statistic whose asymptotic p-value is alpha: the inverse of what ks_2samp(method='asymp') computes."""
    return float(stats.kstwo.isf(alpha, np.round(n * m / (n + m))))


class ChiSquared:
    def __init__(self, settings: ChiSquaredSettings, reference: Matrix, features: Features) -> None:
        columns = _columns(reference, features, features.categorical, "chi2", "a categorical column")
        self._alpha = settings.p_value / len(columns)
        self._columns = [(i, name, _counts(codes, features.columns[i].unseen + 1)) for i, name, codes in columns]

    def compare(self, window: Matrix) -> Iterator[Result]:
        for index, name, reference in self._columns:
            live = _present(window[:, index])
            if not len(live):
                yield Result(name, math.nan, math.nan)
                continue
            observed = np.array([reference, _counts(live, len(reference))])
            observed = observed[:, observed.sum(axis=0) > 0]
            test = stats.chi2_contingency(observed, correction=False)
            threshold = float(stats.chi2.isf(self._alpha, test.dof)) if test.dof else math.nan
            yield Result(name, float(test.statistic), threshold, float(test.pvalue))


class Psi:
    """Sum of (live - expected) * ln(live / expected) over bins: the reference's quantiles, or its categories.

    One more row is put into each bin on both sides, so that an empty bin counts for much but not for everything.
    """

    def __init__(self, settings: PsiSettings, reference: Matrix, features: Features) -> None:
        self._threshold = settings.threshold
        self._columns: list[tuple[int, str, Callable[[Matrix], NDArray[np.float64]], NDArray[np.float64]]] = []
        every = list(range(len(features.columns)))
        for index, name, values in _columns(reference, features, every, "psi", "a column"):
            share = _shares(features.columns[index].unseen + 1, None)
            if features.columns[index].categories is None:
                edges = _edges(values, settings.bins)
                share = _shares(len(edges) + 1, edges)
            self._columns.append((index, name, share, share(values)))

    def compare(self, window: Matrix) -> Iterator[Result]:
        for index, name, share, expected in self._columns:
            live = _present(window[:, index])
            if not len(live):
                yield Result(name, math.nan, math.nan)
                continue
            actual = share(live)
            yield Result(name, float(np.sum((actual - expected) * np.log(actual / expected))), self._threshold)


def _edges(values: Matrix, bins: int) -> Matrix:
    """Inner quantiles, and the two ends where they hold many equal values: a constant column has neighbours too."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.append(edges, np.nextafter(edges[-1], np.inf)) if edges[-1] == values.max() else edges


def _shares(bins: int, edges: Matrix | None) -> Callable[[Matrix], NDArray[np.float64]]:
    def share(values: Matrix) -> NDArray[np.float64]:
        codes = values if edges is None else np.searchsorted(edges, values, side="right").astype(np.float64)
        return (_counts(codes, bins) + 1) / (len(values) + bins)

    return share


class Mmd:
    """Maximum mean discrepancy, unbiased, with a Gaussian kernel (Gretton et al., JMLR 13, 2012, lemma 6).

    The reference is cut in two halves. The window is compared with the first. Windows drawn from the second, compared
    in the same way, say what the score is without drift: their quantile is the threshold, their share above the score
    the p-value. Drawing with repetition makes that slightly too large, so it errs towards silence.
    """

    def __init__(self, settings: MmdSettings, reference: Matrix, features: Features, window_rows: int) -> None:
        self._size = min(window_rows, settings.max_rows)
        columns = [i for i in features.numeric if np.isfinite(reference[:, i]).any()]
        if not columns:
            raise ReferenceUnusableError("mmd: the reference has no column of numbers")
        if len(reference) < 2 * self._size:
            raise ReferenceUnusableError(
                f"mmd: the reference has {len(reference)} rows, windows of {self._size} need {2 * self._size}"
            )
        self._columns = columns
        self._mean = np.nanmean(reference[:, columns], axis=0)
        deviation = np.nanstd(reference[:, columns], axis=0)
        self._deviation = np.where(deviation > 0, deviation, 1)

        random = np.random.default_rng(0)
        scaled = self._scale(reference)[random.permutation(len(reference))]
        half = len(scaled) // 2
        self._reference, held_back = scaled[:half][: 2 * settings.max_rows], scaled[half:]
        self._bandwidth = settings.bandwidth or float(np.median(pdist(self._reference[:500]))) or 1.0
        self._within_reference = self._mean_within(self._reference)
        scores = [self._score(random.choice(held_back, self._size)) for _ in range(settings.permutations)]
        self._null = np.sort(np.array(scores))
        self._threshold = float(np.quantile(self._null, 1 - settings.p_value, method="higher"))

    def compare(self, window: Matrix) -> Iterator[Result]:
        scaled = self._scale(window)
        if len(scaled) > self._size:
            scaled = scaled[np.linspace(0, len(scaled) - 1, self._size).astype(int)]
        score = self._score(scaled)
        at_least = len(self._null) - int(np.searchsorted(self._null, score, side="left"))
        yield Result(ALL_FEATURES, score, self._threshold, (1 + at_least) / (1 + len(self._null)))

    def _scale(self, rows: Matrix) -> Matrix:
        """In standard deviations of the reference, cut before squares overflow; a missing value becomes its mean."""
        with np.errstate(over="ignore"):
            scaled: Matrix = (rows[:, self._columns] - self._mean) / self._deviation
        return np.nan_to_num(scaled, nan=0.0).clip(-_FAR, _FAR)

    def _score(self, rows: Matrix) -> float:
        across = self._kernel_sum(self._reference, rows) / (len(self._reference) * len(rows))
        return self._within_reference + self._mean_within(rows) - 2 * across

    def _mean_within(self, rows: Matrix) -> float:
        return (self._kernel_sum(rows, rows) - len(rows)) / (len(rows) * (len(rows) - 1))

    def _kernel_sum(self, left: Matrix, right: Matrix) -> float:
        blocks = (left[start : start + _BLOCK] for start in range(0, len(left), _BLOCK))
        scale = -1 / (2 * self._bandwidth**2)
        return float(sum(np.exp(cdist(block, right, "sqeuclidean") * scale).sum() for block in blocks))


def _columns(
    reference: Matrix, features: Features, indices: list[int], detector: str, what: str
) -> list[tuple[int, str, Matrix]]:
    columns = [(i, features.names[i], _present(reference[:, i])) for i in indices]
    columns = [column for column in columns if len(column[2])]
    if not columns:
        raise ReferenceUnusableError(f"{detector}: the reference has no {what.removeprefix('a ')} with values")
    return columns


def _present(values: Matrix) -> Matrix:
    return values[~np.isnan(values)]


def _counts(codes: Matrix, size: int) -> NDArray[np.int64]:
    return np.bincount(codes.astype(np.int64), minlength=size)
