/* Files that the writer syncs for whoever asked: those under way, and what came of the
 * others. Owns a descriptor of its own for each, until it is done; borrows the writer. */
#ifndef FAL_SYNCS_H
#define FAL_SYNCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "list.h"
#include "writer.h"

struct syncs {
  struct link under_way;
  struct link ended; /* to be fetched */
  size_t count;      /* of both */
};

void syncs_init(struct syncs *s);
void syncs_free(struct syncs *s); /* once the writer has ended, and with it their last use */

/* False: no memory, no descriptor or no thread. */
bool syncs_add(struct syncs *s, struct writer *w, int fd, uint64_t id);

void syncs_collect(struct syncs *s, struct writer *w); /* those that have ended */

/* The first that has ended; `error` is its errno or 0. False: there is none. */
bool syncs_first(const struct syncs *s, uint64_t *id, int *error);
void syncs_drop(struct syncs *s); /* the first; there is one */

#endif
