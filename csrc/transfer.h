/* One HTTP exchange: what to send, how to send it at most once, and what is known of
 * whether it was sent. Runs inside the engine's multi handle. Owns its handle, its copies
 * of URL and body, and its answer; shares its header lines. */
#ifndef FAL_TRANSFER_H
#define FAL_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer.h"
#include "handle.h"
#include "list.h"
#include "outcome.h"
#include "source.h"

/* Header lines as libcurl takes them: built once, shared by every transfer that sends the
 * same ones, counted. libcurl does not copy them, so a transfer holds a reference for as
 * long as its handle lives. */
struct headers;

/* NULL: out of memory. The lines ("Name: value") are copied; one reference to begin with. */
struct headers *headers_new(const char *const *lines, size_t count);
struct headers *headers_ref(struct headers *h); /* h itself; NULL is fine */
void headers_unref(struct headers *h);          /* the last one overwrites the lines */

enum lane {
  LANE_URGENT, /* results and cancels: they expire, or save money */
  LANE_NORMAL,
  LANE_LOOK, /* statuses: of many jobs there are more than all else */
  LANE_LONG, /* streams and downloads: they hold a connection for long */
  LANES
};

/* What to do. Strings are borrowed for the call of transfer_new alone. */
struct request {
  const char *method; /* a literal: "GET", "HEAD", "POST", "PUT", "DELETE" */
  const char *url;
  struct headers *headers; /* the transfer takes a reference of its own */
  const char *body;        /* NULL: none */
  size_t body_len;
  const char *body_file; /* PUT of a range of this file instead, or NULL */
  int64_t body_from;
  int64_t body_size; /* -1: to its end */
  bool once;   /* at most once on the wire */
  bool follow; /* redirects; never together with credentials */
  bool public_only; /* never to a private address; says nothing where a proxy connects */
  bool urgent;
  bool look;   /* at a job's status */
  bool lasting; /* the answer comes when the model is done: it holds its connection long */
  bool brief;  /* of a usual answer, what glance.h finds in it will do */
  bool paced;  /* counts against requests_per_second */
  double timeout; /* seconds, 0: none */
  double stall;   /* seconds without a byte, 0: none */
  struct answer_plan answer;
};

/* What transfers have to know of the step that runs. A file that had its share of it
 * pauses and queues up here, for whoever makes it go on. */
struct turn {
  double deadline; /* negative: none */
  struct link held;
};

struct origin;

struct transfer {
  uint64_t id;
  struct link link;  /* pending, active or zombie: the engine's */
  struct link ready; /* what the engine has to report */
  struct origin *origin;
  enum lane lane;

  struct request request; /* its pointers are the copies below */
  char *url;
  char *body;
  char *body_file;
  char *file;

  struct handle *handle; /* NULL until started and after it is finished */
  void *easy;            /* its CURL * */
  struct place *place;   /* where the handle goes afterwards; NULL: nowhere */
  bool attached; /* to the multi handle */
  bool counted;  /* among its origin's active ones */
  bool aborted;
  bool withheld; /* not to be reported for now */
  bool guarded; /* against private addresses */
  bool alone;   /* on an HTTP/1.1 connection of its own */
  struct link held; /* in turn->held */
  size_t share;     /* bytes of a file since it was held */
  struct turn *turn; /* the engine's */
  int sends; /* how often it went, or was about to go, on a connection */

  struct source source;
  struct answer answer;
  enum outcome outcome; /* OUT_PENDING until finished */
};

struct transfer *transfer_new(const struct request *request, uint64_t id); /* NULL: memory */
void transfer_free(struct transfer *t); /* not while attached; NULL is fine */

/* Sets a handle up, ready to be added; `place`: that of the URL, which outlives t. False:
 * finished, with an outcome. */
bool transfer_start(struct transfer *t, const struct handles *handles, struct place *place,
                    bool may_multiplex);

/* libcurl is done with it; `code` is its CURLcode. The handle is off the multi. */
void transfer_finish(struct transfer *t, int code);

/* Has all bytes of a file, which still has to be committed. */
bool transfer_has_file(const struct transfer *t);

/* The commit is over: here and now, or (`done`) in the disk's thread. */
void transfer_commit(struct transfer *t, bool done);

/* Ends it with an outcome of our own, unless it has one. */
void transfer_fail(struct transfer *t, enum outcome outcome, const char *message);

enum sent transfer_sent(const struct transfer *t);
const char *transfer_message(const struct transfer *t);

#endif
