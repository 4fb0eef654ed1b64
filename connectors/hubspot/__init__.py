"""Speaks to HubSpot: reads its objects as Arrow tables and keeps our tasks in it."""
