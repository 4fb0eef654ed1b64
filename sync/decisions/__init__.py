"""What each run decided and why, kept as one file a run for as long as the config says."""
