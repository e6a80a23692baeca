#include "json_scan.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DIGITS 15 /* of a whole number: exact in a double */

const char *json_string_end(const char *s, const char *end, bool *escaped) {
  *escaped = false;
  for (; s < end && *s != '"'; s++) {
    if (*s != '\\') continue;
    *escaped = true;
    if (++s == end) return NULL;
  }
  return s < end ? s : NULL;
}

/* Four hexadecimal digits; -1: they are none. */
static int32_t hex4(const char *s, const char *end) {
  int32_t n = 0;
  int i;

  if (end - s < 4) return -1;
  for (i = 0; i < 4; i++) {
    char c = s[i];
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;

    if (digit < 0) return -1;
    n = n * 16 + digit;
  }
  return n;
}

static char *put_utf8(char *to, int32_t c) {
  if (c < 0x80) {
    *to++ = (char)c;
    return to;
  }
  if (c < 0x800) {
    *to++ = (char)(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      *to++ = (char)(0xE0 | c >> 12);
    } else {
      *to++ = (char)(0xF0 | c >> 18);
      *to++ = (char)(0x80 | (c >> 12 & 0x3F));
    }
    *to++ = (char)(0x80 | (c >> 6 & 0x3F));
  }
  *to++ = (char)(0x80 | (c & 0x3F));
  return to;
}

/* The character of \uXXXX, which may be one half of two; NULL: there is none. */
static const char *read_code(const char *s, const char *end, int32_t *c) {
  int32_t low;

  *c = hex4(s, end);
  if (*c < 0 || (*c >= 0xDC00 && *c <= 0xDFFF)) return NULL;
  s += 4;
  if (*c < 0xD800 || *c > 0xDBFF) return s;
  if (end - s < 6 || s[0] != '\\' || s[1] != 'u') return NULL;
  low = hex4(s + 2, end);
  if (low < 0xDC00 || low > 0xDFFF) return NULL;
  *c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00);
  return s + 6;
}

bool json_unescape(char *to, const char *s, size_t *len) {
  static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  const char *end = s + *len;
  char *first = to;

  while (s < end) {
    const char *letter;
    int32_t c;

    if (*s != '\\') {
      *to++ = *s++;
      continue;
    }
    if (++s == end) return false;
    if (*s == 'u') {
      s = read_code(s + 1, end, &c);
      if (!s) return false;
      to = put_utf8(to, c);
      continue;
    }
    letter = *s ? strchr(letters, *s) : NULL;
    if (!letter) return false;
    *to++ = meant[letter - letters];
    s++;
  }
  *len = (size_t)(to - first);
  return true;
}

static const char *digits(const char *s, const char *end) {
  while (s < end && *s >= '0' && *s <= '9') s++;
  return s;
}

/* The end of a number's fraction and exponent; NULL: one of them has no digits. */
static const char *fraction(const char *s, const char *end) {
  const char *from;

  if (s < end && *s == '.') {
    from = s + 1;
    s = digits(from, end);
    if (s == from) return NULL;
  }
  if (s < end && (*s == 'e' || *s == 'E')) {
    s++;
    if (s < end && (*s == '+' || *s == '-')) s++;
    from = s;
    s = digits(from, end);
    if (s == from) return NULL;
  }
  return s;
}

/* strtod wants the point of the host's locale. */
static bool convert(const char *s, size_t len, double *n) {
  char few[64], *text = len < sizeof few ? few : malloc(len + 1), *point;

  if (!text) return false;
  memcpy(text, s, len);
  text[len] = '\0';
  point = strchr(text, '.');
  if (point) *point = *localeconv()->decimal_point;
  *n = strtod(text, NULL);
  if (text != few) free(text);
  return true;
}

const char *json_number_end(const char *s, const char *end, double *n) {
  const char *from = s, *whole = s + (s < end && *s == '-');
  const char *p = digits(whole, end), *to;

  if (p == whole || (*whole == '0' && p - whole > 1)) return NULL;
  to = fraction(p, end);
  if (!to) return NULL;
  if (to > p || p - whole > MAX_DIGITS) {
    return convert(from, (size_t)(to - from), n) ? to : NULL;
  }
  *n = 0;
  for (; whole < p; whole++) *n = *n * 10 + (*whole - '0');
  if (*from == '-') *n = -*n;
  return to;
}
