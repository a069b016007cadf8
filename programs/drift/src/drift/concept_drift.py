"""Concept drift: does the stream of errors of the model change? The algorithms are river's.

river has no common interface for how near a detector is to drift, so the numbers are read from where each algorithm
keeps them (river 0.26.1, river/drift and river/drift/binary); the tests notice if a new release moves them.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
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

# Standard errors by which the error rate has to have risen. An alarm is rare by itself: both together are rarer.
_CLEARLY = 3
# The errors before the recent ones are so many times as many, at most.
_PAST = 4


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


class Level:
    """Are there more errors than there were? An algorithm alone does not say: fewer are a change too, and after an
    alarm it begins anew and is silent, however bad the model stays.

    An alarm becomes drift if, within `recent` more errors, the mean of the `recent` latest is clearly above that of the
    errors before them. Drift lasts until it is back at that level. Of the first `2 * recent` errors nothing is said.
    """

    def __init__(self, recent: int) -> None:
        self.recent: deque[float] = deque(maxlen=recent)
        self.past: deque[float] = deque(maxlen=_PAST * recent)
        # By detector: for how many more errors its alarm may become drift.
        self.alarms: dict[str, int] = {}
        self.drifting: set[str] = set()
        self._before: tuple[float, float] | None = None

    def add(self, error: float, alarms: list[str]) -> list[str]:
        """Take one error, and the names of the detectors that it alarmed. Returns those whose drift begins."""
        size = self.recent.maxlen or 0
        if len(self.recent) == size and not self.alarms and not self.drifting:
            self.past.append(self.recent[0])
        self.recent.append(error)
        if len(self.past) >= size:
            self.alarms.update((name, size) for name in alarms if name not in self.drifting)
        if not self.alarms and not self.drifting:
            self._before = None
            return []
        # Of the past, which stands still from the alarm to the end of the drift.
        self._before = self._before or (fmean(self.past), float(np.var(self.past)) / len(self.past))
        return self._judge(*self._before)

    def _judge(self, before: float, uncertainty: float) -> list[str]:
        rise, begin = fmean(self.recent) - before, list[str]()
        if rise <= 0:
            self.drifting.clear()
        if self.alarms:
            clear = _CLEARLY * math.sqrt(uncertainty + float(np.var(self.recent)) / len(self.recent))
            if rise > clear:
                begin = sorted(self.alarms)
                self.drifting.update(begin)
                self.alarms.clear()
            elif rise < -clear:
                # The model has become better: the past is no measure for it any more.
                self.past.clear()
                self.alarms.clear()
            self.alarms = {name: left - 1 for name, left in self.alarms.items() if left > 1}
        return begin

    def state(self) -> dict[str, Any]:
        lists = {"recent": list(self.recent), "past": list(self.past), "drifting": sorted(self.drifting)}
        return {**lists, "alarms": dict(self.alarms)}

    def restore(self, state: Mapping[str, Any], names: Collection[str]) -> None:
        """What is known of detectors with these names. Raises KeyError, TypeError, ValueError or AttributeError."""
        recent, past = ([float(error) for error in state[part]] for part in ("recent", "past"))
        alarms = {str(name): int(left) for name, left in state["alarms"].items() if name in names}
        drifting = {str(name) for name in state["drifting"] if name in names}
        if not past:
            alarms, drifting = {}, set()
        self.recent.extend(recent)
        self.past.extend(past)
        self.alarms, self.drifting = alarms, drifting


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
