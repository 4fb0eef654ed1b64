"""Our own people: who is away, who takes over, and who may see which client."""
