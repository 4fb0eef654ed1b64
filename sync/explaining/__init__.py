"""Why a rule does or does not fire for a client, and what the plan makes of it."""
