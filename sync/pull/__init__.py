"""Reads what changed in the CRMs into the mirror."""
