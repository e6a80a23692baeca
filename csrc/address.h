/* Whether an address belongs to the public internet. Pure. */
#ifndef FAL_ADDRESS_H
#define FAL_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* False for loopback, private, link-local, shared, reserved and multicast ranges (IANA's
 * special-purpose registries), also where IPv6 wraps an IPv4 address, and for families
 * other than these two. */
bool address_is_public(const struct sockaddr *address);

#endif
