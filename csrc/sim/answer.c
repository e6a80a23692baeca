#include "request.h"

#include "process.h"
#include "pump.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BLOB_BLOCK 65536

static int socket_of(const struct request *r) {
  return MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
      ->connect_fd;
}

/* Dissolving the association is the one way to send RST while libmicrohttpd owns the
 * socket: it would announce an orderly end with shutdown first. */
void request_cut(struct request *r, enum server_ending ending) {
  if (ending == SERVER_RESET) {
    struct sockaddr none;
    memset(&none, 0, sizeof none);
    none.sa_family = AF_UNSPEC;
    (void)connect(socket_of(r), &none, sizeof none);
  }
}

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
  request_resume(r);
  return ok == MHD_YES;
}

int server_respond(struct server *server, uint64_t id, unsigned status,
                   const struct server_header *headers, size_t count,
                   const struct server_body *body) {
  struct request *r = request_find(server, id);
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
    request_suspend(stream->request);
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
  struct request *r = request_find(server, id);
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
  struct request *r = request_find(server, id);
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
  request_resume(r);
  return 1;
}

int server_stream_close(struct server *server, uint64_t id, int broken) {
  struct request *r = request_find(server, id);
  if (!r || !r->stream) {
    return 0;
  }
  r->stream->closed = 1;
  r->stream->broken = broken;
  request_resume(r);
  return 1;
}

int server_proceed(struct server *server, uint64_t id, uint64_t limit,
                   enum server_ending ending) {
  struct request *r = request_find(server, id);
  if (!r || r->stage != VERDICT) {
    return 0;
  }
  r->stage = READING;
  r->limit = limit;
  r->limit_ending = ending;
  /* libmicrohttpd repeats the call it was suspended in, which reads as "body complete". */
  r->swallow = 1;
  request_resume(r);
  return 1;
}

int server_drop(struct server *server, uint64_t id, enum server_ending ending) {
  struct request *r = request_find(server, id);
  if (!r || r->drop) {
    return 0;
  }
  r->drop = ending;
  r->stage = ANSWERED;
  if (r->stream) {
    request_cut(r, ending);
    r->stream->closed = r->stream->broken = 1;
  }
  request_resume(r);
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
  struct request *r = request_find(server, id);
  if (!r || r->stage != READY) {
    return 0;
  }
  r->pump = pump_new(socket_of(r), raw, process_now());
  if (!r->pump) {
    return 0;
  }
  r->stage = ANSWERED;
  r->pump_next = server->pumps;
  server->pumps = r;
  request_suspend(r);
  return 1;
}
