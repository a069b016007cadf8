"""The columns that a model sees, and how rows of a message become rows of numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drift.messages import RejectedError, Table

Matrix = NDArray[np.float64]

_INTEGRAL = re.compile(r"^(-?\d+)\.0+$")


@dataclass(frozen=True)
class Feature:
    """A column. `categories` maps each known value to its code; None for a column of numbers."""

    name: str
    categories: Mapping[str, int] | None = None

    @property
    def unseen(self) -> int:
        """The code of every value that the reference does not have."""
        return len(self.categories or ())


@dataclass(frozen=True)
class Features:
    columns: tuple[Feature, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.columns)

    @cached_property
    def numeric(self) -> list[int]:
        return [i for i, feature in enumerate(self.columns) if feature.categories is None]

    @cached_property
    def categorical(self) -> list[int]:
        return [i for i, feature in enumerate(self.columns) if feature.categories is not None]

    def encode(self, table: Table) -> tuple[Matrix, Counter[str]]:
        """Rows as numbers, one column a feature: categories as codes, a missing value as NaN.

        Returns the good rows and, by reason, how many rows were not. Columns are matched by name where the sender
        named them, by position otherwise; named columns that are no feature are left out.
        Raises RejectedError if no row can be used because the columns do not match.
        """
        order = self._order(table.names)
        rows = table.rows
        if table.flat and len(self.columns) == 1:
            rows = [[value] for value in rows[0]]
        width = len(self.columns) if order is None else len(table.names or ())
        if not self.categorical:
            matrix = _matrix(rows, width)
            if matrix is not None:
                return (matrix if order is None else matrix[:, order]), Counter()
        return self._encode_one_by_one(rows, width, order)

    def _order(self, names: tuple[str, ...] | None) -> list[int] | None:
        """Where each feature is in a row, None if the rows are in the right order already."""
        if names is None or names == self.names:
            return None
        position = {name: index for index, name in enumerate(names)}
        missing = [name for name in self.names if name not in position]
        if missing:
            raise RejectedError("unknown_columns", f"no column {missing[0]!r} ({len(missing)} missing in all)")
        return [position[name] for name in self.names]

    def _encode_one_by_one(
        self, rows: Sequence[Any], width: int, order: list[int] | None
    ) -> tuple[Matrix, Counter[str]]:
        rejected: Counter[str] = Counter()
        good: list[list[float]] = []
        for row in rows:
            try:
                good.append(self._encode_row(row, width, order))
            except RejectedError as error:
                rejected[error.reason] += 1
        return np.array(good, dtype=np.float64).reshape(len(good), len(self.columns)), rejected

    def _encode_row(self, row: object, width: int, order: list[int] | None) -> list[float]:
        if not isinstance(row, list | tuple) or len(row) != width:
            raise RejectedError("wrong_width")
        values = row if order is None else [row[index] for index in order]
        return [_encode_value(value, feature) for value, feature in zip(values, self.columns, strict=True)]


def category(value: object) -> str:
    """One spelling for one value: CSV says "1" or "1.0" where JSON says 1."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    match = _INTEGRAL.match(value) if isinstance(value, str) else None
    return match[1] if match else str(value)


def _encode_value(value: object, feature: Feature) -> float:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return math.nan
    if feature.categories is not None:
        if not isinstance(value, str | int | float):
            raise RejectedError("not_a_category")
        return feature.categories.get(category(value), feature.unseen)
    try:
        number = float(value) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        number = None
    if number is None:
        raise RejectedError("not_a_number")
    if math.isinf(number):
        raise RejectedError("not_finite")
    return number


def _matrix(rows: Sequence[Any], width: int) -> Matrix | None:
    """The fast path for numbers only. None means: look at each row to say what is wrong with it."""
    try:
        matrix = np.asarray(rows, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        return None
    return matrix if matrix.ndim == 2 and matrix.shape[1] == width and not np.isinf(matrix).any() else None
