#ifndef FAL_SIM_REQUEST_H
#define FAL_SIM_REQUEST_H

/* What server.c, which takes requests in, and answer.c, which answers them, share. */

#include "server.h"

#include <microhttpd.h>

struct pump;

enum stage {
  READING,    /* its body is being read */
  VERDICT,    /* handed out as SERVER_HEAD, Lua decides */
  READY,      /* complete, waiting for its answer */
  ANSWERED
};

struct segment {
  struct segment *next;
  size_t length, used;
  char data[];
};

struct stream {
  struct request *request;  /* NULL once the request is gone */
  struct segment *first, *last;
  int closed, broken;
};

struct request {
  struct server *server;
  struct MHD_Connection *connection;
  struct request *next;     /* in the ready queue */
  struct request *pump_next;
  uint64_t id, connection_id;
  char *uri;
  const char *method;
  char *body;
  size_t length, capacity;
  uint64_t limit;
  enum stage stage;
  enum server_ending limit_ending, drop;
  int started, suspended, queued, seen_head, swallow, too_long;
  struct stream *stream;
  struct pump *pump;
};

struct server {
  struct MHD_Daemon *daemon;
  unsigned port;
  size_t max_body, keep_body;
  int early;
  struct request **slots;
  unsigned *free_slots;
  unsigned slot_count, free_count;
  uint64_t generation;
  struct request *first, *last;   /* the ready queue */
  uint64_t *handed;               /* ids given out in this round */
  size_t handed_count, handed_capacity;
  struct request *pumps;
  uint64_t connections, open;
};

/* NULL: its connection has died. */
struct request *request_find(struct server *server, uint64_t id);

/* Takes it off the poller, and puts it back. */
void request_suspend(struct request *r);
void request_resume(struct request *r);

/* Breaks the connection where `ending` asks for that; an orderly end is left to
 * libmicrohttpd. */
void request_cut(struct request *r, enum server_ending ending);

#endif
