#include "answer.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_HEAD (64u << 10)       /* fal.ai limits itself to 16 KB */
#define MAX_FILE_ERROR (64u << 10) /* page of a refused download */
#define MAX_EVENTS (256u << 10) /* bytes waiting to be fetched before the stream pauses */

/* ---- life ---------------------------------------------------------------------------- */

static bool on_event(void *context, const char *data, size_t len, const char *name);

void answer_init(struct answer *a, const struct answer_plan *plan) {
  memset(a, 0, sizeof *a);
  a->plan = *plan;
  a->length = a->start = a->whole = -1;
  a->events_end = &a->events;
  buf_init(&a->head, MAX_HEAD);
  sink_init(&a->sink, plan->file ? MAX_FILE_ERROR : plan->max_body);
  sse_init(&a->sse, plan->max_body, on_event, a);
}

void answer_free(struct answer *a) {
  while (a->events) answer_drop_event(a);
  sse_free(&a->sse);
  sink_free(&a->sink);
  buf_free(&a->head);
}

void answer_fail(struct answer *a, enum outcome failure, const char *message) {
  if (a->failure != OUT_PENDING) return;
  a->failure = failure;
  snprintf(a->message, sizeof a->message, "%s", message);
}

/* ---- headers ------------------------------------------------------------------------- */

/* "bytes 200-1000/67589", or an asterisk for the last. */
static void note_range(struct answer *a, const char *value) {
  const char *slash = strchr(value, '/');

  if (strncasecmp(value, "bytes ", 6) != 0 || !isdigit((unsigned char)value[6])) return;
  a->start = strtoll(value + 6, NULL, 10);
  if (slash && isdigit((unsigned char)slash[1])) a->whole = strtoll(slash + 1, NULL, 10);
}

static void note_header(struct answer *a, const char *name, const char *value) {
  if (strcmp(name, "content-length") == 0) {
    a->length = strtoll(value, NULL, 10);
  } else if (strcmp(name, "content-range") == 0) {
    note_range(a, value);
  } else if (strcmp(name, "content-type") == 0) {
    a->is_events = strncasecmp(value, "text/event-stream", 17) == 0;
  }
}

static bool append_lower(struct buf *b, const char *text, size_t len) {
  size_t i = b->len;

  if (!buf_append(b, text, len)) return false;
  for (; i < b->len; i++) {
    if (b->data[i] >= 'A' && b->data[i] <= 'Z') b->data[i] = (char)(b->data[i] | 0x20);
  }
  return true;
}

static bool is_own(const char *line, size_t len) {
  char first = line[0] | 0x20;

  if (first == 'x') return len > 2 && line[1] == '-';
  return first == 'r' && len > 12 && strncasecmp(line, "retry-after:", 12) == 0;
}

static bool is_wanted(const struct answer *a, const char *line, size_t len) {
  if (a->plan.heads == HEADS_ALL || a->status < 200 || a->status > 299) return true;
  return a->plan.heads == HEADS_OWN && len > 0 && is_own(line, len);
}

/* "Name: value" becomes name, NUL, value, NUL. A NUL inside would shift all pairs behind
 * it, so such a line is dropped. */
static bool keep_header(struct answer *a, const char *line, size_t len) {
  const char *colon = memchr(line, ':', len);
  size_t name_len, from, name_at = a->head.len;

  if (!colon || memchr(line, '\0', len)) return true;
  name_len = (size_t)(colon - line);
  from = name_len + 1;
  while (from < len && (line[from] == ' ' || line[from] == '\t')) from++;
  while (len > from && isspace((unsigned char)line[len - 1])) len--;
  if (!append_lower(&a->head, line, name_len) || !buf_append(&a->head, "", 1) ||
      !buf_append(&a->head, line + from, len - from) || !buf_append(&a->head, "", 1)) {
    return false;
  }
  note_header(a, a->head.data + name_at, a->head.data + name_at + name_len + 1);
  return true;
}

/* A status line begins an answer anew: interim ones and followed redirects have one too. */
static void begin_head(struct answer *a, const char *line, size_t len) {
  const char *space = memchr(line, ' ', len);

  buf_clear(&a->head);
  a->status = space ? atoi(space + 1) : 0;
  a->length = a->start = a->whole = -1;
  a->is_events = false;
}

bool answer_header(struct answer *a, const char *line, size_t len) {
  /* What came before may be handed out already. */
  if (a->failure != OUT_PENDING) return false;
  if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
    begin_head(a, line, len);
    return true;
  }
  if (!is_wanted(a, line, len) || keep_header(a, line, len)) return true;
  if (a->head.error == BUF_FULL) {
    answer_fail(a, OUT_TOO_LARGE, "the answer's headers are larger than allowed");
  } else {
    answer_fail(a, OUT_MEMORY, "out of memory");
  }
  return false;
}

const char *answer_value(const struct answer *a, const char *name) {
  const char *p = buf_str(&a->head);
  const char *end = p + a->head.len;

  while (p < end) {
    const char *value = p + strlen(p) + 1;

    if (strcmp(p, name) == 0) return value;
    p = value + strlen(value) + 1;
  }
  return NULL;
}

/* ---- body into a file ---------------------------------------------------------------- */

bool answer_file_failed(struct answer *a) {
  answer_fail(a, OUT_FILE, sink_reason(&a->sink));
  return false;
}

bool answer_open(struct answer *a) {
  if (!a->plan.file) return true;
  return sink_open(&a->sink, a->plan.file, a->plan.resume) || answer_file_failed(a);
}

/* What tells this version of the file from any other, byte for byte. A weak ETag does not,
 * nor does a date as young as the answer (RFC 9110, 8.8.2.2). */
static const char *version(const struct answer *a) {
  const char *etag = answer_value(a, "etag");
  const char *modified = answer_value(a, "last-modified");
  const char *date = answer_value(a, "date");

  if (etag && etag[0] == '"') return etag;
  return modified && date && strcmp(modified, date) != 0 ? modified : "";
}

/* A server that ignores If-Range would glue two versions together. */
static bool same_file(const struct answer *a) {
  const char *etag = answer_value(a, "etag");
  const char *modified = answer_value(a, "last-modified");
  const char *had = a->sink.guard;

  if (a->start != a->sink.had) return false;
  if (had[0] == '"') return etag && strcmp(etag, had) == 0;
  return !modified || strcmp(modified, had) == 0;
}

static bool begin_file(struct answer *a) {
  a->to_file = true;
  if (a->status == 206) {
    if (same_file(a)) return true;
    answer_fail(a, OUT_PROTOCOL, "the server answered with another part of the file");
    return false;
  }
  if (a->sink.had > 0 && !sink_restart(&a->sink)) return answer_file_failed(a);
  sink_mark(&a->sink, version(a));
  return true;
}

static bool size_fits(struct answer *a) {
  if (a->length < 0 || a->plan.expect_size < 0) return true;
  if (a->sink.had + a->length == a->plan.expect_size) return true;
  answer_fail(a, OUT_PROTOCOL, "the server announces another size than expected");
  return false;
}

static bool begin_body(struct answer *a) {
  a->began = true;
  if (!a->plan.file || (a->status != 200 && a->status != 206)) return true;
  return begin_file(a) && size_fits(a);
}

/* A 200 without a body still is a file, an empty one; a 206 may bring less than it was
 * asked for (RFC 9110, 15.3.7). */
bool answer_complete(struct answer *a) {
  if (a->failure != OUT_PENDING) return false;
  if (!a->began && !begin_body(a)) return false;
  if (!a->to_file) return true;
  if (a->plan.expect_size >= 0 && a->sink.size != a->plan.expect_size) {
    answer_fail(a, OUT_TRUNCATED, "the file has another size than expected");
    return false;
  }
  if (a->status == 206 && a->whole >= 0 && a->sink.size != a->whole) {
    answer_fail(a, OUT_TRUNCATED, "the server sent a part of the file only");
    return false;
  }
  return true;
}

bool answer_commit(struct answer *a) {
  return !a->to_file || sink_commit(&a->sink) || answer_file_failed(a);
}

/* ---- body into events ---------------------------------------------------------------- */

static bool on_event(void *context, const char *data, size_t len, const char *name) {
  struct answer *a = context;
  size_t name_size = strlen(name) + 1;
  size_t size = sizeof(struct event) + len + 1 + name_size;
  struct event *event = malloc(size);

  if (!event) {
    answer_fail(a, OUT_MEMORY, "out of memory");
    return false;
  }
  event->next = NULL;
  event->len = len;
  event->size = size;
  memcpy(event->data, data, len);
  event->data[len] = '\0';
  memcpy(event->data + len + 1, name, name_size);
  event->name = event->data + len + 1;
  *a->events_end = event;
  a->events_end = &event->next;
  a->events_size += size;
  return true;
}

void answer_drop_event(struct answer *a) {
  struct event *event = a->events;

  a->events = event->next;
  if (!a->events) a->events_end = &a->events;
  a->events_size -= event->size;
  free(event);
}

bool answer_has_room(const struct answer *a) {
  return a->paused && a->events_size <= MAX_EVENTS / 2;
}

bool answer_wants_resume(struct answer *a) {
  if (!answer_has_room(a)) return false;
  a->paused = false;
  return true;
}

static bool take_events(struct answer *a, const char *bytes, size_t len) {
  if (sse_feed(&a->sse, bytes, len)) return true;
  answer_fail(a, OUT_TOO_LARGE, "an event of the stream is larger than allowed");
  return false;
}

/* ---- body ---------------------------------------------------------------------------- */

static bool take_memory(struct answer *a, const char *bytes, size_t len) {
  if (sink_write_memory(&a->sink, bytes, len)) return true;
  if (a->sink.memory.error == BUF_NOMEM) {
    answer_fail(a, OUT_MEMORY, "out of memory");
    return false;
  }
  /* The page of a refused download is only there to be quoted: its head will do. */
  if (a->plan.file) return true;
  answer_fail(a, OUT_TOO_LARGE, "the answer's body is larger than allowed");
  return false;
}

static bool take_body(struct answer *a, const char *bytes, size_t len) {
  if (!a->began && !begin_body(a)) return false;
  if (a->to_file) {
    return sink_write_file(&a->sink, bytes, len) || answer_file_failed(a);
  }
  if (a->plan.stream && a->is_events && a->status == 200) return take_events(a, bytes, len);
  return take_memory(a, bytes, len);
}

enum take answer_body(struct answer *a, const char *bytes, size_t len) {
  /* Nothing may follow on bytes that were lost. */
  if (a->failure != OUT_PENDING) return TAKE_FAIL;
  if (a->events_size > MAX_EVENTS) {
    a->paused = true;
    return TAKE_PAUSE;
  }
  return take_body(a, bytes, len) ? TAKE_OK : TAKE_FAIL;
}

int64_t answer_received(const struct answer *a) {
  return a->to_file ? a->sink.size : (int64_t)a->sink.memory.len;
}

int64_t answer_total(const struct answer *a) {
  if (a->length < 0) return 0;
  return a->length + (a->to_file ? a->sink.had : 0);
}
