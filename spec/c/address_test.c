#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "address.h"
#include "check.h"

static bool is_public(const char *text) {
  struct sockaddr_in in;
  struct sockaddr_in6 in6;

  memset(&in, 0, sizeof in);
  memset(&in6, 0, sizeof in6);
  in.sin_family = AF_INET;
  in6.sin6_family = AF_INET6;
  if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
    return address_is_public((const struct sockaddr *)&in);
  }
  CHECK(inet_pton(AF_INET6, text, &in6.sin6_addr) == 1);
  return address_is_public((const struct sockaddr *)&in6);
}

static void addresses_of_the_internet_are_public(void) {
  static const char *const list[] = {"8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0",
      "100.63.0.1", "100.128.0.1", "169.253.0.1", "192.167.1.1", "223.255.255.255",
      "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
      "2002:808:808::1"};
  size_t i;

  for (i = 0; i < sizeof list / sizeof *list; i++) CHECK(is_public(list[i]));
}

static void all_others_are_not(void) {
  static const char *const list[] = {"0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1",
      "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
      "192.168.1.1", "198.18.0.1", "198.19.255.255", "224.0.0.1", "240.0.0.1",
      "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1",
      "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::169.254.169.254", "2002:7f00:1::",
      "::127.0.0.1"};
  size_t i;

  for (i = 0; i < sizeof list / sizeof *list; i++) CHECK(!is_public(list[i]));
}

static void other_families_are_not(void) {
  struct sockaddr local;

  memset(&local, 0, sizeof local);
  local.sa_family = AF_UNIX;
  CHECK(!address_is_public(&local));
}

int main(void) {
  addresses_of_the_internet_are_public();
  all_others_are_not();
  other_families_are_not();
  return check_report();
}
