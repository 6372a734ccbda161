"""From blocks to estimates: exact windows, shares, filter and smoother."""
