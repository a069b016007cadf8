"""The latest rows of the live traffic, and where in the topic each of them came from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drift.features import Matrix


class Window:
    """A ring of rows. What falls out at the end is forgotten."""

    def __init__(self, size: int, width: int) -> None:
        self._rows: Matrix = np.empty((size, width), dtype=np.float64)
        self._partitions = np.empty(size, dtype=np.int32)
        self._offsets = np.empty(size, dtype=np.int64)
        self._next = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def full(self) -> bool:
        return self._count == len(self._rows)

    def add(self, rows: Matrix, partition: int, offset: int) -> None:
        self.add_many(rows, np.full(len(rows), partition, dtype=np.int32), np.full(len(rows), offset, dtype=np.int64))

    def add_many(self, rows: Matrix, partitions: NDArray[np.int32], offsets: NDArray[np.int64]) -> None:
        size = len(self._rows)
        rows, partitions, offsets = rows[-size:], partitions[-size:], offsets[-size:]
        places = (self._next + np.arange(len(rows))) % size
        self._rows[places], self._partitions[places], self._offsets[places] = rows, partitions, offsets
        self._next = (self._next + len(rows)) % size
        self._count = min(self._count + len(rows), size)

    def rows(self) -> Matrix:
        """The rows, oldest first."""
        return self._rows[self._places()]

    def origins(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Partition and offset of each row, oldest first."""
        places = self._places()
        return self._partitions[places], self._offsets[places]

    def oldest_offsets(self) -> dict[int, int]:
        """By partition, the offset to read from again in order to rebuild this window."""
        partitions, offsets = self.origins()
        return {int(p): int(offsets[partitions == p].min()) for p in np.unique(partitions)}

    def _places(self) -> NDArray[np.int64]:
        return (self._next - self._count + np.arange(self._count)) % len(self._rows)
