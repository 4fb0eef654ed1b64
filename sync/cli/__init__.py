"""The command line: one function for each command, what it prints, and how it ends."""
