/* Where the bytes of a large request come from: a range of a file, read as it is sent, in
 * constant memory. Knows no HTTP. Owns the descriptor. */
#ifndef FAL_SOURCE_H
#define FAL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source {
  int fd; /* -1: not open */
  int64_t from;
  int64_t size;
  int64_t done;
  int error; /* errno of the first failure, 0 for none; EIO when the file has shrunk */
};

struct source_facts {
  int64_t size;
  double modified; /* seconds since 1970 */
};

/* 0, or an errno: EINVAL for what is no plain file, EACCES when it cannot be read. */
int source_stat(const char *path, struct source_facts *facts);

void source_init(struct source *s); /* cannot fail */

/* `size` < 0: all that is behind `from`. False with s->error set; EINVAL when the path is
 * no plain file or the range is not in it. */
bool source_open(struct source *s, const char *path, int64_t from, int64_t size);

/* Reads up to `max` bytes. -1 with s->error set. */
int64_t source_read(struct source *s, void *into, size_t max);

bool source_seek(struct source *s, int64_t done); /* within the range */
void source_free(struct source *s);               /* idempotent */

#endif
