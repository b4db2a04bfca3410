"""Clients by their addresses."""

import ipaddress
from typing import Final

_NETWORK_OF_ONE: Final = 64
"""Bits of an IPv6 address; the others are the client's to choose (RFC 6177)."""


def client_of(address: str) -> str:
    """Return the name by which limits count the client with the address; of IPv6, which gives it many, its network."""
    found = ipaddress.ip_address(address)
    return address if found.version == 4 else str(ipaddress.ip_network((found, _NETWORK_OF_ONE), strict=False))


def is_local(address: str) -> bool:
    """Return whether it is an address of this machine alone."""
    return ipaddress.ip_address(address).is_loopback
