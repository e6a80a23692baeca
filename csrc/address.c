#include "address.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

struct range4 {
  uint32_t first;
  int bits;
};

static const struct range4 closed4[] = {
    {0x00000000, 8},  /* this network */
    {0x0A000000, 8},  /* private */
    {0x64400000, 10}, /* shared by a carrier's customers */
    {0x7F000000, 8},  /* loopback */
    {0xA9FE0000, 16}, /* link-local, where clouds keep their credentials */
    {0xAC100000, 12}, /* private */
    {0xC0000000, 24}, /* protocol assignments */
    {0xC0A80000, 16}, /* private */
    {0xC6120000, 15}, /* benchmarks */
    {0xE0000000, 3},  /* multicast, reserved, broadcast */
};

static bool is_public4(uint32_t address) {
  size_t i;

  for (i = 0; i < sizeof closed4 / sizeof *closed4; i++) {
    if ((address ^ closed4[i].first) >> (32 - closed4[i].bits) == 0) return false;
  }
  return true;
}

static uint32_t read4(const unsigned char *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool is_public6(const unsigned char *p) {
  static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
  static const unsigned char translated[12] = {0x00, 0x64, 0xFF, 0x9B};

  if (memcmp(p, mapped, 12) == 0 || memcmp(p, translated, 12) == 0) {
    return is_public4(read4(p + 12));
  }
  if (p[0] == 0x20 && p[1] == 0x02) return is_public4(read4(p + 2)); /* 6to4 */
  return (p[0] & 0xE0) == 0x20; /* 2000::/3, the only range of global addresses */
}

bool address_is_public(const struct sockaddr *address) {
  if (address->sa_family == AF_INET) {
    struct sockaddr_in in;

    memcpy(&in, address, sizeof in);
    return is_public4(ntohl(in.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6) {
    struct sockaddr_in6 in6;

    memcpy(&in6, address, sizeof in6);
    return is_public6(in6.sin6_addr.s6_addr);
  }
  return false;
}
