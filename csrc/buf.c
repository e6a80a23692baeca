#include "buf.h"

#include <stdlib.h>
#include <string.h>

#define BUF_FIRST 128u

void buf_init(struct buf *b, size_t max) {
  memset(b, 0, sizeof *b);
  b->max = max;
}

static bool fail(struct buf *b, enum buf_error error) {
  b->error = error;
  return false;
}

/* Room for len more bytes and the NUL behind them. */
static bool reserve(struct buf *b, size_t len) {
  size_t need = b->len + len + 1;
  size_t cap = b->cap ? b->cap : BUF_FIRST;
  char *grown;

  if (need <= b->cap) return true;
  while (cap < need) cap *= 2;
  grown = realloc(b->data, cap);
  if (!grown) return fail(b, BUF_NOMEM);
  b->data = grown;
  b->cap = cap;
  return true;
}

bool buf_append(struct buf *b, const void *bytes, size_t len) {
  if (b->error != BUF_OK) return false;
  if (len > b->max - b->len) return fail(b, BUF_FULL);
  if (len == 0) return true;
  if (!reserve(b, len)) return false;
  memcpy(b->data + b->len, bytes, len);
  b->len += len;
  b->data[b->len] = '\0';
  return true;
}

bool buf_append_str(struct buf *b, const char *text) {
  return buf_append(b, text, strlen(text));
}

void buf_clear(struct buf *b) {
  b->len = 0;
  b->error = BUF_OK;
  if (b->data) b->data[0] = '\0';
}

void buf_free(struct buf *b) {
  size_t max = b->max;

  free(b->data);
  buf_init(b, max);
}

void buf_wipe(struct buf *b) {
  volatile char *p = b->data;
  size_t i;

  /* volatile: a plain memset before free is dead code to the optimiser. */
  for (i = 0; p && i < b->cap; i++) p[i] = 0;
  buf_free(b);
}

const char *buf_str(const struct buf *b) {
  return b->data ? b->data : "";
}
