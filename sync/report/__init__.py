"""What a person or a program reads of a run: text for a terminal, documents for `--json`."""
