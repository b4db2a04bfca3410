"""A page to use the local Discord in a browser: see `sandbox.web.page`."""

from sandbox.web.page import Page, PageSetting

__all__ = ["Page", "PageSetting"]
