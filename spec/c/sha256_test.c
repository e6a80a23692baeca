#include "sha256.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

static int is(const void *bytes, size_t len, const char *expected) {
  char hex[SHA256_HEX];

  sha256_hex(bytes, len, hex);
  return memcmp(hex, expected, SHA256_HEX) == 0;
}

/* The examples of FIPS 180 (NIST's SHA256.pdf), and the lengths around the padding's edge. */
static void gives_the_published_digests(void) {
  char *million = malloc(1000000);

  CHECK(is("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  CHECK(is("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  CHECK(is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
  CHECK(million != NULL);
  if (!million) return;
  memset(million, 'a', 1000000);
  CHECK(is(million, 1000000,
           "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
  CHECK(is(million, 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"));
  CHECK(is(million, 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"));
  free(million);
}

int main(void) {
  gives_the_published_digests();
  return check_report();
}
