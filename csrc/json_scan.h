/* Reads what JSON spells: strings and numbers, in every locale. Pure; keeps no memory. */
#ifndef FAL_JSON_SCAN_H
#define FAL_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* The closing quote of the string that begins at `s`; NULL: there is none. */
const char *json_string_end(const char *s, const char *end, bool *escaped);

/* What `*len` bytes between quotes stand for, in as many bytes at most; false: there is an
 * escape that is none. */
bool json_unescape(char *to, const char *s, size_t *len);

/* NULL: no number begins at `s`, or memory is out for one of very many digits. */
const char *json_number_end(const char *s, const char *end, double *n);

#endif
