/* Where the bytes of an answer go: capped memory, or a file that is written as name.part
 * and gets its name only when it is whole and on the disk. Knows no HTTP. Owns the
 * descriptor, the names and the memory. */
#ifndef FAL_SINK_H
#define FAL_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct sink {
  struct buf memory;
  char *path;   /* final name; NULL: memory only */
  char *part;   /* path.part */
  int fd;       /* -1: not open */
  int64_t had;  /* bytes in the part when it was opened, where to resume */
  int64_t size; /* bytes in the part now */
  int error;    /* errno of the first failure on the file, 0 for none */
};

void sink_init(struct sink *s, size_t max_memory); /* cannot fail; memory only */

/* Directs the body to a file. Opens (or creates) and locks path.part; s->had says how
 * much of it is there, 0 unless `resume`. False with s->error set: EISDIR when path is a
 * folder, EWOULDBLOCK when someone else writes the same part, ENOMEM, or as open says. */
bool sink_open(struct sink *s, const char *path, bool resume);

/* Empties the part: the server sends the whole file after all. */
bool sink_restart(struct sink *s);

bool sink_write_memory(struct sink *s, const void *bytes, size_t len);
bool sink_write_file(struct sink *s, const void *bytes, size_t len);

/* fsync, close, rename, fsync of the folder. False with s->error set, and no file under
 * the final name. */
bool sink_commit(struct sink *s);

/* Closes. The part stays if it holds anything, for a later resumption. Idempotent. */
void sink_free(struct sink *s);

#endif
