#include "request.h"

#include "process.h"
#include "pump.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SLOT_BITS 20
#define POOL 12288     /* bytes libmicrohttpd keeps for one connection */
#define BACKLOG 4096

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

struct request *request_find(struct server *server, uint64_t id) {
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

void request_suspend(struct request *r) {
  if (!r->suspended) {
    r->suspended = 1;
    MHD_suspend_connection(r->connection);
  }
}

void request_resume(struct request *r) {
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
    request_cut(r, r->limit_ending);
    return MHD_NO;
  }
  if (r->length + length > r->server->max_body) {
    r->too_long = 1;
  } else if (r->length + length > r->server->keep_body) {
    free(r->body);
    r->body = NULL;
    r->capacity = 0;
    r->length += length;
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
    request_suspend(r);
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
    request_cut(r, r->drop);
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
      request_resume(r);
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
    struct request *r = request_find(server, server->handed[i]);
    if (r && r->stage == READY) {
      request_suspend(r);
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
  out->body_length = r->body ? r->length : 0;
  out->body_size = r->length;
  return 1;
}

const char *server_header(struct server *server, uint64_t id, const char *name) {
  struct request *r = request_find(server, id);
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
  struct request *r = request_find(server, id);
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
  server->keep_body = options->keep_body;
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
      request_resume(server->slots[i]);
    }
  }
  MHD_stop_daemon(server->daemon);
  free(server->slots);
  free(server->free_slots);
  free(server->handed);
  free(server);
}
