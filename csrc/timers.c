#include "timers.h"

#include <stdlib.h>
#include <string.h>

struct timer {
  double due;
  uint64_t id;
  size_t at; /* place in the heap */
};

void timers_init(struct timers *t) {
  memset(t, 0, sizeof *t);
  idmap_init(&t->by_id);
}

void timers_free(struct timers *t) {
  size_t i;

  for (i = 0; i < t->count; i++) free(t->heap[i]);
  free(t->heap);
  idmap_free(&t->by_id);
  timers_init(t);
}

/* Equal deadlines fire in the order they were set: ids grow. */
static bool earlier(const struct timer *a, const struct timer *b) {
  return a->due < b->due || (a->due == b->due && a->id < b->id);
}

static void place(struct timers *t, struct timer *timer, size_t at) {
  t->heap[at] = timer;
  timer->at = at;
}

static void sift_up(struct timers *t, struct timer *timer, size_t at) {
  while (at > 0 && earlier(timer, t->heap[(at - 1) / 2])) {
    place(t, t->heap[(at - 1) / 2], at);
    at = (at - 1) / 2;
  }
  place(t, timer, at);
}

static void sift_down(struct timers *t, struct timer *timer, size_t at) {
  for (;;) {
    size_t child = 2 * at + 1;

    if (child >= t->count) break;
    if (child + 1 < t->count && earlier(t->heap[child + 1], t->heap[child])) child++;
    if (!earlier(t->heap[child], timer)) break;
    place(t, t->heap[child], at);
    at = child;
  }
  place(t, timer, at);
}

static bool reserve(struct timers *t) {
  size_t cap = t->cap ? t->cap * 2 : 16;
  struct timer **grown;

  if (t->count < t->cap) return true;
  grown = realloc(t->heap, cap * sizeof *grown);
  if (!grown) return false;
  t->heap = grown;
  t->cap = cap;
  return true;
}

bool timers_add(struct timers *t, uint64_t id, double due) {
  struct timer *timer;

  if (!reserve(t)) return false;
  timer = malloc(sizeof *timer);
  if (!timer) return false;
  timer->id = id;
  timer->due = due;
  if (!idmap_put(&t->by_id, id, timer)) {
    free(timer);
    return false;
  }
  t->count++;
  sift_up(t, timer, t->count - 1);
  return true;
}

bool timers_remove(struct timers *t, uint64_t id) {
  struct timer *timer = idmap_remove(&t->by_id, id);
  struct timer *last;

  if (!timer) return false;
  last = t->heap[--t->count];
  if (last != timer) {
    if (earlier(last, timer)) sift_up(t, last, timer->at);
    else sift_down(t, last, timer->at);
  }
  free(timer);
  return true;
}

bool timers_first(const struct timers *t, uint64_t *id, double *due) {
  if (t->count == 0) return false;
  *id = t->heap[0]->id;
  *due = t->heap[0]->due;
  return true;
}
