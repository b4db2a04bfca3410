"""The commands in Discord: their limits, and the upload of ours."""
