"""Conflicts between configured ports."""

import ipaddress
from collections.abc import Iterator, Mapping
from itertools import combinations

from bot.config.errors import ConfigIssue

Address = tuple[str, int]
"""An IP address, and a port; 0: none is opened."""


def port_conflicts(addresses: Mapping[tuple[str, str], Address]) -> Iterator[ConfigIssue]:
    """Yield an issue for each setting of a port that another one, named before, opens already."""
    for (first, opened), (second, asked) in combinations(addresses.items(), 2):
        if opened[1] and opened[1] == asked[1] and _overlap(opened[0], asked[0]):
            yield ConfigIssue(second, f"{asked[1]} is the port of {'.'.join(first)} too. Choose another port.")


def _overlap(host: str, other: str) -> bool:
    """Return whether a port can be opened at only one of the two; IPv6 never opens one of IPv4."""
    one, two = ipaddress.ip_address(host), ipaddress.ip_address(other)
    return one.version == two.version and (one == two or one.is_unspecified or two.is_unspecified)
