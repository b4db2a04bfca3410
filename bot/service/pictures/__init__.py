"""Intake of pictures: downloaded, inspected in a separate process, stored."""
