#include "trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static char root[] = "/tmp/fal-trust-XXXXXX";

static const char *in(const char *name) {
  static char path[2][128];
  static int turn;
  char *out = path[turn = !turn];

  snprintf(out, sizeof path[0], "%s/%s", root, name);
  return out;
}

static void put(const char *name, int certificates) {
  FILE *file = fopen(in(name), "w");

  while (file && certificates-- > 0) {
    fputs("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", file);
  }
  if (file) fclose(file);
}

int main(void) {
  CHECK(mkdtemp(root) != NULL);
  CHECK(mkdir(in("certs"), 0700) == 0 && mkdir(in("empty"), 0700) == 0);
  put("two", 2);
  put("three", 3);
  put("certs/a.pem", 1);
  put("certs/b.pem", 1);
  put("empty/c.pem", 1); /* without its hash nobody finds it */
  CHECK(symlink("a.pem", in("certs/0123abcd.0")) == 0);
  CHECK(trust_choose(in("two"), in("certs")) == TRUST_BOTH);
  CHECK(symlink("a.pem", in("certs/4567abcd.0")) == 0); /* by another kind of hash */
  unlink(in("certs/b.pem"));
  CHECK(trust_choose(in("two"), in("certs")) == TRUST_BOTH);
  put("certs/all.crt", 2); /* the file itself, among the rest */
  CHECK(trust_choose(in("certs/all.crt"), in("certs")) == TRUST_BOTH);
  unlink(in("certs/all.crt"));
  put("certs/b.pem", 1);
  CHECK(symlink("b.pem", in("certs/0123abcd.1")) == 0);
  CHECK(trust_choose(in("two"), in("certs")) == TRUST_FOLDER);
  CHECK(trust_choose(NULL, in("certs")) == TRUST_FOLDER);
  CHECK(trust_choose(in("three"), in("certs")) == TRUST_BOTH);
  CHECK(trust_choose(in("two"), in("empty")) == TRUST_FILE);
  CHECK(trust_choose(in("two"), in("absent")) == TRUST_FILE);
  CHECK(trust_choose(in("two"), NULL) == TRUST_FILE);
  CHECK(trust_choose(NULL, NULL) == TRUST_BOTH);
  unlink(in("two")), unlink(in("three")), unlink(in("empty/c.pem"));
  unlink(in("certs/a.pem")), unlink(in("certs/b.pem")), unlink(in("certs/0123abcd.0"));
  unlink(in("certs/4567abcd.0"));
  unlink(in("certs/0123abcd.1")), rmdir(in("certs")), rmdir(in("empty")), rmdir(root);
  return check_report();
}
