"""Numbers that look thrown and are not: the same thing draws the same, wherever and however often it is asked."""

import hashlib


def share(*what: object) -> float:
    """From 0 to below 1, evenly over many things."""
    told = ":".join(map(str, what)).encode()
    return int.from_bytes(hashlib.sha256(told).digest()[:4]) / 2**32
