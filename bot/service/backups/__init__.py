"""When backups are made, which are kept, and what is in one."""
