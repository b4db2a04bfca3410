"""The book on disk: how it is opened, its rows, how it got its shape. No rules, no Discord."""
