/* A growing byte buffer with a maximum and a sticky error: append without looking, check
 * once at the end. Knows no I/O. The owner of the struct owns the bytes. */
#ifndef FAL_BUF_H
#define FAL_BUF_H

#include <stdbool.h>
#include <stddef.h>

enum buf_error { BUF_OK, BUF_FULL, BUF_NOMEM };

struct buf {
  char *data; /* NUL-terminated when not NULL, so that text can be read as a C string */
  size_t len;
  size_t cap;
  size_t max;
  enum buf_error error;
};

/* Cannot fail; nothing is allocated before the first byte. */
void buf_init(struct buf *b, size_t max);

/* False, and no byte added, once the maximum would be passed or memory is out; from then
 * on every append fails. */
bool buf_append(struct buf *b, const void *bytes, size_t len);
bool buf_append_str(struct buf *b, const char *text);

/* Forgets the content and the error, keeps the memory. */
void buf_clear(struct buf *b);

/* As buf_free, but overwrites the bytes first: for what held a secret. */
void buf_wipe(struct buf *b);

/* Idempotent; the buffer is empty and usable afterwards. */
void buf_free(struct buf *b);

/* The text, never NULL. */
const char *buf_str(const struct buf *b);

#endif
