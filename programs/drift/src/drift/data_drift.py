"""Data drift: does the window look like the reference?

Every detector reports a score and a threshold in the same unit: the window differs if `score > threshold`. Without
drift that happens to a share `pValue` of the windows, over all features of a detector together.
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
from drift.features import Feature, Features, Matrix

ALL_FEATURES = "*"

# Rows of a kernel matrix computed at a time: bounds memory at 256 x 20,000 numbers.
_BLOCK = 256

# Of a window, at least, that a bin is expected to hold: Cochran's rule for chi-squared.
_ROWS_PER_BIN = 5

# So many standard deviations are as far as infinitely many.
_FAR = 1e6


# The bin of each value.
Grouping = Callable[[Matrix], NDArray[np.int64]]


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
            return ChiSquared(settings, reference, features, window_rows)
        case PsiSettings():
            return Psi(settings, reference, features, window_rows)


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
    def __init__(self, settings: ChiSquaredSettings, reference: Matrix, features: Features, window_rows: int) -> None:
        columns = _columns(reference, features, features.categorical, "chi2", "a categorical column")
        self._alpha = settings.p_value / len(columns)
        self._columns = [(i, name, *_grouped(codes, features.columns[i], window_rows)) for i, name, codes in columns]

    def compare(self, window: Matrix) -> Iterator[Result]:
        for index, name, group, reference in self._columns:
            live = _present(window[:, index])
            if not len(live):
                yield Result(name, math.nan, math.nan)
                continue
            observed = np.array([reference, _counts(group(live), len(reference))])
            observed = observed[:, observed.sum(axis=0) > 0]
            test = stats.chi2_contingency(observed, correction=False)
            threshold = _chi2_critical(self._alpha, test.dof) if test.dof else math.nan
            yield Result(name, float(test.statistic), threshold, float(test.pvalue))


@lru_cache(maxsize=1024)
def _chi2_critical(alpha: float, degrees: int) -> float:
    return float(stats.chi2.isf(alpha, degrees))


class Psi:
    """Sum of (live - expected) * ln(live / expected) over bins: the reference's quantiles, or its categories.

    As many rows as there are bins are added to the window, spread as the reference's are, so that an empty bin counts
    for much but not for everything. Without drift the sum is, to the second order, 1/n + 1/m times chi-squared, for n
    and m rows: the threshold is never below the quantile of that.
    """

    def __init__(self, settings: PsiSettings, reference: Matrix, features: Features, window_rows: int) -> None:
        self._threshold = settings.threshold
        self._columns: list[tuple[int, str, Grouping, NDArray[np.int64]]] = []
        every = list(range(len(features.columns)))
        for index, name, values in _columns(reference, features, every, "psi", "a column"):
            feature = features.columns[index]
            if feature.categories is None:
                edges = _edges(values, min(settings.bins, max(2, min(len(values), window_rows) // _ROWS_PER_BIN)))
                group = _binning(edges)
                self._columns.append((index, name, group, _counts(group(values), len(edges) + 1)))
            else:
                self._columns.append((index, name, *_grouped(values, feature, window_rows)))
        self._alpha = settings.p_value / len(self._columns)

    def compare(self, window: Matrix) -> Iterator[Result]:
        for index, name, group, reference in self._columns:
            live = _present(window[:, index])
            if not len(live):
                yield Result(name, math.nan, math.nan)
                continue
            bins, rows = len(reference), int(reference.sum())
            expected = (reference + 1) / (rows + bins)
            actual = (_counts(group(live), bins) + bins * expected) / (len(live) + bins)
            noise = (1 / rows + 1 / len(live)) * _chi2_critical(self._alpha, max(bins - 1, 1))
            score = float(np.sum((actual - expected) * np.log(actual / expected)))
            yield Result(name, score, max(self._threshold, noise))


def _edges(values: Matrix, bins: int) -> Matrix:
    """Inner quantiles, and the two ends where they hold many equal values: a constant column has neighbours too."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.append(edges, np.nextafter(edges[-1], np.inf)) if edges[-1] == values.max() else edges


def _binning(edges: Matrix) -> Grouping:
    return lambda values: np.searchsorted(edges, values, side="right").astype(np.int64)


def _needed(rows: int, window_rows: int) -> float:
    """Of so many rows of the reference, how many a group has to have."""
    return _ROWS_PER_BIN * max(rows / window_rows, 1)


def _grouped(codes: Matrix, feature: Feature, window_rows: int) -> tuple[Grouping, NDArray[np.int64]]:
    """Categories, the rare ones together so that a window has rows of each group, and how many rows each group has.

    The last group is for values that the reference does not have. Groups must not be chosen by the rows that are
    counted in them: where there are rare values, half of the rows say which those are, the other half how often they
    come.
    """
    counts = _counts(codes, feature.unseen + 1)
    if (counts[: feature.unseen] < _needed(len(codes), window_rows)).any():
        known, codes = np.array_split(np.random.default_rng(0).permutation(codes), 2)
        counts = _counts(known, len(counts))
    needed = _needed(counts.sum(), window_rows)
    groups = np.empty(len(counts), dtype=np.int64)
    group, rows = 0, 0
    for code in np.argsort(-counts, kind="stable"):
        groups[code] = group
        rows += counts[code]
        if rows >= needed:
            group, rows = group + 1, 0
    groups[feature.unseen] = group

    def grouping(values: Matrix) -> NDArray[np.int64]:
        return groups[values.astype(np.int64)]

    return grouping, _counts(grouping(codes), group + 1)


class Mmd:
    """Maximum mean discrepancy, unbiased, with a Gaussian kernel (Gretton et al., JMLR 13, 2012, lemma 6).

    What the score is without drift is found by random cuts of the reference into a window and the rest. A distribution
    of Pearson's type III with their mean, deviation and skewness gives threshold and p-value: it reaches tails that
    some hundred cuts do not. The spread of a score goes with 1/n + 1/m: so it is scaled to the whole reference.
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
        scaled = self._scale(reference)
        self._reference = scaled[random.permutation(len(scaled))[: 4 * settings.max_rows]]
        self._bandwidth = settings.bandwidth or float(np.median(pdist(self._reference[:500]))) or 1.0
        self._within_reference = self._mean_within(self._reference)
        scores = self._scores_of_cuts(settings.permutations, random)
        centred = scores - scores.mean()
        # A reference of constants has neither.
        spread = float(scores.std()) or 1e-12
        self._null = stats.pearson3(np.mean(centred**3) / spread**3, scores.mean(), spread)
        self._threshold = float(self._null.isf(settings.p_value))

    def compare(self, window: Matrix) -> Iterator[Result]:
        scaled = self._scale(window)
        if len(scaled) > self._size:
            scaled = scaled[np.linspace(0, len(scaled) - 1, self._size).astype(int)]
        score = self._score(scaled)
        yield Result(ALL_FEATURES, score, self._threshold, float(self._null.sf(score)))

    def _scores_of_cuts(self, count: int, random: np.random.Generator) -> Matrix:
        """From one pass over the kernel matrix, block by block: sums within a window, and of its rows."""
        size, all_rows = self._size, len(self._reference)
        chosen = np.zeros((all_rows, count), dtype=np.float32)
        for cut in range(count):
            chosen[random.choice(all_rows, size, replace=False), cut] = 1
        within, of_rows, total = np.zeros(count), np.zeros(count), 0.0
        for start in range(0, all_rows, _BLOCK):
            kernel = self._kernel(self._reference[start : start + _BLOCK], self._reference)
            members = chosen[start : start + _BLOCK]
            within += np.einsum("ij,ij->j", members, kernel @ chosen)
            of_rows += kernel.sum(axis=1) @ members
            total += kernel.sum()
        rest = all_rows - size
        scores = (
            (within - size) / (size * (size - 1))
            + (total - 2 * of_rows + within - rest) / (rest * (rest - 1))
            - 2 * (of_rows - within) / (size * rest)
        )
        return scores * (1 / all_rows + 1 / size) / (1 / rest + 1 / size)

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
        return float(sum(self._kernel(block, right).sum() for block in blocks))

    def _kernel(self, left: Matrix, right: Matrix) -> Matrix:
        kernel: Matrix = np.exp(cdist(left, right, "sqeuclidean") / (-2 * self._bandwidth**2))
        return kernel


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


def _counts(codes: Matrix | NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.bincount(codes.astype(np.int64), minlength=size)
