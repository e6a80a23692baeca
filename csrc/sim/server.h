#ifndef FAL_SIM_SERVER_H
#define FAL_SIM_SERVER_H

#include <stddef.h>
#include <stdint.h>

/* The HTTP face of the simulator: complete requests come out of server_next, answers go in
 * by request id. Nothing here calls up. An id whose connection has died is simply unknown:
 * every function that takes one then returns 0. */

struct server;

struct server_options {
  const char *host;
  unsigned port;          /* 0: any free one */
  unsigned connections;
  size_t max_body;        /* bytes; a longer request body is answered 413 */
  size_t keep_body;       /* bytes; a longer one is counted, not kept */
};

enum server_event { SERVER_NONE, SERVER_HEAD, SERVER_REQUEST };
enum server_ending { SERVER_FIN = 1, SERVER_RESET = 2 };

/* Borrowed from the server, valid until the next server_step. */
struct server_request {
  uint64_t id;
  uint64_t connection;
  enum server_event event;
  const char *method;
  const char *uri;        /* raw: path and query as they were sent */
  const char *host;       /* NULL where the header is missing, as the next two */
  const char *proto;      /* X-Forwarded-Proto */
  const char *authorization;
  const char *body;       /* NULL for SERVER_HEAD */
  size_t body_length;
  size_t body_size;       /* as it was sent; more than its length if it was not kept */
};

struct server_header { const char *name; const char *value; };

/* Where the bytes of an answer come from: exactly one of data, path, blob. */
struct server_body {
  const char *data;       /* copied */
  size_t length;
  const char *path;       /* a file */
  int blob;               /* bytes of a fixed pattern */
  uint64_t offset;        /* into file or pattern */
  uint64_t size;          /* bytes of file or pattern to send */
};

/* Bytes written past libmicrohttpd, for answers that no honest server would give. */
struct server_raw {
  const char *head;       /* copied; the status line and headers, or all of it */
  size_t head_length;
  struct server_body body;
  uint64_t limit;         /* bytes after which it ends, counted from the status line */
  size_t chunk;           /* bytes at a time; 0: as many as the socket takes */
  double every;           /* seconds between chunks */
  double hold;            /* seconds of silence before the end */
  enum server_ending ending;
};

/* NULL and a message where it cannot listen. The caller owns the server. */
struct server *server_new(const struct server_options *options, const char **message);
void server_free(struct server *server);
unsigned server_port(const struct server *server);

/* With `early`, each request comes out as SERVER_HEAD first, before its body is read, and
 * waits for server_proceed or server_drop. */
void server_early(struct server *server, int early);

/* Waits at most `timeout` seconds for the network, then works. */
void server_step(struct server *server, double timeout);
int server_next(struct server *server, struct server_request *out);

/* One header's value, or NULL. */
const char *server_header(struct server *server, uint64_t id, const char *name);
/* Calls `each` for every header, in the order they were sent. */
int server_headers(struct server *server, uint64_t id,
                   int (*each)(void *ctx, const char *name, const char *value), void *ctx);

/* Reads on; past `limit` bytes of body the connection ends as `ending` says. */
int server_proceed(struct server *server, uint64_t id, uint64_t limit,
                   enum server_ending ending);
int server_drop(struct server *server, uint64_t id, enum server_ending ending);
/* Ends every connection that waits for an answer or reads a stream, but for one request. */
void server_drop_waiting(struct server *server, uint64_t except);
int server_respond(struct server *server, uint64_t id, unsigned status,
                   const struct server_header *headers, size_t count,
                   const struct server_body *body);
int server_raw(struct server *server, uint64_t id, const struct server_raw *raw);

/* A body of unknown length. Each write travels as a chunk of its own. */
int server_stream_open(struct server *server, uint64_t id, unsigned status,
                       const struct server_header *headers, size_t count);
int server_stream_write(struct server *server, uint64_t id, const char *data,
                        size_t length);
/* `broken`: without the last chunk, so that the reader sees a cut. */
int server_stream_close(struct server *server, uint64_t id, int broken);

uint64_t server_connections(const struct server *server, uint64_t *open);

#endif
