#include "syncs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct syncing {
  struct sync sync;
  struct link link;
};

void syncs_init(struct syncs *s) {
  list_init(&s->under_way);
  list_init(&s->ended);
  s->count = 0;
}

static void drop(struct syncs *s, struct link *item) {
  struct syncing *one = LIST_OWNER(struct syncing, link, item);

  list_remove(item);
  s->count--;
  if (one->sync.fd >= 0) close(one->sync.fd);
  free(one);
}

void syncs_free(struct syncs *s) {
  while (!list_empty(&s->under_way)) drop(s, s->under_way.next);
  while (!list_empty(&s->ended)) drop(s, s->ended.next);
}

bool syncs_add(struct syncs *s, struct writer *w, int fd, uint64_t id) {
  struct syncing *one = calloc(1, sizeof *one);

  if (!one) return false;
  one->sync.id = id;
  one->sync.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  list_push(&s->under_way, &one->link);
  s->count++;
  if (one->sync.fd >= 0 && writer_sync(w, &one->sync)) return true;
  drop(s, &one->link);
  return false;
}

void syncs_collect(struct syncs *s, struct writer *w) {
  struct sync *done;

  while ((done = writer_next_sync(w)) != NULL) {
    struct syncing *one = LIST_OWNER(struct syncing, sync, done);

    list_remove(&one->link);
    list_push(&s->ended, &one->link);
  }
}

bool syncs_first(const struct syncs *s, uint64_t *id, int *error) {
  const struct syncing *one;

  if (list_empty(&s->ended)) return false;
  one = LIST_OWNER(struct syncing, link, s->ended.next);
  *id = one->sync.id;
  *error = one->sync.error;
  return true;
}

void syncs_drop(struct syncs *s) {
  drop(s, s->ended.next);
}
