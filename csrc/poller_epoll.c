#include "poller.h"

#ifdef POLLER_EPOLL

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64

const char poller_name[] = "epoll";

struct poller {
  int epoll;
  int alarm; /* a timerfd, made when first needed; -1 before */
};

struct poller *poller_new(void) {
  struct poller *p = malloc(sizeof *p);

  if (!p) return NULL;
  p->alarm = -1;
  p->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (p->epoll >= 0) return p;
  free(p);
  return NULL;
}

void poller_free(struct poller *p) {
  if (!p) return;
  close(p->epoll);
  if (p->alarm >= 0) close(p->alarm);
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
  int i, n, stored = 0;

  n = epoll_wait(p->epoll, events, max < BATCH ? max : BATCH, milliseconds(timeout));
  for (i = 0; i < n; i++) {
    if (events[i].data.fd == p->alarm) continue; /* rung: set anew or off by its owner */
    out[stored].fd = events[i].data.fd;
    out[stored++].events = translate(events[i].events);
  }
  return stored;
}

static bool make_alarm(struct poller *p) {
  if (p->alarm >= 0) return true;
  p->alarm = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  return p->alarm >= 0 && poller_watch(p, p->alarm, POLLER_READ);
}

bool poller_alarm(struct poller *p, double seconds) {
  struct itimerspec when;

  if (!make_alarm(p)) return false;
  memset(&when, 0, sizeof when);
  if (seconds >= 0) {
    when.it_value.tv_sec = (time_t)seconds;
    when.it_value.tv_nsec = (long)((seconds - (double)when.it_value.tv_sec) * 1e9);
    if (when.it_value.tv_sec == 0 && when.it_value.tv_nsec == 0) when.it_value.tv_nsec = 1;
  }
  /* Setting it also takes back a ringing that nobody has read. */
  return timerfd_settime(p->alarm, 0, &when, NULL) == 0;
}

int poller_fd(const struct poller *p) {
  return p->epoll;
}

#else
typedef int poller_epoll_unused;
#endif
