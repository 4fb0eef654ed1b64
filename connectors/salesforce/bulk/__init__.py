"""Reads big objects by Salesforce's Bulk API 2.0: a query is ordered, runs there, and its result is fetched as CSV."""
