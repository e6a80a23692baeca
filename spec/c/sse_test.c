#include "sse.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

/* Events are written down as "name|data;" so that a whole run compares as one string. */
struct record {
  char text[4096];
  bool refuse;
};

static bool emit(void *context, const char *data, size_t len, const char *name) {
  struct record *r = context;

  if (r->refuse) return false;
  strcat(r->text, name);
  strcat(r->text, "|");
  strncat(r->text, data, len);
  strcat(r->text, ";");
  return true;
}

static bool parse(struct record *r, const char *text, size_t len, size_t piece) {
  struct sse s;
  size_t at;
  bool ok = true;

  memset(r->text, 0, sizeof r->text);
  sse_init(&s, 64, emit, r);
  for (at = 0; ok && at < len; at += piece) {
    ok = sse_feed(&s, text + at, len - at < piece ? len - at : piece);
  }
  sse_free(&s);
  return ok;
}

static bool yields(const char *text, const char *expected) {
  struct record r = {{0}, false};
  size_t piece;

  /* However the bytes are cut, the events are the same. */
  for (piece = 1; piece <= strlen(text); piece++) {
    if (!parse(&r, text, strlen(text), piece) || strcmp(r.text, expected) != 0) return false;
  }
  return true;
}

static void reads_what_the_standard_says(void) {
  CHECK(yields("data: a\n\n", "|a;"));
  CHECK(yields("data:a\r\n\r\n", "|a;"));
  CHECK(yields("data: a\r\rdata: b\r\r", "|a;|b;"));
  CHECK(yields("data: a\ndata: b\n\n", "|a\nb;"));
  CHECK(yields("data\n\n", "|;"));
  CHECK(yields("data:  two spaces\n\n", "| two spaces;"));
  CHECK(yields("event: status\ndata: x\n\ndata: y\n\n", "status|x;|y;"));
  CHECK(yields(": keep-alive\n\n: again\n\n", ""));
  CHECK(yields("event: lonely\n\n", ""));
  CHECK(yields("id: 4\nretry: 10\nunknown: 1\ndata: z\n\n", "|z;"));
  CHECK(yields("\xEF\xBB\xBF" "data: bom\n\n", "|bom;"));
  CHECK(yields("data: h\xC3\xA9\xE2\x82\xAC\n\n", "|h\xC3\xA9\xE2\x82\xAC;"));
}

static void drops_an_unfinished_event(void) {
  CHECK(yields("data: a\n\ndata: b\n", "|a;"));
  CHECK(yields("data: a\n\ndata: b", "|a;"));
}

static void refuses_what_is_too_long(void) {
  struct record r = {{0}, false};
  char line[200];

  memset(line, 'x', sizeof line);
  CHECK(!parse(&r, line, sizeof line, 7));
  memcpy(line, "data: ", 6);
  CHECK(!parse(&r, line, sizeof line, 200));
}

static void stops_when_told(void) {
  struct record r = {{0}, true};

  CHECK(!parse(&r, "data: a\n\n", 9, 9));
}

int main(void) {
  reads_what_the_standard_says();
  drops_an_unfinished_event();
  refuses_what_is_too_long();
  stops_when_told();
  return check_report();
}
