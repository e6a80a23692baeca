/* Waiting for sockets: epoll, kqueue, or poll(2) where neither exists. Level-triggered
 * and keyed by descriptor alone, because a number may be closed and used again before we
 * hear of it. Owns its own descriptor, never those it watches. */
#ifndef FAL_POLLER_H
#define FAL_POLLER_H

#include <stdbool.h>
#include <stddef.h>

#if !defined(POLLER_EPOLL) && !defined(POLLER_KQUEUE) && !defined(POLLER_POLL)
#if defined(__linux__)
#define POLLER_EPOLL
#elif defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || \
    defined(__OpenBSD__) || defined(__DragonFly__)
#define POLLER_KQUEUE
#else
#define POLLER_POLL
#endif
#endif

enum poller_events { POLLER_READ = 1, POLLER_WRITE = 2, POLLER_ERROR = 4 };

struct poller_event {
  int fd;
  int events;
};

struct poller;

extern const char poller_name[]; /* "epoll", "kqueue" or "poll" */

struct poller *poller_new(void);     /* NULL: no memory or no descriptor left */
void poller_free(struct poller *p);  /* NULL is fine */

/* Watches fd for READ and/or WRITE instead of whatever was watched before. False when out
 * of memory, or the system refuses the descriptor. */
bool poller_watch(struct poller *p, int fd, int events);
void poller_forget(struct poller *p, int fd); /* also for one already closed */

/* Waits at most timeout seconds (negative: without limit); the number of events stored,
 * 0 also when a signal came in between. */
int poller_wait(struct poller *p, double timeout, struct poller_event *out, int max);

int poller_fd(const struct poller *p); /* pollable itself; -1 where there is none */

/* Lets poller_fd turn readable after so many seconds as well (negative: no longer), for a
 * host that watches it alone. False where the system has no means; a wait of its own is
 * not shortened by it. */
bool poller_alarm(struct poller *p, double seconds);

#endif
