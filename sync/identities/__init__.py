"""Who is who between the CRMs."""
