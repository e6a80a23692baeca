#include "sse.h"

#include <string.h>

void sse_init(struct sse *s, size_t max_event, sse_emit emit, void *context) {
  memset(s, 0, sizeof *s);
  buf_init(&s->line, max_event);
  buf_init(&s->data, max_event);
  buf_init(&s->name, max_event);
  s->emit = emit;
  s->context = context;
}

void sse_free(struct sse *s) {
  buf_free(&s->line);
  buf_free(&s->data);
  buf_free(&s->name);
}

static bool dispatch(struct sse *s) {
  bool go_on = true;

  if (s->has_data) {
    go_on = s->emit(s->context, buf_str(&s->data), s->data.len, buf_str(&s->name));
  }
  buf_clear(&s->data);
  buf_clear(&s->name);
  s->has_data = false;
  return go_on;
}

static bool add_data(struct sse *s, const char *value, size_t len) {
  if (s->has_data && !buf_append(&s->data, "\n", 1)) return false;
  s->has_data = true;
  return buf_append(&s->data, value, len);
}

static bool field(struct sse *s, const char *name, size_t name_len, const char *value,
                  size_t len) {
  if (name_len == 4 && memcmp(name, "data", 4) == 0) return add_data(s, value, len);
  if (name_len == 5 && memcmp(name, "event", 5) == 0) {
    buf_clear(&s->name);
    return buf_append(&s->name, value, len);
  }
  return true;
}

static void skip_bom(struct sse *s, const char **line, size_t *len) {
  if (!s->begun && *len >= 3 && memcmp(*line, "\xEF\xBB\xBF", 3) == 0) {
    *line += 3;
    *len -= 3;
  }
  s->begun = true;
}

static bool end_of_line(struct sse *s) {
  const char *line = buf_str(&s->line);
  size_t len = s->line.len;
  const char *colon;
  size_t name_len, skip;
  bool ok;

  skip_bom(s, &line, &len);
  if (len == 0) {
    buf_clear(&s->line);
    return dispatch(s);
  }
  colon = memchr(line, ':', len);
  name_len = colon ? (size_t)(colon - line) : len;
  skip = colon ? name_len + 1 : len;
  if (colon && skip < len && line[skip] == ' ') skip++;
  ok = field(s, line, name_len, line + skip, len - skip);
  buf_clear(&s->line);
  return ok;
}

/* The first CR or LF at or after p, or end. */
static const char *line_end(const char *p, const char *end) {
  while (p < end && *p != '\n' && *p != '\r') p++;
  return p;
}

bool sse_feed(struct sse *s, const char *bytes, size_t len) {
  const char *p = bytes;
  const char *end = bytes + len;

  while (p < end) {
    const char *stop;

    if (s->after_cr && *p == '\n') p++;
    s->after_cr = false;
    stop = line_end(p, end);
    if (!buf_append(&s->line, p, (size_t)(stop - p))) return false;
    if (stop == end) break;
    s->after_cr = *stop == '\r';
    if (!end_of_line(s)) return false;
    p = stop + 1;
  }
  return true;
}
