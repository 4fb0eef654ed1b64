"""The config: one TOML file, read whole, every mistake in it named with its place and remedy."""
