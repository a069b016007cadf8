from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import stats

from drift import data_drift
from drift.config import DataDetector
from drift.data_drift import Comparison, ReferenceUnusableError, Result
from drift.features import Feature, Features, Matrix
from drift.reference import Reference
from tests.helpers import COLORS, numbers, reference

WINDOW = 200


def build(data: Reference, algorithm: str, **parameters: Any) -> Comparison:
    settings: DataDetector = TypeAdapter[DataDetector](DataDetector).validate_python(
        {"algorithm": algorithm, **parameters}
    )
    return data_drift.build(settings, data.rows, data.features, WINDOW)


def results(detector: Comparison, window: Matrix) -> dict[str, Result]:
    return {result.feature: result for result in detector.compare(window)}


def colors(share_of_red: float, rows: int, seed: int = 0) -> Matrix:
    rest = (1 - share_of_red) / 2
    codes = np.random.default_rng(seed).choice(3, rows, p=[rest, rest, share_of_red])
    return np.column_stack([numbers(rows, 2, seed), codes])


NUMERIC = ["ks", "psi", "mmd"]
MIXED = reference(colors(1 / 3, 2000), COLORS)
PLAIN = reference(numbers(2000))


@pytest.mark.parametrize("algorithm", NUMERIC)
def test_live_data_like_the_reference_is_no_drift(algorithm: str) -> None:
    detector = build(PLAIN, algorithm)
    alarms = [r for seed in range(100, 150) for r in detector.compare(numbers(WINDOW, seed=seed)) if r.drift]
    assert len(alarms) <= 2


@pytest.mark.parametrize("algorithm", NUMERIC)
def test_a_shift_of_two_standard_deviations_is_drift_once_it_fills_half_the_window(algorithm: str) -> None:
    detector = build(PLAIN, algorithm)
    window = np.vstack([numbers(WINDOW // 2, seed=1), numbers(WINDOW // 2, seed=2, shift=2)])
    assert all(result.drift for result in detector.compare(window))


@pytest.mark.parametrize("algorithm", ["ks", "psi"])
def test_the_feature_that_drifts_is_the_one_that_is_named(algorithm: str) -> None:
    window = numbers(WINDOW, seed=1)
    window[:, 1] += 1
    found = results(build(PLAIN, algorithm), window)
    assert {name for name, result in found.items() if result.drift} == {"x1"}
    assert set(found) == {"x0", "x1", "x2"}


def test_mmd_sees_a_change_that_no_single_feature_shows() -> None:
    independent = numbers(2000, 2)
    data = reference(independent)
    random = np.random.default_rng(5)
    correlated = random.multivariate_normal([0, 0], [[1, 0.95], [0.95, 1]], WINDOW)
    assert not any(result.drift for result in build(data, "ks").compare(correlated))
    assert results(build(data, "mmd"), correlated)["*"].drift


def test_mmd_is_the_published_statistic() -> None:
    """The example in the documentation of frouros 0.9.0, an independent implementation: kernel width 0.5."""
    legacy = np.random.RandomState(31)
    x = legacy.multivariate_normal([1, 1], [[2, 0], [0, 2]], 100)
    y = legacy.multivariate_normal([0, 0], [[2, 1], [1, 2]], 100)
    detector = build(reference(numbers(1000, 2)), "mmd", bandwidth=0.5)
    assert isinstance(detector, data_drift.Mmd)
    detector._reference, detector._within_reference = x, detector._mean_within(x)
    assert detector._score(y) == pytest.approx(0.02146955300299802, abs=1e-12)


def test_mmd_says_how_rare_its_score_is() -> None:
    detector = build(PLAIN, "mmd", pValue=0.05)
    alike, shifted = (results(detector, numbers(WINDOW, seed=9, shift=shift))["*"] for shift in (0, 2))
    assert alike.p_value > 0.05
    assert shifted.p_value < 1e-9
    assert (alike.drift, shifted.drift) == (False, True)


def test_psi_is_its_formula() -> None:
    """Two categories and one for what is unknown: one row more in each, and three in the window, spread alike."""
    data = Reference("7", Features((Feature("x", {"a": 0, "b": 1}),)), np.array([[0.0]] * 30 + [[1.0]] * 10))
    window = np.array([[0.0]] * 10 + [[1.0]] * 30)
    expected = np.array([31, 11, 1]) / 43
    actual = (np.array([10, 30, 0]) + 3 * expected) / 43
    score = float(sum((actual - expected) * np.log(actual / expected)))
    assert results(build(data, "psi"), window)["x"].score == pytest.approx(score)


def test_psi_notices_when_a_constant_changes_in_either_direction() -> None:
    data = reference(np.ones((500, 1)))
    detector = build(data, "psi")
    assert not results(detector, np.ones((WINDOW, 1)))["x0"].drift
    assert results(detector, np.full((WINDOW, 1), 0.9))["x0"].drift
    assert results(detector, np.full((WINDOW, 1), 1.1))["x0"].drift


@pytest.mark.parametrize("algorithm", ["chi2", "psi"])
def test_categories_drift_when_their_shares_do(algorithm: str) -> None:
    detector = build(MIXED, algorithm)
    assert not results(detector, colors(1 / 3, WINDOW, seed=8))["color"].drift
    assert results(detector, colors(0.8, WINDOW, seed=8))["color"].drift


@pytest.mark.parametrize("algorithm", ["chi2", "psi"])
def test_a_category_that_the_reference_never_had_is_drift(algorithm: str) -> None:
    window = colors(1 / 3, WINDOW, seed=8)
    window[: WINDOW // 5, 2] = MIXED.features.columns[2].unseen
    assert results(build(MIXED, algorithm), window)["color"].drift


@pytest.mark.parametrize("algorithm", ["ks", "chi2"])
def test_the_threshold_is_where_the_p_value_is_the_level_shared_among_the_features(algorithm: str) -> None:
    data, level = (PLAIN, 0.06 / 3) if algorithm == "ks" else (MIXED, 0.06)
    detector = build(data, algorithm, pValue=0.06)
    seen = set()
    for seed in range(40):
        window = numbers(WINDOW, seed=seed, shift=0.2) if algorithm == "ks" else colors(0.4, WINDOW, seed)
        for result in detector.compare(window):
            assert result.drift == (result.p_value < level)
            seen.add(result.drift)
    assert seen == {True, False}


def test_ks_and_chi_squared_are_scipys() -> None:
    window = colors(0.4, WINDOW, seed=3)
    ks = results(build(MIXED, "ks"), window)["x0"]
    expected = stats.ks_2samp(MIXED.rows[:, 0], window[:, 0], method="asymp")
    assert (ks.score, ks.p_value) == (expected.statistic, expected.pvalue)
    chi2 = results(build(MIXED, "chi2"), window)["color"]
    table = [np.bincount(rows[:, 2].astype(int), minlength=3) for rows in (MIXED.rows, window)]
    assert chi2.p_value == pytest.approx(stats.chi2_contingency(np.array(table), correction=False).pvalue)


@pytest.mark.parametrize("algorithm", NUMERIC)
def test_missing_values_are_left_out(algorithm: str) -> None:
    window = numbers(WINDOW, seed=3)
    window[::4, 0] = np.nan
    found = results(build(PLAIN, algorithm), window)
    assert not any(result.drift or math.isnan(result.score) for result in found.values())
    window[:, 0] = np.nan
    if algorithm != "mmd":
        assert math.isnan(results(build(PLAIN, algorithm), window)["x0"].score)


@pytest.mark.parametrize("algorithm", NUMERIC)
def test_numbers_near_the_limit_of_the_format_are_drift_and_no_crash(algorithm: str) -> None:
    window = np.where(numbers(WINDOW, seed=3) > 0, 1e308, -1e308)
    assert all(result.drift for result in build(PLAIN, algorithm).compare(window))


def test_a_reference_that_cannot_serve_is_refused() -> None:
    with pytest.raises(ReferenceUnusableError, match="windows of 200 need 400"):
        build(reference(numbers(399)), "mmd")
    with pytest.raises(ReferenceUnusableError, match="no categorical column"):
        build(PLAIN, "chi2")
    with pytest.raises(ReferenceUnusableError, match="no column of numbers"):
        build(Reference("7", Features((Feature("color", COLORS),)), colors(0.3, 500)[:, 2:]), "ks")
