/* Deadlines by id: a heap, so that a hundred thousand waiting jobs cost nothing until one
 * of them is due. Pure: the caller brings the time. Owns its entries. */
#ifndef FAL_TIMERS_H
#define FAL_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "idmap.h"

struct timer_place;

struct timers {
  struct timer_place *heap;
  size_t count;
  size_t cap;
  struct idmap by_id;
};

void timers_init(struct timers *t);
void timers_free(struct timers *t);

/* False when out of memory; nothing has changed then. */
bool timers_add(struct timers *t, uint64_t id, double due);
bool timers_remove(struct timers *t, uint64_t id); /* false: unknown or already gone */

/* False when there is none. */
bool timers_first(const struct timers *t, uint64_t *id, double *due);

#endif
