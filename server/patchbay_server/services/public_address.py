"""Which addresses of the net are public: what somebody on the outside names must not lead to the inside."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

NAT64 = IPv6Network("64:ff9b::/96")
Address = IPv4Address | IPv6Address


def address_of(text: str) -> Address:
    """An address as the system writes it; of one of IPv6 that stands for one of IPv4, that one. Raises ValueError."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_public(address: Address) -> bool:
    """Whether it is one of the public net: not this machine, no private network, no link, no group."""
    return address.is_global and not address.is_multicast
