"""The rules of a config on past days."""
