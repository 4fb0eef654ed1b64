"""One client, several CRMs: which accounts, people and activities are the same, which may be, and what contradicts itself."""
