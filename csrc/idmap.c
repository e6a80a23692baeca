#include "idmap.h"

#include <stdlib.h>
#include <string.h>

#define IDMAP_FIRST 16u

void idmap_init(struct idmap *m) {
  memset(m, 0, sizeof *m);
}

void idmap_free(struct idmap *m) {
  free(m->slots);
  idmap_init(m);
}

/* Ids are consecutive; the multiplier (2^64 divided by the golden ratio) spreads them. */
static size_t home(const struct idmap *m, uint64_t id) {
  return (size_t)((id * 0x9E3779B97F4A7C15u) >> 32) & (m->cap - 1);
}

static struct idmap_slot *find(const struct idmap *m, uint64_t id) {
  size_t i = home(m, id);

  while (m->slots[i].id != 0 && m->slots[i].id != id) i = (i + 1) & (m->cap - 1);
  return &m->slots[i];
}

static bool resize(struct idmap *m, size_t cap) {
  struct idmap old = *m;
  size_t i;

  m->slots = calloc(cap, sizeof *m->slots);
  if (!m->slots) {
    *m = old;
    return false;
  }
  m->cap = cap;
  for (i = 0; i < old.cap; i++) {
    if (old.slots[i].id != 0) *find(m, old.slots[i].id) = old.slots[i];
  }
  free(old.slots);
  return true;
}

bool idmap_put(struct idmap *m, uint64_t id, void *value) {
  struct idmap_slot *slot;

  if (m->count * 4 >= m->cap * 3 && !resize(m, m->cap ? m->cap * 2 : IDMAP_FIRST)) {
    return false;
  }
  slot = find(m, id);
  slot->id = id;
  slot->value = value;
  m->count++;
  return true;
}

void *idmap_get(const struct idmap *m, uint64_t id) {
  return m->cap ? find(m, id)->value : NULL;
}

/* Linear probing without tombstones: whoever probed past the hole moves into it. */
static void close_hole(struct idmap *m, size_t hole) {
  size_t mask = m->cap - 1;
  size_t i = hole;

  for (;;) {
    i = (i + 1) & mask;
    if (m->slots[i].id == 0) break;
    if (((i - home(m, m->slots[i].id)) & mask) < ((i - hole) & mask)) continue;
    m->slots[hole] = m->slots[i];
    hole = i;
  }
  m->slots[hole].id = 0;
  m->slots[hole].value = NULL;
}

void *idmap_remove(struct idmap *m, uint64_t id) {
  struct idmap_slot *slot = m->cap ? find(m, id) : NULL;
  void *value;

  if (!slot || slot->id == 0) return NULL;
  value = slot->value;
  close_hole(m, (size_t)(slot - m->slots));
  m->count--;
  return value;
}
