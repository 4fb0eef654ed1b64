"""Decides, from tables alone, what needs doing."""
