"""The database on disk: opened, its rows, its migrations. No rules, no Discord."""
