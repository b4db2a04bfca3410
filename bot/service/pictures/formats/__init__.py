"""The formats of pictures, read part by part: what shows the picture is kept, and everything else is removed.

Nothing here needs a library or decodes a pixel.
"""
