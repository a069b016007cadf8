"""Concept drift: does the stream of errors of the model change? The algorithms are river's.

river has no common interface for how near a detector is to drift, so the numbers are read from where each algorithm
keeps them (river 0.26.1, river/drift and river/drift/binary); the tests notice if a new release moves them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from river import drift
from river.drift import binary

from drift.config import (
    AdwinSettings,
    ConceptDetector,
    DdmSettings,
    EddmSettings,
    KswinSettings,
    PageHinkleySettings,
)
from drift.data_drift import Result

FEEDBACK = "feedback"


@dataclass
class Stream:
    """One detector. `since` is how many values it has seen since it was last reset, which it does after each drift."""

    detector: Any
    read: Callable[[Any], tuple[float, float, float]]
    binary: bool
    since: int = 0

    def update(self, error: float) -> bool:
        """True if this error completes a drift."""
        self.detector.update(bool(error) if self.binary else error)
        drifted = bool(self.detector.drift_detected)
        self.since = 0 if drifted else self.since + 1
        return drifted

    def result(self) -> Result:
        score, threshold, p_value = self.read(self.detector)
        return Result(FEEDBACK, score, threshold, p_value)


def build(settings: ConceptDetector) -> Stream:
    match settings:
        case AdwinSettings():
            adwin: Any = drift.ADWIN  # untyped in river
            return Stream(adwin(delta=settings.delta), _read_adwin, binary=False)
        case DdmSettings():
            ddm = binary.DDM(warm_start=settings.warm_start, drift_threshold=settings.drift_threshold)
            return Stream(ddm, _read_ddm, binary=True)
        case EddmSettings():
            # The warning level alpha, which is not used, has to lie above beta.
            eddm = binary.EDDM(warm_start=settings.warm_start, alpha=(1 + settings.beta) / 2, beta=settings.beta)
            return Stream(eddm, _read_eddm, binary=True)
        case KswinSettings():
            # A fixed seed: the same errors give the same answer again, after a restart too.
            window = settings.window_size
            kswin = drift.KSWIN(alpha=settings.alpha, window_size=window, stat_size=window // 3, seed=0)
            return Stream(kswin, _read_kswin, binary=False)
        case PageHinkleySettings():
            # "up": only more errors are bad news.
            page_hinkley = drift.PageHinkley(threshold=settings.threshold, delta=settings.delta, mode="up")
            return Stream(page_hinkley, _read_page_hinkley, binary=False)


def _read_adwin(detector: Any) -> tuple[float, float, float]:
    """The mean error of the adaptive window; its cut points each have a threshold of their own."""
    return float(detector.estimation) if detector.width else math.nan, math.nan, math.nan


def _read_ddm(detector: Any) -> tuple[float, float, float]:
    """Error rate plus its deviation, against the smallest seen plus so many deviations."""
    rate, seen = detector._p.get(), detector._p.n
    if seen <= detector.warm_start:
        return math.nan, math.nan, math.nan
    deviation = math.sqrt(rate * (1 - rate) / seen)
    return rate + deviation, detector._p_min + detector.drift_threshold * detector._s_min, math.nan


def _read_eddm(detector: Any) -> tuple[float, float, float]:
    """How much the distance between errors has shrunk: 0 not at all, drift above 1 - beta."""
    distances = detector._error_distances
    if detector._n_errors <= detector.warm_start or not detector._p2s_prime_max > 0:
        return math.nan, math.nan, math.nan
    level = (distances.mean.get() + 2 * math.sqrt(distances.get())) / detector._p2s_prime_max
    return 1 - level, 1 - detector.beta, math.nan


def _read_kswin(detector: Any) -> tuple[float, float, float]:
    """One minus the p-value, so that more is worse."""
    if detector.n < detector.window_size:
        return math.nan, math.nan, math.nan
    return 1 - float(detector.p_value), 1 - detector.alpha, float(detector.p_value)


def _read_page_hinkley(detector: Any) -> tuple[float, float, float]:
    if not detector._x_mean.n:
        return math.nan, math.nan, math.nan
    return detector._sum_increase - detector._min_increase, detector.threshold, math.nan
