"""The demo: the whole loop against a CRM that it starts itself."""
