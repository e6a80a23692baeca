#include "pump.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define RETRY 0.002
#define PATTERN 251
#define BLOCK 16384

struct pump {
  int fd;
  int file;               /* -1: none */
  int blob;
  char *data;             /* head, and the body where it is in memory */
  uint64_t data_length;
  uint64_t offset;        /* into file or pattern */
  uint64_t total;         /* bytes to send, the limit applied */
  uint64_t sent;
  size_t chunk;
  double every, hold, due;
  int silent;             /* everything is written, `hold` runs */
  enum server_ending ending;
};

void pattern_fill(char *out, size_t length, uint64_t offset) {
  static char table[PATTERN + BLOCK];
  if (!table[1]) {
    for (size_t i = 0; i < sizeof table; i++) {
      table[i] = (char)(i % PATTERN);
    }
  }
  while (length > 0) {
    size_t part = length < BLOCK ? length : BLOCK;
    memcpy(out, table + offset % PATTERN, part);
    out += part;
    offset += part;
    length -= part;
  }
}

static int copy_data(struct pump *pump, const struct server_raw *raw) {
  size_t more = raw->body.data ? raw->body.length : 0;
  pump->data = malloc(raw->head_length + more + 1);
  if (!pump->data) {
    return 0;
  }
  memcpy(pump->data, raw->head, raw->head_length);
  if (more) {
    memcpy(pump->data + raw->head_length, raw->body.data, more);
  }
  pump->data_length = raw->head_length + more;
  return 1;
}

struct pump *pump_new(int fd, const struct server_raw *raw, double now) {
  struct pump *pump = calloc(1, sizeof *pump);
  if (!pump) {
    return NULL;
  }
  pump->fd = fd;
  pump->file = raw->body.path ? open(raw->body.path, O_RDONLY | O_CLOEXEC) : -1;
  pump->blob = raw->body.blob;
  if ((raw->body.path && pump->file < 0) || !copy_data(pump, raw)) {
    pump_free(pump);
    return NULL;
  }
  pump->offset = raw->body.offset;
  pump->total = pump->data_length;
  if (pump->blob || pump->file >= 0) {
    pump->total += raw->body.size;
  }
  if (raw->limit < pump->total) {
    pump->total = raw->limit;
  }
  pump->chunk = raw->chunk;
  pump->every = raw->every;
  pump->hold = raw->hold;
  pump->due = now;
  pump->ending = raw->ending;
  return pump;
}

void pump_free(struct pump *pump) {
  if (pump) {
    if (pump->file >= 0) {
      close(pump->file);
    }
    free(pump->data);
    free(pump);
  }
}

/* The next bytes: from memory, file or pattern. 0 when there are none. */
static size_t fetch(struct pump *pump, char *block, size_t want) {
  uint64_t left = pump->total - pump->sent;
  if (want > left) {
    want = (size_t)left;
  }
  if (pump->sent < pump->data_length) {
    uint64_t here = pump->data_length - pump->sent;
    want = want < here ? want : (size_t)here;
    memcpy(block, pump->data + pump->sent, want);
    return want;
  }
  uint64_t at = pump->offset + (pump->sent - pump->data_length);
  if (pump->file >= 0) {
    ssize_t got = pread(pump->file, block, want, (off_t)at);
    return got > 0 ? (size_t)got : 0;
  }
  pattern_fill(block, want, at);
  return want;
}

/* 1: go on, 0: the socket is full, -1: nobody listens any more or the source is dry. */
static int write_block(struct pump *pump, size_t want) {
  char block[BLOCK];
  size_t length = fetch(pump, block, want < BLOCK ? want : BLOCK);
  if (length == 0) {
    return -1;
  }
  ssize_t sent = send(pump->fd, block, length, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
  }
  pump->sent += (uint64_t)sent;
  return (size_t)sent == length;
}

static int write_due(struct pump *pump, double now) {
  size_t want = pump->chunk ? pump->chunk : BLOCK;
  int state = 1;
  while (state > 0 && pump->sent < pump->total) {
    state = write_block(pump, want);
    if (pump->chunk && state > 0) {
      pump->due = now + pump->every;
      return state;
    }
  }
  pump->due = now + RETRY;
  return state;
}

int pump_run(struct pump *pump, double now) {
  if (now < pump->due) {
    return 0;
  }
  if (pump->silent) {
    int queued = 0;
    pump->due = now + RETRY;
    return ioctl(pump->fd, SIOCOUTQ, &queued) != 0 || queued == 0;
  }
  int state = pump->sent < pump->total ? write_due(pump, now) : 1;
  if (state < 0 || pump->sent == pump->total) {
    pump->silent = 1;
    pump->due = now + pump->hold;
    return state < 0 || (pump->hold == 0 && pump_run(pump, now));
  }
  return 0;
}

double pump_due(const struct pump *pump) {
  return pump->due;
}

enum server_ending pump_ending(const struct pump *pump) {
  return pump->ending;
}
