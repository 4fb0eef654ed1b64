"""The memory of past runs: what was planned, sent and answered, so that nothing is done twice."""
