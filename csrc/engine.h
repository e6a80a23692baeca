/* The engine: one curl multi handle, the transfers in it and before it, timers, and what
 * is ready to be fetched. Plain C; never calls up. Owns every transfer from engine_add
 * until it has been popped. Not for several threads at once. */
#ifndef FAL_ENGINE_H
#define FAL_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transfer.h"

struct engine;

struct engine_options {
  int max_connections;
  double requests_per_second; /* 0: unlimited */
  const char *http_version;   /* "1.1", "2", "auto" */
  const char *proxy;   /* NULL: as the environment says */
  const char *ca_file; /* NULL: the system's */
  double connect_timeout;
};

/* Once a process, before anything else; cheap and safe to repeat. False: libcurl won't. */
bool engine_global_init(void);
const char *engine_curl_version(void); /* libcurl's own line */
bool engine_has_http2(void);
bool engine_has_async_dns(void);
bool engine_has_prerequest(void);

/* Copies the options. NULL: no memory or no descriptors. */
struct engine *engine_new(const struct engine_options *options);

/* Total: transfers in flight are dropped, connections closed. In a forked child nothing is
 * touched but memory, since the connections are the parent's. NULL is fine. */
void engine_free(struct engine *e);

/* In a child of the process that made it, where it is only good for being freed. */
bool engine_forked(const struct engine *e);

/* Why nothing can be done any more ("forked", "broken"), or NULL. */
const char *engine_trouble(const struct engine *e);

/* An id, or 0 when memory is out. The exchange begins in a later step. */
uint64_t engine_add(struct engine *e, const struct request *request);
uint64_t engine_timer(struct engine *e, double seconds);

/* Waits elsewhere until a file is on the disk; its descriptor is copied. An id that comes
 * as READY_SYNC and cannot be aborted; 0 with errno set: the caller has to sync it. */
uint64_t engine_sync(struct engine *e, int fd);

/* May one more status stream be started, or do they take too many connections? */
bool engine_may_stream(const struct engine *e);

bool engine_abort(struct engine *e, uint64_t id); /* false: unknown */

/* Keeps what a transfer brings from being reported, or lets it come out again. A stream
 * that is held fills its buffer and then pauses: nothing is lost. False: unknown. */
bool engine_hold(struct engine *e, uint64_t id, bool hold);
const struct transfer *engine_find(const struct engine *e, uint64_t id);

/* Waits at most timeout seconds (negative: until something happens) and works for about
 * budget seconds (negative: one round), for half of them once there is something to be
 * fetched. */
void engine_step(struct engine *e, double timeout, double budget);

size_t engine_live(const struct engine *e); /* transfers, timers and syncs not popped yet */

enum ready { READY_NONE, READY_TIMER, READY_EVENT, READY_DONE, READY_SYNC };

/* What is next to be fetched. It stays until popped, so that whoever fetches it may fail
 * in between. `transfer` is for EVENT (its first event) and DONE, `error` (0 or an errno)
 * for SYNC. */
struct ready_view {
  enum ready kind;
  uint64_t id;
  const struct transfer *transfer;
  int error;
};

enum ready engine_peek(const struct engine *e, struct ready_view *view); /* its kind */
void engine_pop(struct engine *e, const struct ready_view *view); /* what was peeked */

/* It could not be fetched: the others go first. */
void engine_pass(struct engine *e, const struct ready_view *view);

/* Negative: nothing to wait for. Never more than a million seconds, however long the first
 * timer takes. */
double engine_timeout(const struct engine *e);

/* Turns readable when a step has something to do: sockets, timers, things to fetch. From
 * the first call on the engine keeps its alarm set. -1: the system has none, or no
 * descriptor for the alarm. */
int engine_fd(struct engine *e);

#endif
