#include "buf.h"

#include <string.h>

#include "check.h"

static void grows_and_ends_with_nul(void) {
  struct buf b;
  int i;

  buf_init(&b, 1000);
  CHECK(strcmp(buf_str(&b), "") == 0);
  for (i = 0; i < 100 && buf_append_str(&b, "0123456789"); i++) continue;
  CHECK(i == 100);
  CHECK(b.len == 1000 && strlen(buf_str(&b)) == 1000);
  buf_free(&b);
}

static void refuses_past_its_maximum_for_good(void) {
  struct buf b;

  buf_init(&b, 5);
  CHECK(buf_append_str(&b, "1234"));
  CHECK(!buf_append_str(&b, "56"));
  CHECK(b.len == 4 && b.error == BUF_FULL);
  CHECK(!buf_append_str(&b, "5"));
  buf_clear(&b);
  CHECK(buf_append_str(&b, "12345"));
  CHECK(!buf_append(&b, "x", (size_t)-1));
  buf_free(&b);
  buf_free(&b);
}

static void wiping_leaves_it_usable(void) {
  struct buf b;

  buf_init(&b, 100);
  CHECK(buf_append_str(&b, "secret"));
  buf_wipe(&b);
  CHECK(b.len == 0 && b.data == NULL);
  CHECK(buf_append_str(&b, "next") && strcmp(b.data, "next") == 0);
  buf_free(&b);
}

int main(void) {
  grows_and_ends_with_nul();
  refuses_past_its_maximum_for_good();
  wiping_leaves_it_usable();
  return check_report();
}
