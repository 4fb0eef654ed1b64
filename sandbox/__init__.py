"""A CRM on loopback that speaks both vendors' dialects, for demo, tests, faults and benchmarks."""
