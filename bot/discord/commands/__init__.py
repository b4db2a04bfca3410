"""The commands that Discord is told of: their limits, and how the list is kept equal to ours."""
