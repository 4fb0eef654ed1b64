"""How the tables of the ledger came to be, one step a file, run when a ledger is opened."""
