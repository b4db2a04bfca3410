"""Acts for programs: plans as of a moment, their changes, exports and tokens."""
