"""Time zones that people mean by an abbreviation, such as America/New_York by EST.

The time zone EST itself has no daylight saving time, so days would begin an hour late from March to November.
"""

from typing import Final

TIMEZONE_ABBREVIATIONS: Final[dict[str, tuple[str, ...]]] = {
    word: places
    for words, places in (
        (("est", "edt", "et", "eastern", "eastern time"), ("America/New_York", "America/Toronto", "America/Panama")),
        (("cst", "cdt", "ct", "central", "central time"), ("America/Chicago", "America/Mexico_City", "Asia/Shanghai")),
        (("mst", "mdt", "mt", "mountain", "mountain time"), ("America/Denver", "America/Phoenix", "America/Edmonton")),
        (("pst", "pdt", "pt", "pacific", "pacific time"), ("America/Los_Angeles", "America/Vancouver")),
        (("akst", "akdt", "alaska"), ("America/Anchorage",)),
        (("hst", "hdt", "hawaii"), ("Pacific/Honolulu",)),
        (("ast", "adt", "atlantic time"), ("America/Halifax", "America/Puerto_Rico")),
        (("nst", "ndt"), ("America/St_Johns",)),
        (("brt", "brazil"), ("America/Sao_Paulo",)),
        (("gmt",), ("UTC", "Europe/London")),
        (("bst", "uk", "england"), ("Europe/London",)),
        (("wet", "west"), ("Europe/Lisbon",)),
        (("cet", "cest", "met", "mez", "mesz"), ("Europe/Berlin", "Europe/Paris", "Europe/Zurich", "Europe/Madrid")),
        (("germany",), ("Europe/Berlin",)),
        (("eet", "eest"), ("Europe/Athens", "Europe/Helsinki", "Europe/Kyiv")),
        (("msk",), ("Europe/Moscow",)),
        (("sast",), ("Africa/Johannesburg",)),
        (("gst",), ("Asia/Dubai",)),
        (("ist", "india"), ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin")),
        (("sgt",), ("Asia/Singapore",)),
        (("hkt",), ("Asia/Hong_Kong",)),
        (("china",), ("Asia/Shanghai",)),
        (("jst",), ("Asia/Tokyo",)),
        (("kst",), ("Asia/Seoul",)),
        (("awst",), ("Australia/Perth",)),
        (("acst", "acdt"), ("Australia/Adelaide",)),
        (("aest", "aedt"), ("Australia/Sydney", "Australia/Brisbane")),
        (("nzst", "nzdt", "nzt", "nz"), ("Pacific/Auckland",)),
    )
    for word in words
}
"""Time zones by abbreviation in lower case, the most likely first."""
