"""Speaks to Salesforce: login, reading, writing tasks, and what write-back needs."""
