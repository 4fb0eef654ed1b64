"""Findings against the tasks that are there already: what to create, update and close, and what is held back."""
