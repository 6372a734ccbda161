"""How the kernels of the laboratory are compiled: kept on disk, free of Python's lock.

Divisions follow IEEE instead of raising, as the kernels guard their own zeros.
"""

import numba

kernel = numba.njit(cache=True, nogil=True, error_model="numpy")
inner = kernel
"""For the few lines that run for every random number: the compiler puts them where they are
called."""
