"""The plugins that come with Coachbook: one module, one topic."""
