#include "poller.h"

#ifdef POLLER_KQUEUE

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64

const char poller_name[] = "kqueue";

struct poller {
  int kqueue;
};

struct poller *poller_new(void) {
  struct poller *p = malloc(sizeof *p);

  if (!p) return NULL;
  p->kqueue = kqueue();
  if (p->kqueue >= 0) {
    (void)fcntl(p->kqueue, F_SETFD, FD_CLOEXEC);
    return p;
  }
  free(p);
  return NULL;
}

void poller_free(struct poller *p) {
  if (!p) return;
  close(p->kqueue);
  free(p);
}

static bool filter(struct poller *p, int fd, short which, bool on) {
  struct kevent change;

  EV_SET(&change, (uintptr_t)fd, which, on ? EV_ADD : EV_DELETE, 0, 0, 0);
  /* Deleting what is not there fails, and that is what was wanted. */
  return kevent(p->kqueue, &change, 1, NULL, 0, NULL) == 0 || !on;
}

bool poller_watch(struct poller *p, int fd, int events) {
  bool read = filter(p, fd, EVFILT_READ, (events & POLLER_READ) != 0);

  return filter(p, fd, EVFILT_WRITE, (events & POLLER_WRITE) != 0) && read;
}

void poller_forget(struct poller *p, int fd) {
  (void)poller_watch(p, fd, 0);
}

static int translate(const struct kevent *event) {
  int out = event->filter == EVFILT_WRITE ? POLLER_WRITE : POLLER_READ;

  return (event->flags & EV_ERROR) ? out | POLLER_ERROR : out;
}

int poller_wait(struct poller *p, double timeout, struct poller_event *out, int max) {
  struct kevent events[BATCH];
  struct timespec limit;
  int i, n, stored = 0;

  limit.tv_sec = (time_t)(timeout < 0 ? 0 : timeout);
  limit.tv_nsec = (long)(timeout < 0 ? 0 : (timeout - (double)limit.tv_sec) * 1e9);
  n = kevent(p->kqueue, NULL, 0, events, max < BATCH ? max : BATCH,
             timeout < 0 ? NULL : &limit);
  for (i = 0; i < n; i++) {
    if (events[i].filter == EVFILT_TIMER) continue;
    out[stored].fd = (int)events[i].ident;
    out[stored++].events = translate(&events[i]);
  }
  return stored;
}

#define ALARM 1 /* its ident among the timers */

bool poller_alarm(struct poller *p, double seconds) {
  struct kevent change;

  EV_SET(&change, ALARM, EVFILT_TIMER, EV_DELETE, 0, 0, 0);
  (void)kevent(p->kqueue, &change, 1, NULL, 0, NULL); /* fails when it was not set */
  if (seconds < 0) return true;
  EV_SET(&change, ALARM, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, (intptr_t)(seconds * 1e3) + 1,
         0);
  return kevent(p->kqueue, &change, 1, NULL, 0, NULL) == 0;
}

int poller_fd(const struct poller *p) {
  return p->kqueue;
}

#else
typedef int poller_kqueue_unused;
#endif
