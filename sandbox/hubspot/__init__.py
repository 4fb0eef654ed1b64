"""HubSpot's side of the sandbox: its paths, its rules and its error texts."""
