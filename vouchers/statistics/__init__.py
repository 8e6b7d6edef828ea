"""What happened, counted from journal and ledger as of a day."""
