"""Speaks to CRMs: objects and fields in, tasks out; knows nothing of rules or plans."""
