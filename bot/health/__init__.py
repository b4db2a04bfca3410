"""The health port: health and metrics for the programs that watch the bot."""
