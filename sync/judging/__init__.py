"""Judging what was pulled: the rulebook, the records as rules see them, and who is who among them."""
