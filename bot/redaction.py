"""Redaction of secrets in texts that people read."""

import json
import re

MASK = "[hidden]"

_MIN_SECRET_LENGTH = 6  # a placeholder token such as "x" would hide most of a text

_LOOKS_SECRET = re.compile(
    # A bot's token: its id, a time and a signature.
    r"\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"
    # The token of an interaction: "interaction:" and more, in base 64.
    r"|aW50ZXJhY3Rpb246[\w=-]+"
    # The token of an interaction or a webhook, within an address.
    r"|(?P<before>\b(?:interactions|webhooks)/\d{1,20}/)[\w.%-]{20,}"
    # The token of a program that reads plans.
    r"|\bcbf_[\w-]{20,}"
    # The user and password of an address.
    r"|(?<=://)[^\s/?#\"'<>@]*:[^\s/?#\"'<>]*(?=@)"
    # Values in the query of an address, by names such as access_token.
    r"|(?P<query>[?&](?i:[\w.-]*(?:token|secret|passw|key|sig|auth)[\w.-]*)=)[^\s&#\"']+",
    re.ASCII,
)


def masked(text: str, secret: str = "") -> str:
    """Hide `secret`, anything that looks like a token of Discord's or of a program, and passwords in URLs."""
    if len(secret) >= _MIN_SECRET_LENGTH:
        # In JSON, a secret with quotes or backslashes looks different.
        for form in {secret, json.dumps(secret)[1:-1]}:
            text = text.replace(form, MASK)
    return _LOOKS_SECRET.sub(lambda match: (match["before"] or match["query"] or "") + MASK, text)
