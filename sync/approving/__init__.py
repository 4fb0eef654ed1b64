"""Plans that a person approves: written to a file, and carried out exactly or not at all."""
