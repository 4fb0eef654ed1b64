"""Databases that the mirror and the judging run on."""
