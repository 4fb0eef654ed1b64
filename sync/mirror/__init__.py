"""What the CRMs hold, kept in a local database."""
