"""Image formats, parsed part by part: parts that affect the display are retained, all others are removed.

Nothing here needs a library or decodes a pixel.
"""
