#include "poller.h"

#ifdef POLLER_EPOLL

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BATCH 64

const char poller_name[] = "epoll";

struct poller {
  int epoll;
};

struct poller *poller_new(void) {
  struct poller *p = malloc(sizeof *p);

  if (!p) return NULL;
  p->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (p->epoll >= 0) return p;
  free(p);
  return NULL;
}

void poller_free(struct poller *p) {
  if (!p) return;
  close(p->epoll);
  free(p);
}

bool poller_watch(struct poller *p, int fd, int events) {
  struct epoll_event event = {0};

  if (events & POLLER_READ) event.events |= EPOLLIN;
  if (events & POLLER_WRITE) event.events |= EPOLLOUT;
  event.data.fd = fd;
  if (epoll_ctl(p->epoll, EPOLL_CTL_MOD, fd, &event) == 0) return true;
  /* Not registered, or the number was closed and opened again behind our back. */
  return errno == ENOENT && epoll_ctl(p->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

void poller_forget(struct poller *p, int fd) {
  struct epoll_event ignored = {0};

  /* EBADF and ENOENT: closing the descriptor took it out already. */
  (void)epoll_ctl(p->epoll, EPOLL_CTL_DEL, fd, &ignored);
}

static int translate(uint32_t events) {
  int out = 0;

  if (events & EPOLLIN) out |= POLLER_READ;
  if (events & EPOLLOUT) out |= POLLER_WRITE;
  if (events & (EPOLLERR | EPOLLHUP)) out |= POLLER_ERROR;
  return out;
}

static int milliseconds(double seconds) {
  double ms = seconds * 1e3;

  if (seconds < 0) return -1;
  if (ms >= INT_MAX - 1) return INT_MAX;
  /* Up, never down: rounding down would turn the last millisecond into a busy loop. */
  return (int)ms + ((double)(int)ms < ms);
}

int poller_wait(struct poller *p, double timeout, struct poller_event *out, int max) {
  struct epoll_event events[BATCH];
  int i, n;

  n = epoll_wait(p->epoll, events, max < BATCH ? max : BATCH, milliseconds(timeout));
  for (i = 0; i < n; i++) {
    out[i].fd = events[i].data.fd;
    out[i].events = translate(events[i].events);
  }
  return n > 0 ? n : 0;
}

int poller_fd(const struct poller *p) {
  return p->epoll;
}

#else
typedef int poller_epoll_unused;
#endif
