"""An MCP server that shows plans to language models: a client of Coachbook’s API that only reads."""
