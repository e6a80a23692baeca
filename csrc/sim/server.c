#include "server.h"

#include "process.h"
#include "pump.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOT_BITS 20
#define BLOB_BLOCK 65536
#define POOL 12288     /* bytes libmicrohttpd keeps for one connection */
#define BACKLOG 4096

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
  size_t max_body;
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

/* --- ids ------------------------------------------------------------------------- */

static int slots_grow(struct server *server) {
  unsigned count = server->slot_count ? server->slot_count * 2 : 64;
  struct request **slots = realloc(server->slots, count * sizeof *slots);
  if (!slots) {
    return 0;
  }
  server->slots = slots;
  unsigned *spare = realloc(server->free_slots, count * sizeof *spare);
  if (!spare) {
    return 0;
  }
  server->free_slots = spare;
  for (unsigned i = count; i > server->slot_count; i--) {
    slots[i - 1] = NULL;
    spare[server->free_count++] = i - 1;
  }
  server->slot_count = count;
  return 1;
}

static int id_assign(struct server *server, struct request *r) {
  if (server->free_count == 0 && !slots_grow(server)) {
    return 0;
  }
  unsigned slot = server->free_slots[--server->free_count];
  server->slots[slot] = r;
  r->id = (++server->generation << SLOT_BITS) | slot;
  return 1;
}

static void id_release(struct server *server, struct request *r) {
  unsigned slot = (unsigned)(r->id & ((1u << SLOT_BITS) - 1));
  if (r->id && server->slots[slot] == r) {
    server->slots[slot] = NULL;
    server->free_slots[server->free_count++] = slot;
  }
}

static struct request *find(struct server *server, uint64_t id) {
  unsigned slot = (unsigned)(id & ((1u << SLOT_BITS) - 1));
  struct request *r = slot < server->slot_count ? server->slots[slot] : NULL;
  return r && r->id == id ? r : NULL;
}

/* --- the ready queue --------------------------------------------------------------- */

static void enqueue(struct request *r) {
  struct server *server = r->server;
  r->next = NULL;
  r->queued = 1;
  if (server->last) {
    server->last->next = r;
  } else {
    server->first = r;
  }
  server->last = r;
}

static void unqueue(struct request *r) {
  struct server *server = r->server;
  struct request *before = NULL, *at = server->first;
  while (at && at != r) {
    before = at;
    at = at->next;
  }
  if (at) {
    *(before ? &before->next : &server->first) = r->next;
    if (server->last == r) {
      server->last = before;
    }
  }
  r->queued = 0;
}

static void unpump(struct request *r) {
  struct request **at = &r->server->pumps;
  while (*at && *at != r) {
    at = &(*at)->pump_next;
  }
  if (*at) {
    *at = r->pump_next;
  }
  pump_free(r->pump);
  r->pump = NULL;
}

static void suspend(struct request *r) {
  if (!r->suspended) {
    r->suspended = 1;
    MHD_suspend_connection(r->connection);
  }
}

static void resume(struct request *r) {
  if (r->suspended) {
    r->suspended = 0;
    MHD_resume_connection(r->connection);
  }
}

/* --- what libmicrohttpd tells us ----------------------------------------------------- */

static void *on_uri(void *cls, const char *uri, struct MHD_Connection *connection) {
  struct request *r = calloc(1, sizeof *r);
  if (!r) {
    return NULL;
  }
  r->server = cls;
  r->connection = connection;
  r->limit = UINT64_MAX;
  r->uri = strdup(uri);
  return r;
}

static int socket_of(struct MHD_Connection *connection) {
  return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
      ->connect_fd;
}

/* Dissolving the association is the one way to send RST while libmicrohttpd owns the
 * socket: it would announce an orderly end with shutdown first. */
static void cut(struct MHD_Connection *connection, enum server_ending ending) {
  if (ending == SERVER_RESET) {
    struct sockaddr none;
    memset(&none, 0, sizeof none);
    none.sa_family = AF_UNSPEC;
    (void)connect(socket_of(connection), &none, sizeof none);
  }
}

static int body_reserve(struct request *r, size_t more) {
  size_t need = r->length + more + 1;
  if (need > r->capacity) {
    size_t capacity = r->capacity ? r->capacity * 2 : 512;
    while (capacity < need) {
      capacity *= 2;
    }
    char *body = realloc(r->body, capacity);
    if (!body) {
      return 0;
    }
    r->body = body;
    r->capacity = capacity;
  }
  return 1;
}

static enum MHD_Result take_body(struct request *r, const char *data, size_t *size) {
  size_t length = *size;
  if (r->length + length >= r->limit) {
    cut(r->connection, r->limit_ending);
    return MHD_NO;
  }
  if (r->length + length > r->server->max_body) {
    r->too_long = 1;
  } else if (!body_reserve(r, length)) {
    return MHD_NO;
  } else {
    memcpy(r->body + r->length, data, length);
    r->length += length;
    r->body[r->length] = '\0';
  }
  *size = 0;
  return MHD_YES;
}

static enum MHD_Result start(struct request *r, const char *method) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(
      r->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  r->started = 1;
  r->method = method;
  r->connection_id = info ? (uint64_t)(uintptr_t)info->socket_context : 0;
  if (!r->uri || !id_assign(r->server, r)) {
    return MHD_NO;
  }
  if (r->server->early) {
    r->stage = VERDICT;
    enqueue(r);
    suspend(r);
  }
  return MHD_YES;
}

static enum MHD_Result refuse_body(struct request *r) {
  static const char text[] = "{\"detail\":\"Request body too large\"}";
  struct MHD_Response *response = MHD_create_response_from_buffer(
      sizeof text - 1, (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
  MHD_add_response_header(response, "Content-Type", "application/json");
  enum MHD_Result ok = MHD_queue_response(r->connection, 413, response);
  MHD_destroy_response(response);
  r->stage = ANSWERED;
  return ok;
}

static enum MHD_Result on_access(void *cls, struct MHD_Connection *connection,
                                 const char *url, const char *method,
                                 const char *version, const char *data, size_t *size,
                                 void **ctx) {
  struct request *r = *ctx;
  (void)cls, (void)connection, (void)url, (void)version;
  if (!r) {
    return MHD_NO;
  }
  if (r->drop) {
    cut(connection, r->drop);
    return MHD_NO;
  }
  if (!r->started) {
    return start(r, method);
  }
  if (*size) {
    return take_body(r, data, size);
  }
  if (r->swallow) {
    r->swallow = 0;
    return MHD_YES;
  }
  if (r->stage == READING && r->too_long) {
    return refuse_body(r);
  }
  if (r->stage == READING) {
    r->stage = READY;
    enqueue(r);
  }
  return MHD_YES;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **ctx,
                         enum MHD_RequestTerminationCode code) {
  struct request *r = *ctx;
  (void)cls, (void)connection, (void)code;
  if (!r) {
    return;
  }
  *ctx = NULL;
  id_release(r->server, r);
  if (r->queued) {
    unqueue(r);
  }
  if (r->pump) {
    unpump(r);
  }
  if (r->stream) {
    r->stream->request = NULL;
  }
  free(r->uri);
  free(r->body);
  free(r);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **ctx,
                          enum MHD_ConnectionNotificationCode code) {
  struct server *server = cls;
  (void)connection;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    *ctx = (void *)(uintptr_t)++server->connections;
    server->open++;
  } else {
    server->open--;
  }
}

/* --- answers ------------------------------------------------------------------------- */

static ssize_t read_pattern(void *cls, uint64_t pos, char *out, size_t max) {
  uint64_t *offset = cls;
  pattern_fill(out, max, *offset + pos);
  return (ssize_t)max;
}

static struct MHD_Response *response_blob(const struct server_body *body) {
  uint64_t *offset = malloc(sizeof *offset);
  if (!offset) {
    return NULL;
  }
  *offset = body->offset;
  return MHD_create_response_from_callback(body->size, BLOB_BLOCK, read_pattern, offset,
                                           free);
}

static struct MHD_Response *response_of(const struct server_body *body) {
  if (body->path) {
    int fd = open(body->path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? NULL
                  : MHD_create_response_from_fd_at_offset64(body->size, fd, body->offset);
  }
  if (body->blob) {
    return response_blob(body);
  }
  return MHD_create_response_from_buffer(body->length, (void *)(uintptr_t)body->data,
                                         MHD_RESPMEM_MUST_COPY);
}

static int queue(struct request *r, unsigned status, struct MHD_Response *response,
                 const struct server_header *headers, size_t count) {
  if (!response) {
    return 0;
  }
  for (size_t i = 0; i < count; i++) {
    MHD_add_response_header(response, headers[i].name, headers[i].value);
  }
  r->stage = ANSWERED;
  enum MHD_Result ok = MHD_queue_response(r->connection, status, response);
  MHD_destroy_response(response);
  resume(r);
  return ok == MHD_YES;
}

int server_respond(struct server *server, uint64_t id, unsigned status,
                   const struct server_header *headers, size_t count,
                   const struct server_body *body) {
  struct request *r = find(server, id);
  if (!r || r->stage != READY) {
    return 0;
  }
  return queue(r, status, response_of(body), headers, count);
}

static void stream_free(void *cls) {
  struct stream *stream = cls;
  if (stream->request) {
    stream->request->stream = NULL;
  }
  while (stream->first) {
    struct segment *segment = stream->first;
    stream->first = segment->next;
    free(segment);
  }
  free(stream);
}

static ssize_t read_stream(void *cls, uint64_t pos, char *out, size_t max) {
  struct stream *stream = cls;
  struct segment *segment = stream->first;
  (void)pos;
  if (!segment) {
    if (stream->closed) {
      return stream->broken ? MHD_CONTENT_READER_END_WITH_ERROR
                            : MHD_CONTENT_READER_END_OF_STREAM;
    }
    suspend(stream->request);
    return 0;
  }
  size_t left = segment->length - segment->used;
  size_t length = left < max ? left : max;
  memcpy(out, segment->data + segment->used, length);
  segment->used += length;
  if (segment->used == segment->length) {
    stream->first = segment->next;
    stream->last = stream->first ? stream->last : NULL;
    free(segment);
  }
  return (ssize_t)length;
}

int server_stream_open(struct server *server, uint64_t id, unsigned status,
                       const struct server_header *headers, size_t count) {
  struct request *r = find(server, id);
  struct stream *stream = r && r->stage == READY ? calloc(1, sizeof *stream) : NULL;
  if (!stream) {
    return 0;
  }
  stream->request = r;
  r->stream = stream;
  return queue(r, status,
               MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream,
                                                 stream, stream_free),
               headers, count);
}

int server_stream_write(struct server *server, uint64_t id, const char *data,
                        size_t length) {
  struct request *r = find(server, id);
  struct stream *stream = r ? r->stream : NULL;
  if (!stream || stream->closed || length == 0) {
    return stream != NULL;
  }
  struct segment *segment = malloc(sizeof *segment + length);
  if (!segment) {
    return 0;
  }
  segment->next = NULL;
  segment->length = length;
  segment->used = 0;
  memcpy(segment->data, data, length);
  *(stream->last ? &stream->last->next : &stream->first) = segment;
  stream->last = segment;
  resume(r);
  return 1;
}

int server_stream_close(struct server *server, uint64_t id, int broken) {
  struct request *r = find(server, id);
  if (!r || !r->stream) {
    return 0;
  }
  r->stream->closed = 1;
  r->stream->broken = broken;
  resume(r);
  return 1;
}

int server_proceed(struct server *server, uint64_t id, uint64_t limit,
                   enum server_ending ending) {
  struct request *r = find(server, id);
  if (!r || r->stage != VERDICT) {
    return 0;
  }
  r->stage = READING;
  r->limit = limit;
  r->limit_ending = ending;
  /* libmicrohttpd repeats the call it was suspended in, which reads as "body complete". */
  r->swallow = 1;
  resume(r);
  return 1;
}

int server_drop(struct server *server, uint64_t id, enum server_ending ending) {
  struct request *r = find(server, id);
  if (!r || r->drop) {
    return 0;
  }
  r->drop = ending;
  r->stage = ANSWERED;
  if (r->stream) {
    cut(r->connection, ending);
    r->stream->closed = r->stream->broken = 1;
  }
  resume(r);
  return 1;
}

void server_drop_waiting(struct server *server, uint64_t except) {
  for (unsigned i = 0; i < server->slot_count; i++) {
    struct request *r = server->slots[i];
    if (r && r->id != except && (r->stage == READY || r->stream) && !r->queued) {
      server_drop(server, r->id, SERVER_FIN);
    }
  }
}

int server_raw(struct server *server, uint64_t id, const struct server_raw *raw) {
  struct request *r = find(server, id);
  if (!r || r->stage != READY) {
    return 0;
  }
  r->pump = pump_new(socket_of(r->connection), raw, process_now());
  if (!r->pump) {
    return 0;
  }
  r->stage = ANSWERED;
  r->pump_next = server->pumps;
  server->pumps = r;
  suspend(r);
  return 1;
}

/* --- the loop ------------------------------------------------------------------------ */

static double run_pumps(struct server *server, double timeout) {
  double now = process_now();
  struct request *r = server->pumps;
  while (r) {
    struct request *next = r->pump_next;
    if (pump_run(r->pump, now)) {
      enum server_ending ending = pump_ending(r->pump);
      unpump(r);
      r->drop = ending;
      resume(r);
      timeout = 0;
    } else if (pump_due(r->pump) - now < timeout) {
      timeout = pump_due(r->pump) - now;
    }
    r = next;
  }
  return timeout;
}

/* What was handed out and not answered at once is taken off the poller: otherwise
 * libmicrohttpd would ask again for its answer in every round. */
static void park_unanswered(struct server *server) {
  for (size_t i = 0; i < server->handed_count; i++) {
    struct request *r = find(server, server->handed[i]);
    if (r && r->stage == READY) {
      suspend(r);
    }
  }
  server->handed_count = 0;
}

void server_step(struct server *server, double timeout) {
  park_unanswered(server);
  timeout = run_pumps(server, timeout);
  double ms = timeout <= 0 ? 0 : timeout * 1000 + 0.999;
  MHD_run_wait(server->daemon, server->first ? 0 : (int32_t)(ms < 60000 ? ms : 60000));
}

static const char *header(struct request *r, const char *name) {
  return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

static int remember(struct server *server, uint64_t id) {
  if (server->handed_count == server->handed_capacity) {
    size_t capacity = server->handed_capacity ? server->handed_capacity * 2 : 256;
    uint64_t *handed = realloc(server->handed, capacity * sizeof *handed);
    if (!handed) {
      return 0;
    }
    server->handed = handed;
    server->handed_capacity = capacity;
  }
  server->handed[server->handed_count++] = id;
  return 1;
}

int server_next(struct server *server, struct server_request *out) {
  struct request *r = server->first;
  if (!r || !remember(server, r->id)) {
    return 0;
  }
  server->first = r->next;
  server->last = server->first ? server->last : NULL;
  r->queued = 0;
  out->id = r->id;
  out->connection = r->connection_id;
  out->event = r->stage == VERDICT ? SERVER_HEAD : SERVER_REQUEST;
  out->method = r->method;
  out->uri = r->uri;
  out->host = header(r, "Host");
  out->proto = header(r, "X-Forwarded-Proto");
  out->authorization = header(r, "Authorization");
  out->body = r->stage == VERDICT ? NULL : r->body ? r->body : "";
  out->body_length = r->length;
  return 1;
}

const char *server_header(struct server *server, uint64_t id, const char *name) {
  struct request *r = find(server, id);
  return r ? header(r, name) : NULL;
}

struct walk {
  int (*each)(void *ctx, const char *name, const char *value);
  void *ctx;
};

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                 const char *value) {
  struct walk *walk = cls;
  (void)kind;
  return walk->each(walk->ctx, name, value ? value : "") ? MHD_YES : MHD_NO;
}

int server_headers(struct server *server, uint64_t id,
                   int (*each)(void *ctx, const char *name, const char *value),
                   void *ctx) {
  struct request *r = find(server, id);
  struct walk walk = { each, ctx };
  return r ? MHD_get_connection_values(r->connection, MHD_HEADER_KIND, on_header, &walk)
           : 0;
}

uint64_t server_connections(const struct server *server, uint64_t *open) {
  *open = server->open;
  return server->connections;
}

void server_early(struct server *server, int early) {
  server->early = early;
}

unsigned server_port(const struct server *server) {
  return server->port;
}

/* --- life ---------------------------------------------------------------------------- */

static int address_of(const struct server_options *options, struct sockaddr_in *address) {
  memset(address, 0, sizeof *address);
  address->sin_family = AF_INET;
  address->sin_port = htons((uint16_t)options->port);
  return inet_pton(AF_INET, options->host, &address->sin_addr) == 1;
}

static struct MHD_Daemon *listen_on(struct server *server,
                                    const struct server_options *options,
                                    const struct sockaddr_in *address) {
  return MHD_start_daemon(
      MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_access, server,
      MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)address,
      MHD_OPTION_CONNECTION_LIMIT, options->connections,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL,
      MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)BACKLOG,
      MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
      MHD_OPTION_URI_LOG_CALLBACK, on_uri, server,
      MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
      MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
}

struct server *server_new(const struct server_options *options, const char **message) {
  struct sockaddr_in address;
  if (!address_of(options, &address)) {
    *message = "the host must be an IPv4 address";
    return NULL;
  }
  struct server *server = calloc(1, sizeof *server);
  if (!server) {
    *message = "out of memory";
    return NULL;
  }
  server->max_body = options->max_body;
  server->daemon = listen_on(server, options, &address);
  if (!server->daemon) {
    *message = strerror(errno);
    free(server);
    return NULL;
  }
  server->port =
      MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
  return server;
}

void server_free(struct server *server) {
  if (!server) {
    return;
  }
  for (unsigned i = 0; i < server->slot_count; i++) {
    if (server->slots[i]) {
      resume(server->slots[i]);
    }
  }
  MHD_stop_daemon(server->daemon);
  free(server->slots);
  free(server->free_slots);
  free(server->handed);
  free(server);
}
