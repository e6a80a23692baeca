#include "poller.h"

#ifdef POLLER_POLL

#include <limits.h>
#include <poll.h>
#include <stdlib.h>

const char poller_name[] = "poll";

struct poller {
  struct pollfd *fds;
  nfds_t count;
  nfds_t cap;
  nfds_t next; /* where the next look begins, so that the last ones get their turn */
};

struct poller *poller_new(void) {
  return calloc(1, sizeof(struct poller));
}

void poller_free(struct poller *p) {
  if (!p) return;
  free(p->fds);
  free(p);
}

static struct pollfd *find(struct poller *p, int fd) {
  nfds_t i;

  for (i = 0; i < p->count; i++) {
    if (p->fds[i].fd == fd) return &p->fds[i];
  }
  return NULL;
}

static struct pollfd *add(struct poller *p, int fd) {
  if (p->count == p->cap) {
    nfds_t cap = p->cap ? p->cap * 2 : 16;
    struct pollfd *grown = realloc(p->fds, cap * sizeof *grown);

    if (!grown) return NULL;
    p->fds = grown;
    p->cap = cap;
  }
  p->fds[p->count].fd = fd;
  return &p->fds[p->count++];
}

bool poller_watch(struct poller *p, int fd, int events) {
  struct pollfd *entry = find(p, fd);

  if (!entry) entry = add(p, fd);
  if (!entry) return false;
  entry->events = 0;
  entry->revents = 0;
  if (events & POLLER_READ) entry->events |= POLLIN;
  if (events & POLLER_WRITE) entry->events |= POLLOUT;
  return true;
}

void poller_forget(struct poller *p, int fd) {
  struct pollfd *entry = find(p, fd);

  if (entry) *entry = p->fds[--p->count];
}

static int translate(short events) {
  int out = 0;

  if (events & POLLIN) out |= POLLER_READ;
  if (events & POLLOUT) out |= POLLER_WRITE;
  if (events & (POLLERR | POLLHUP | POLLNVAL)) out |= POLLER_ERROR;
  return out;
}

static int milliseconds(double seconds) {
  double ms = seconds * 1e3;

  if (seconds < 0) return -1;
  if (ms >= INT_MAX - 1) return INT_MAX;
  return (int)ms + ((double)(int)ms < ms);
}

int poller_wait(struct poller *p, double timeout, struct poller_event *out, int max) {
  nfds_t i;
  int n = 0;

  if (poll(p->fds, p->count, milliseconds(timeout)) <= 0) return 0;
  for (i = 0; i < p->count && n < max; i++) {
    const struct pollfd *entry = &p->fds[(p->next + i) % p->count];

    if (entry->revents == 0) continue;
    out[n].fd = entry->fd;
    out[n++].events = translate(entry->revents);
  }
  p->next = p->count ? (p->next + i) % p->count : 0;
  return n;
}

bool poller_alarm(struct poller *p, double seconds) {
  (void)p, (void)seconds;
  return false;
}

int poller_fd(const struct poller *p) {
  (void)p;
  return -1;
}

#else
typedef int poller_poll_unused;
#endif
