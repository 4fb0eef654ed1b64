"""Short, stable names for findings: what keys and states of tasks are made of."""

import base64
import hashlib


def short_hash(*parts: str) -> str:
    """10 base32 characters (50 bits) of SHA-256 over the parts, which are kept apart by a NUL."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return base64.b32encode(digest[:10]).decode()[:10].lower()
