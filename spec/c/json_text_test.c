#include "json_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* In memory of its very size, so that a sanitizer sees a byte too far. */
static bool spells(const char *s, size_t len, const char *expected) {
  size_t bad = 0, size = json_text_size(s, len, &bad);
  char *text = malloc(size ? size : 1);
  bool same = size == strlen(expected) && json_text_write(text, s, len) == text + size &&
              memcmp(text, expected, size) == 0;

  free(text);
  return same;
}

static void quotes_and_escapes(void) {
  CHECK(spells("", 0, "\"\""));
  CHECK(spells("a cat", 5, "\"a cat\""));
  CHECK(spells("\"\\/\b\f\n\r\t", 8, "\"\\\"\\\\/\\b\\f\\n\\r\\t\""));
  CHECK(spells("\0\x1b\x7f", 3, "\"\\u0000\\u001b\\u007f\""));
  CHECK(spells("\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\xac", 9,
               "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\xac\""));
}

static size_t bad_at(const char *s, size_t len) {
  size_t bad = 0;

  return json_text_size(s, len, &bad) == 0 ? bad : 0;
}

static void refuses_what_is_no_utf8(void) {
  CHECK(bad_at("ok\xff", 3) == 3);
  CHECK(bad_at("\x80", 1) == 1);
  CHECK(bad_at("\xc0\xaf", 2) == 1);          /* overlong */
  CHECK(bad_at("\xe0\x80\xaf", 3) == 1);
  CHECK(bad_at("a\xed\xa0\x80", 4) == 2);     /* a surrogate */
  CHECK(bad_at("\xf4\x90\x80\x80", 4) == 1);  /* past U+10FFFF */
  CHECK(bad_at("\xf0\x80\x80\x80", 4) == 1);
  CHECK(bad_at("\xe2\x82\xac", 2) == 1);      /* cut short */
  CHECK(bad_at("\xf0\x9f\x8e\xac", 4) == 0);
}

static bool prints(double n, const char *expected) {
  char text[JSON_NUMBER_MAX];
  size_t len = json_text_number(text, n);

  return len == strlen(expected) && memcmp(text, expected, len) == 0;
}

static void spells_numbers(void) {
  char text[JSON_NUMBER_MAX];

  CHECK(prints(8, "8"));
  CHECK(prints(-0.0, "0"));
  CHECK(prints(9007199254740992.0, "9007199254740992"));
  CHECK(prints(0.1, "0.1"));
  CHECK(prints(0.1 + 0.2, "0.30000000000000004"));
  CHECK(prints(1e300, "1e+300"));
  CHECK(json_text_number(text, 1.0 / 3) > 0 && strtod(text, NULL) == 1.0 / 3);
  CHECK(json_text_number(text, (double)INFINITY) == 0);
  CHECK(json_text_number(text, (double)NAN) == 0);
  CHECK(json_text_integer(text, INT64_MIN) == 20);
}

int main(void) {
  quotes_and_escapes();
  refuses_what_is_no_utf8();
  spells_numbers();
  return check_report();
}
