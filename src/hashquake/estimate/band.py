"""Symmetric matrices with a narrow band: factor, solve, determinant, in time linear in their size.

A chain of states that each depend on the one before has such a precision matrix. Row ``i`` of a
band holds the entries ``(i, i), (i, i - 1), ...``.
"""

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel

Floats = NDArray[np.float64]


@kernel
def factor(band: Floats) -> float:
    """Turn a positive definite band into its lower Cholesky factor, in place.

    Parameters
    ----------
    band : array of float64, shape (n, p + 1)
        Diagonal and p bands below it.

    Returns
    -------
    float
        Log of the matrix's determinant.
    """
    size, width = band.shape
    log_determinant = 0.0
    for i in range(size):
        for back in range(min(width - 1, i), -1, -1):
            j = i - back
            total = band[i, back]
            for k in range(max(0, i - width + 1), j):
                total -= band[i, i - k] * band[j, j - k]
            if back:
                band[i, back] = total / band[j, 0]
            else:
                band[i, 0] = np.sqrt(total)
                log_determinant += 2.0 * np.log(band[i, 0])
    return log_determinant


@kernel
def solve(factored: Floats, right: Floats) -> None:
    """Solve for one right-hand side in place, given the factor of `factor`.

    Parameters
    ----------
    factored : array of float64, shape (n, p + 1)
        From `factor`.
    right : array of float64, shape (n,)
        Becomes the solution.
    """
    size, width = factored.shape
    for i in range(size):
        total = right[i]
        for back in range(1, min(width - 1, i) + 1):
            total -= factored[i, back] * right[i - back]
        right[i] = total / factored[i, 0]
    for i in range(size - 1, -1, -1):
        total = right[i]
        for ahead in range(1, min(width - 1, size - 1 - i) + 1):
            total -= factored[i + ahead, ahead] * right[i + ahead]
        right[i] = total / factored[i, 0]


@kernel
def subtract_product(band: Floats, vector: Floats, into: Floats) -> None:
    """Subtract a banded symmetric matrix times a vector.

    Parameters
    ----------
    band : array of float64, shape (n, p + 1)
        Diagonal and p bands below it.
    vector, into : array of float64, shape (n,)
        `into` loses the product.
    """
    size, width = band.shape
    for i in range(size):
        into[i] -= band[i, 0] * vector[i]
        for back in range(1, min(width - 1, i) + 1):
            into[i] -= band[i, back] * vector[i - back]
            into[i - back] -= band[i, back] * vector[i]
