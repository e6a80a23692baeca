#include "watch.h"

#include <stdlib.h>
#include <string.h>

/* Beside the POLLER_… that the poller watches it for. */
#define CONNECTION 8
#define WANTED 16
#define EVENTS (POLLER_READ | POLLER_WRITE)

void watch_free(struct watch *w) {
  free(w->known);
  w->known = NULL;
  w->size = 0;
}

static int known(const struct watch *w, int fd) {
  return (size_t)fd < w->size ? w->known[fd] : 0;
}

static void know(struct watch *w, int fd, int what) {
  if ((size_t)fd < w->size) w->known[fd] = (unsigned char)what;
}

static bool reserve(struct watch *w, int fd) {
  size_t size = w->size ? w->size : 64;
  unsigned char *grown;

  while (size <= (size_t)fd) size *= 2;
  if (size == w->size) return true;
  grown = realloc(w->known, size);
  if (!grown) return false; /* then it is watched to the letter */
  memset(grown + w->size, 0, size - w->size);
  w->known = grown;
  w->size = size;
  return true;
}

void watch_opened(struct watch *w, int fd) {
  if (fd >= 0 && reserve(w, fd)) know(w, fd, CONNECTION);
}

bool watch_is_open(const struct watch *w, int fd) {
  return (known(w, fd) & CONNECTION) != 0;
}

void watch_closed(struct watch *w, int fd) {
  if (known(w, fd) & EVENTS) poller_forget(w->poller, fd);
  know(w, fd, 0);
}

/* One that libcurl lets go of while it has yet to connect or to send may be closed without
 * a word. */
static void let_go(struct watch *w, int fd) {
  int events = known(w, fd) & EVENTS;

  if (events == POLLER_READ) {
    know(w, fd, CONNECTION | POLLER_READ);
  } else {
    poller_forget(w->poller, fd);
    know(w, fd, 0);
  }
}

bool watch_want(struct watch *w, int fd, int events) {
  if (!watch_is_open(w, fd)) {
    if (events) return poller_watch(w->poller, fd, events);
    poller_forget(w->poller, fd);
    return true;
  }
  if (!events) {
    let_go(w, fd);
    return true;
  }
  if ((known(w, fd) & EVENTS) != events && !poller_watch(w->poller, fd, events)) return false;
  know(w, fd, CONNECTION | WANTED | events);
  return true;
}

bool watch_is_wanted(struct watch *w, int fd) {
  if ((known(w, fd) & (CONNECTION | WANTED)) != CONNECTION) return true;
  poller_forget(w->poller, fd);
  know(w, fd, CONNECTION);
  return false;
}
