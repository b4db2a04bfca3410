"""The API for programs: plans over HTTP, as they were known at a moment. Its modules need the extra `feed`."""
