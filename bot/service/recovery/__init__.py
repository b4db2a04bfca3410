"""The database in trouble: noticing it, queueing what comes meanwhile, and replaying that."""
