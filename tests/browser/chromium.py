"""Headless Chromium, at the size and with the pointer of a machine with a mouse."""

import shutil
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMEDRIVER = shutil.which("chromedriver")
_MOUSE = "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"
"""Settings of a machine with a mouse, which a headless Chromium lacks."""


def start_chromium(profile: Path) -> webdriver.Chrome:
    """Start it with a profile of its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    own = (f"user-data-dir={profile}", f"blink-settings={_MOUSE}")
    for argument in ("headless=new", "no-sandbox", "disable-dev-shm-usage", *own):
        options.add_argument(f"--{argument}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
