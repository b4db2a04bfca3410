"""A page that shows the local Discord and lets a person use it: see `sandbox.web.page`."""

from sandbox.web.page import Page, PageSetting

__all__ = ["Page", "PageSetting"]
