"""Bulk API 2.0 queries: a job is ordered, runs by the clock, and its result is fetched in pages of CSV."""
