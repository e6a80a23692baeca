#include "timers.h"

#include <stdlib.h>
#include <string.h>

/* Of four children two or three stand in the same line of the processor's cache, and the
 * deadlines with them: a heap of very many is half as deep, and none is looked up. */
#define CHILDREN 4

struct timer {
  uint64_t id;
  size_t at; /* place in the heap */
};

struct timer_place {
  double due;
  struct timer *timer;
};

void timers_init(struct timers *t) {
  memset(t, 0, sizeof *t);
  idmap_init(&t->by_id);
}

void timers_free(struct timers *t) {
  size_t i;

  for (i = 0; i < t->count; i++) free(t->heap[i].timer);
  free(t->heap);
  idmap_free(&t->by_id);
  timers_init(t);
}

/* Equal deadlines fire in the order they were set: ids grow. */
static bool earlier(const struct timer_place *a, const struct timer_place *b) {
  return a->due < b->due || (a->due == b->due && a->timer->id < b->timer->id);
}

static void place(struct timers *t, struct timer_place one, size_t at) {
  t->heap[at] = one;
  one.timer->at = at;
}

static void sift_up(struct timers *t, struct timer_place one, size_t at) {
  while (at > 0 && earlier(&one, &t->heap[(at - 1) / CHILDREN])) {
    place(t, t->heap[(at - 1) / CHILDREN], at);
    at = (at - 1) / CHILDREN;
  }
  place(t, one, at);
}

static size_t first_child(const struct timers *t, size_t at) {
  size_t first = CHILDREN * at + 1, end = first + CHILDREN, child;

  if (end > t->count) end = t->count;
  for (child = first + 1; child < end; child++) {
    if (earlier(&t->heap[child], &t->heap[first])) first = child;
  }
  return first;
}

static void sift_down(struct timers *t, struct timer_place one, size_t at) {
  for (;;) {
    size_t child = first_child(t, at);

    if (child >= t->count || !earlier(&t->heap[child], &one)) break;
    place(t, t->heap[child], at);
    at = child;
  }
  place(t, one, at);
}

static bool reserve(struct timers *t) {
  size_t cap = t->cap ? t->cap * 2 : 16;
  struct timer_place *grown;

  if (t->count < t->cap) return true;
  grown = realloc(t->heap, cap * sizeof *grown);
  if (!grown) return false;
  t->heap = grown;
  t->cap = cap;
  return true;
}

bool timers_add(struct timers *t, uint64_t id, double due) {
  struct timer_place one;

  if (!reserve(t)) return false;
  one.due = due;
  one.timer = malloc(sizeof *one.timer);
  if (!one.timer) return false;
  one.timer->id = id;
  if (!idmap_put(&t->by_id, id, one.timer)) {
    free(one.timer);
    return false;
  }
  t->count++;
  sift_up(t, one, t->count - 1);
  return true;
}

bool timers_remove(struct timers *t, uint64_t id) {
  struct timer *timer = idmap_remove(&t->by_id, id);
  struct timer_place last;

  if (!timer) return false;
  last = t->heap[--t->count];
  if (last.timer != timer) {
    if (earlier(&last, &t->heap[timer->at])) sift_up(t, last, timer->at);
    else sift_down(t, last, timer->at);
  }
  free(timer);
  return true;
}

bool timers_first(const struct timers *t, uint64_t *id, double *due) {
  if (t->count == 0) return false;
  *id = t->heap[0].timer->id;
  *due = t->heap[0].due;
  return true;
}
