"""The configuration: settings, loading, validation errors."""
