"""What past runs left behind."""
