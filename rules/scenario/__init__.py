"""Whole stories on records with a frozen clock: what the rules find of them, and whether that was expected."""
