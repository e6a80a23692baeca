/* Ids to pointers. Ids are never reused, so a stale one is simply unknown. The map owns
 * its slots, not what the pointers point to. */
#ifndef FAL_IDMAP_H
#define FAL_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idmap_slot {
  uint64_t id; /* 0: free */
  void *value;
};

struct idmap {
  struct idmap_slot *slots;
  size_t cap; /* a power of two, or 0 */
  size_t count;
};

void idmap_init(struct idmap *m);
void idmap_free(struct idmap *m);

/* False when out of memory; the map is as it was. `id` is not 0 and not in the map. */
bool idmap_put(struct idmap *m, uint64_t id, void *value);
void *idmap_get(const struct idmap *m, uint64_t id);    /* NULL when unknown */
void *idmap_remove(struct idmap *m, uint64_t id);       /* what was there, or NULL */

#endif
