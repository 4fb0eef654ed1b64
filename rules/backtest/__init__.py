"""The past, judged day by day: what rules would have raised, and what other ones would have."""
