"""What docs/models.md promises: how often a detector sees drift where there is none, and how soon where there is some.

Seeded simulations. A share of one in millions cannot be counted in seconds, so the tests count at a level at which it
can: how many windows differ, and how many pairs of windows, of one reference and independent otherwise, differ both.
"""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import TypeAdapter

from drift import concept_drift, data_drift
from drift.concept_drift import Level
from drift.config import ConceptDetector, DataDetector
from drift.data_drift import Comparison
from drift.features import Feature, Features, Matrix
from tests.helpers import config, monitor, reference, request, value

LEVEL = 0.02
WINDOWS = 40
NUMBERS, SKEWED = "numbers", "skewed"

Kind = str | tuple[str, int]


def draw(kinds: list[Kind], rows: int, random: np.random.Generator) -> Matrix:
    """Columns of normal, or of skewed and rounded numbers, or of so many categories, as often or ever rarer."""

    def column(kind: Kind) -> Matrix:
        if kind == NUMBERS:
            return random.normal(size=rows)
        if kind == SKEWED:
            return np.exp(2 * random.normal(size=rows)).round(1)
        shares = 1.0 / np.arange(1, int(kind[1]) + 1) ** (kind[0] == "rarer")
        return random.choice(len(shares), rows, p=shares / shares.sum()).astype(np.float64)

    return np.column_stack([column(kind) for kind in kinds])


def encoded(rows: Matrix, known: Matrix, kinds: list[Kind]) -> tuple[Matrix, Features]:
    """As reference.py does it: the values that the reference has are the categories, any other one is unseen."""
    columns, features = [], []
    for index, kind in enumerate(kinds):
        values, categories = rows[:, index], None
        if isinstance(kind, tuple):
            there = np.unique(known[:, index])
            place = np.searchsorted(there, values).clip(max=len(there) - 1)
            values = np.where(there[place] == values, place, len(there)).astype(np.float64)
            categories = {str(code): code for code in range(len(there))}
        columns.append(values)
        features.append(Feature(f"x{index}", categories))
    return np.column_stack(columns), Features(tuple(features))


def differing(algorithm: str, kinds: list[Kind], window: int, rows: int, references: int) -> tuple[float, float]:
    """Shares of windows, and of pairs of them, in which a feature differs from its reference, without drift."""
    settings: DataDetector = TypeAdapter[DataDetector](DataDetector).validate_python(
        {"algorithm": algorithm, "pValue": LEVEL, **({"permutations": 500} if algorithm == "mmd" else {})}
    )
    random = np.random.default_rng(3)
    single = pairs = 0.0
    for _ in range(references):
        known = draw(kinds, rows, random)
        matrix, features = encoded(known, known, kinds)
        detector: Comparison = data_drift.build(settings, matrix, features, window)
        found = [
            [result.drift for result in detector.compare(encoded(draw(kinds, window, random), known, kinds)[0])]
            for _ in range(WINDOWS)
        ]
        counts = np.sum(found, axis=0)
        single += float(np.any(found, axis=1).mean())
        pairs += float((counts * (counts - 1)).sum() / (WINDOWS * (WINDOWS - 1)))
    return single / references, pairs / references


CASES: list[tuple[str, list[Kind], int]] = [
    ("ks", [NUMBERS] * 10, 500),
    ("ks", [NUMBERS, SKEWED], 20),
    ("mmd", [NUMBERS] * 10, 100),
    ("mmd", [SKEWED] * 3, 100),
    ("psi", [NUMBERS] * 30, 20),
    ("psi", [NUMBERS] * 30, 100),
    ("psi", [NUMBERS, SKEWED, ("rarer", 10)], 500),
    ("psi", [("alike", 100)], 500),
    ("psi", [("alike", 300)], 500),
    ("psi", [("rarer", 300)], 500),
    ("psi", [("rarer", 5000)], 100),
    ("chi2", [("alike", 100)], 500),
    ("chi2", [("rarer", 10)] * 5, 100),
    ("chi2", [("rarer", 300)], 500),
    ("chi2", [("rarer", 5000)], 100),
]


@pytest.mark.parametrize(("algorithm", "kinds", "window"), CASES)
def test_without_drift_windows_differ_as_seldom_as_the_level_says(
    algorithm: str, kinds: list[Kind], window: int
) -> None:
    single, pairs = differing(algorithm, kinds, window, 1000, 25)
    assert single <= 1.5 * LEVEL
    # Two windows share the reference, so that both differ more often than the square of the level.
    assert pairs <= 5 * LEVEL**2


def test_with_the_settings_that_it_comes_with_a_detector_stays_silent_without_drift() -> None:
    random = np.random.default_rng(4)
    kinds: list[Kind] = [NUMBERS, NUMBERS, SKEWED, ("rarer", 10)]
    known = draw(kinds, 2000, random)
    matrix, features = encoded(known, known, kinds)
    settings = config(
        window={"rows": 100, "evaluateEveryRows": 50, "evaluateEverySeconds": 0},
        detectors=[{"algorithm": name} for name in ("mmd", "ks", "psi", "chi2")],
    )
    detector, registry = monitor(settings, type(reference())("7", features, matrix))
    names = [*features.names, "*"]
    detections = 0.0
    for offset in range(300):
        detector.handle(request(encoded(draw([*kinds], 50, random), known, kinds)[0], offset))
        detector.tick()
    for algorithm in ("mmd", "ks", "psi", "chi2"):
        for feature in names:
            detections += value(registry, "drift_detections_total", detector=algorithm, feature=feature) or 0
    assert detections == 0
    assert value(registry, "drift_evaluations_total") == 299


CONCEPT = ["adwin", "ddm", "eddm", "kswin", "page-hinkley"]


class Watched:
    """One concept detector with its defaults, fed with errors."""

    def __init__(self, algorithm: str) -> None:
        settings: ConceptDetector = TypeAdapter[ConceptDetector](ConceptDetector).validate_python(
            {"algorithm": algorithm}
        )
        self._stream, self._level = concept_drift.build(settings), Level(500)

    def feed(self, rate: float, count: int, random: np.random.Generator) -> tuple[list[int], list[bool]]:
        """Where drift begins, and after which errors there is some."""
        begins, state = [], []
        for index, error in enumerate((random.random(count) < rate).astype(float).tolist()):
            if self._level.add(error, ["it"] if self._stream.update(error) else []):
                begins.append(index)
            state.append(bool(self._level.drifting))
        return begins, state


@pytest.mark.parametrize("algorithm", CONCEPT)
def test_a_steady_error_rate_is_concept_drift_less_than_once_in_50_000_rows(algorithm: str) -> None:
    random = np.random.default_rng(1)
    begun = [Watched(algorithm).feed(rate, 5000, random)[0] for rate in (0.02, 0.1, 0.3) for _ in range(4)]
    assert sum(map(len, begun)) <= 1


@pytest.mark.parametrize("algorithm", CONCEPT)
def test_fewer_errors_are_no_drift_and_more_of_them_are_until_they_are_gone(algorithm: str) -> None:
    random = np.random.default_rng(2)
    watched = Watched(algorithm)
    for _ in range(2):
        for rate, rows in ((0.3, 1500), (0.02, 3500)):
            assert watched.feed(rate, rows, random)[0] == []
        begins, state = watched.feed(0.9, 6000, random)
        assert len(begins) == 1
        assert begins[0] < 1000
        assert all(state[begins[0] :])
        begins, state = watched.feed(0.02, 2000, random)
        assert begins == []
        # Not before the errors of the bad time have left the latest 500.
        assert state.index(False) > 400
        assert not any(state[state.index(False) :])
        watched = Watched(algorithm)
