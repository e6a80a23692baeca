/* Incremental parser of text/event-stream (WHATWG HTML, 9.2.6): bytes in, events out.
 * Pure. Comments, `id` and `retry` are read over: fal.ai's streams offer no resumption. */
#ifndef FAL_SSE_H
#define FAL_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* Returns false to stop the parser (it then counts as failed). The strings are the
 * parser's and live until the call returns. */
typedef bool (*sse_emit)(void *context, const char *data, size_t len, const char *name);

struct sse {
  struct buf line;
  struct buf data;
  struct buf name;
  bool has_data;
  bool after_cr; /* a CR ended the last line: an LF right behind it belongs to it */
  bool begun;    /* the byte order mark has been looked for */
  sse_emit emit;
  void *context;
};

/* Cannot fail. No line and no event may be longer than max_event bytes. */
void sse_init(struct sse *s, size_t max_event, sse_emit emit, void *context);
void sse_free(struct sse *s);

/* False when an event was too long, memory is out, or emit said so. An unfinished event
 * at the end of the stream is dropped, as the standard says. */
bool sse_feed(struct sse *s, const char *bytes, size_t len);

#endif
