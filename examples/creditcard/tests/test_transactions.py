"""What is trained on."""

import numpy as np
import pandas as pd
import pytest

from creditcard.transactions import FEATURES, LABEL, transactions


def test_the_same_arguments_give_the_same_rows() -> None:
    pd.testing.assert_frame_equal(transactions(200, seed=3), transactions(200, seed=3))
    assert not transactions(200, seed=3).equals(transactions(200, seed=4))


def test_every_feature_is_a_finite_number_and_the_label_is_a_class() -> None:
    table = transactions(5000, seed=1)
    assert list(table.columns) == [*FEATURES, LABEL]
    assert all(table[FEATURES].dtypes == np.float64)
    assert np.isfinite(table[FEATURES].to_numpy()).all()
    assert set(table[LABEL]) == {0, 1}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_frauds_are_few_and_enough_to_learn_from(seed: int) -> None:
    assert 0.05 < transactions(5000, seed)[LABEL].mean() < 0.25


def test_a_shift_moves_what_people_pay_and_where() -> None:
    everyday, shifted = transactions(5000, seed=1), transactions(5000, seed=1, shift=1)
    assert shifted["amount"].median() == pytest.approx(np.e * everyday["amount"].median(), rel=0.01)
    assert shifted["distance_km"].mean() == pytest.approx(2 * everyday["distance_km"].mean(), rel=0.01)
    pd.testing.assert_series_equal(everyday["days_since_first"], shifted["days_since_first"])
