/* Strings and numbers as JSON spells them: the same text on every Lua and in every locale.
 * Pure; no memory of its own. */
#ifndef FAL_JSON_TEXT_H
#define FAL_JSON_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define JSON_TEXT_EXACT 9007199254740992.0 /* every integer up to here is a double */
#define JSON_NUMBER_MAX 32 /* bytes that a number takes at most, with its NUL */

/* Bytes that `s` takes in quotes; 0: it is no UTF-8, from the byte `*bad` on (1: the first). */
size_t json_text_size(const char *s, size_t len, size_t *bad);

/* Writes it to where so many bytes have room; returns the end. */
char *json_text_write(char *to, const char *s, size_t len);

/* Whole numbers without point and exponent as long as they are exact, others with as few
 * digits as read back the same. Returns the length; 0: not a finite number. */
size_t json_text_number(char to[JSON_NUMBER_MAX], double n);
size_t json_text_integer(char to[JSON_NUMBER_MAX], int64_t n);

#endif
