#include "json_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- strings ------------------------------------------------------------------------- */

static bool is_tail(unsigned char c) { return c >= 0x80 && c <= 0xBF; }

/* Length of the well-formed UTF-8 sequence at `s`, 0 where there is none (RFC 3629: no
 * overlong forms, no surrogates, nothing past U+10FFFF). */
static size_t sequence(const unsigned char *s, size_t left) {
  if (s[0] < 0x80) return 1;
  if (s[0] < 0xC2 || s[0] > 0xF4 || left < 2 || !is_tail(s[1])) return 0;
  if (s[0] < 0xE0) return 2;
  if (left < 3 || !is_tail(s[2])) return 0;
  if (s[0] == 0xE0 && s[1] < 0xA0) return 0;
  if (s[0] == 0xED && s[1] > 0x9F) return 0;
  if (s[0] < 0xF0) return 3;
  if (left < 4 || !is_tail(s[3])) return 0;
  if (s[0] == 0xF0 && s[1] < 0x90) return 0;
  if (s[0] == 0xF4 && s[1] > 0x8F) return 0;
  return 4;
}

/* The letter behind the backslash; 0: the character stands for itself, 'u': by its number. */
static char escape_of(unsigned char c) {
  if (c > '\\' && c != 127) return 0;
  switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return c < ' ' || c == 127 ? 'u' : 0;
  }
}

size_t json_text_size(const char *s, size_t len, size_t *bad) {
  const unsigned char *p = (const unsigned char *)s, *end = p + len;
  size_t size = len + 2;

  while (p < end) {
    size_t width = sequence(p, (size_t)(end - p));
    char escape = escape_of(*p);

    if (width == 0) {
      *bad = (size_t)(p - (const unsigned char *)s) + 1;
      return 0;
    }
    if (escape) size += escape == 'u' ? 5 : 1;
    p += width;
  }
  return size;
}

char *json_text_write(char *to, const char *s, size_t len) {
  static const char hex[] = "0123456789abcdef";
  const char *end = s + len;

  *to++ = '"';
  for (; s < end; s++) {
    unsigned char c = (unsigned char)*s;
    char escape = escape_of(c);

    if (!escape) {
      *to++ = *s;
      continue;
    }
    *to++ = '\\';
    *to++ = escape;
    if (escape != 'u') continue;
    *to++ = '0';
    *to++ = '0';
    *to++ = hex[c >> 4];
    *to++ = hex[c & 15];
  }
  *to++ = '"';
  return to;
}

/* ---- numbers ------------------------------------------------------------------------- */

size_t json_text_integer(char to[JSON_NUMBER_MAX], int64_t n) {
  return (size_t)snprintf(to, JSON_NUMBER_MAX, "%" PRId64, n);
}

size_t json_text_number(char to[JSON_NUMBER_MAX], double n) {
  char *comma;
  size_t len = 0;
  int digits;

  if (!isfinite(n)) return 0;
  if (n >= -JSON_TEXT_EXACT && n <= JSON_TEXT_EXACT && floor(n) >= n) return json_text_integer(to, (int64_t)n);
  for (digits = 14; digits <= 17; digits++) {
    double back;

    len = (size_t)snprintf(to, JSON_NUMBER_MAX, "%.*g", digits, n);
    back = strtod(to, NULL);
    if (memcmp(&back, &n, sizeof n) == 0) break;
  }
  comma = strchr(to, ','); /* the host's locale may have it in place of the point */
  if (comma) *comma = '.';
  return len;
}
