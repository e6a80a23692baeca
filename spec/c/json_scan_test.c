#include "json_scan.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

/* In memory of its very size, so that a sanitizer sees a byte too far. */
static char *exactly(const char *s, size_t len) {
  char *copy = malloc(len ? len : 1);

  memcpy(copy, s, len);
  return copy;
}

static bool stands_for(const char *s, const char *expected, size_t expected_len) {
  size_t len = strlen(s);
  char *raw = exactly(s, len), *to = malloc(len ? len : 1);
  bool good = json_unescape(to, raw, &len) && len == expected_len &&
              memcmp(to, expected, len) == 0;

  free(raw);
  free(to);
  return good;
}

static bool is_none(const char *s) {
  size_t len = strlen(s);
  char *raw = exactly(s, len), *to = malloc(len ? len : 1);
  bool good = json_unescape(to, raw, &len);

  free(raw);
  free(to);
  return !good;
}

static void unescapes(void) {
  CHECK(stands_for("", "", 0));
  CHECK(stands_for("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", 8));
  CHECK(stands_for("a\\u0000b", "a\0b", 3));
  CHECK(stands_for("\\u00e9\\u20AC\\ud83c\\udfac", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\xac", 9));
  CHECK(is_none("\\x"));
  CHECK(is_none("\\u12"));
  CHECK(is_none("\\u12g4"));
  CHECK(is_none("\\ud800"));
  CHECK(is_none("\\ud800\\u0041"));
  CHECK(is_none("\\udc00"));
}

static void finds_the_end_of_a_string(void) {
  const char *text = "a\\\"b\\\\\"c";
  bool escaped;

  CHECK(json_string_end(text, text + strlen(text), &escaped) == text + 6);
  CHECK(escaped);
  CHECK(json_string_end(text, text + 5, &escaped) == NULL);
  CHECK(json_string_end(text, text + 2, &escaped) == NULL);
}

static bool reads(const char *s, size_t used, double expected) {
  size_t len = strlen(s);
  char *raw = exactly(s, len);
  double n = 0;
  const char *to = json_number_end(raw, raw + len, &n);
  bool good = to == raw + used && memcmp(&n, &expected, sizeof n) == 0;

  free(raw);
  return good;
}

static bool refuses(const char *s) {
  double n;

  return json_number_end(s, s + strlen(s), &n) == NULL;
}

static void reads_numbers(void) {
  CHECK(reads("0", 1, 0));
  CHECK(reads("-12,", 3, -12));
  CHECK(reads("999999999999999]", 15, 999999999999999.0));
  CHECK(reads("9007199254740993", 16, 9007199254740992.0));
  CHECK(reads("0.1}", 3, 0.1));
  CHECK(reads("-2.5e3", 6, -2500));
  CHECK(reads("1E-7", 4, 1e-7));
  CHECK(reads("0.000000000000000000000000000000000000000000000000000000000000000000000000001",
              77, 1e-75));
  CHECK(refuses("") && refuses("-") && refuses("01") && refuses("1.") && refuses("1e"));
  CHECK(refuses(".5") && refuses("+1") && refuses("NaN"));
  CHECK(reads("0x10", 1, 0));
}

int main(void) {
  unescapes();
  finds_the_end_of_a_string();
  reads_numbers();
  return check_report();
}
