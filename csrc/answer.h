/* What comes back of one exchange: status, headers, and a body that goes to memory, to a
 * file, or out as server-sent events. Fed with bytes; knows no socket and no libcurl. Owns
 * its buffers, its sink and its events. */
#ifndef FAL_ANSWER_H
#define FAL_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "outcome.h"
#include "sink.h"
#include "sse.h"

/* Which headers of an answer of 2xx are kept; of any other, all are. */
enum heads {
  HEADS_ALL,
  HEADS_OWN, /* x-…, where the service says things of its own, and retry-after */
  HEADS_NONE
};

/* The strings are borrowed and must outlive the answer. */
struct answer_plan {
  enum heads heads;
  size_t max_body;      /* bytes in memory; of a stream: in one event */
  bool stream;          /* text/event-stream out as events */
  const char *file;     /* NULL: memory */
  bool resume;          /* go on behind what file.part holds */
  int64_t expect_size;  /* of the whole file; -1: unknown */
};

struct event {
  struct event *next;
  const char *name;
  size_t len;
  size_t size; /* of all it takes */
  char data[];
};

struct answer {
  struct answer_plan plan;
  int status;              /* of the last status line, 0 before one; below 200 interim */
  struct buf head;         /* "name\0value\0" pairs of the last answer */
  int64_t length;          /* its Content-Length, -1 unknown */
  int64_t start;           /* its Content-Range's first byte, -1 without one */
  int64_t whole;           /* and how long it calls the file, -1 unknown */
  bool is_events;
  bool began;              /* the body has */
  bool to_file;
  struct sink sink;
  struct sse sse;
  struct event *events;    /* complete ones, not fetched yet */
  struct event **events_end;
  size_t events_size;
  bool paused;
  enum outcome failure;    /* OUT_PENDING: none */
  char message[200];
};

enum take { TAKE_OK, TAKE_PAUSE, TAKE_FAIL };

void answer_init(struct answer *a, const struct answer_plan *plan); /* cannot fail */
void answer_free(struct answer *a);

/* Opens the file, if it goes to one. False: a->failure and a->message say why. */
bool answer_open(struct answer *a);

/* One header line as it came, CR LF or not. False: as above. */
bool answer_header(struct answer *a, const char *line, size_t len);

/* Bytes of the body. PAUSE: nothing was taken, bring them again later. */
enum take answer_body(struct answer *a, const char *bytes, size_t len);

/* The exchange ended well: is all there that should be? False: as above. */
bool answer_complete(struct answer *a);

/* Of a complete one: gives the file its name, if it goes to one. May block; touches the
 * sink alone. False: as above. */
bool answer_commit(struct answer *a);

/* The sink failed in another thread's hands. */
bool answer_file_failed(struct answer *a); /* false */

/* The first failure stays. */
void answer_fail(struct answer *a, enum outcome failure, const char *message);

const char *answer_value(const struct answer *a, const char *name); /* lower case; or NULL */
int64_t answer_received(const struct answer *a);
int64_t answer_total(const struct answer *a); /* 0 while unknown */

void answer_drop_event(struct answer *a);     /* the first; there is one */
bool answer_has_room(const struct answer *a); /* was paused, and has room again */
bool answer_wants_resume(struct answer *a);   /* the same; once */

#endif
