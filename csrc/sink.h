/* Where the bytes of an answer go: capped memory, or a file that is written as name.part
 * and gets its name only when it is whole and on the disk. Knows no HTTP. Owns the
 * descriptor, the names and the memory. */
#ifndef FAL_SINK_H
#define FAL_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

#define SINK_GUARD 256 /* bytes an ETag or date may have, with its NUL */

struct writer;

struct sink {
  struct buf memory;
  char *path;        /* final name; NULL: memory only */
  char *part;        /* path.part */
  char *guard_path;  /* path.part.etag */
  char *guard;       /* SINK_GUARD bytes: which version of the file the part holds; "":
                      * unknown; NULL without a file */
  int fd;            /* -1: not open */
  int64_t had;       /* bytes that are kept of an earlier part, where to resume */
  int64_t size;      /* bytes in the part now */
  int64_t flushed;   /* up to where the disk was told to write */
  struct writer *writer; /* borrowed; NULL: nobody writes back while bytes arrive */
  struct sink *next; /* the disk's */
  int error;         /* errno of the first failure on the file, 0 for none */
};

void sink_init(struct sink *s, size_t max_memory); /* cannot fail; memory only */

const char *sink_reason(const struct sink *s); /* why it failed, in words that stay */

/* Directs the body to a file. Opens (or creates) and locks path.part; s->had says how much
 * of it is kept, one byte less than is there, since nobody can be asked for the rest of a
 * file that is whole: 0 unless `resume`, and 0 where nothing is known of its version, as
 * two versions must not be glued together, or where the machine was started since. False with s->error set: EISDIR when path is a
 * folder, EWOULDBLOCK when someone else writes the same part, ENOMEM, or as open says. */
bool sink_open(struct sink *s, const char *path, bool resume);

/* Empties the part: the server sends the whole file after all. */
bool sink_restart(struct sink *s);

/* Notes which version the part is going to hold ("": unknown), beside it, so that another
 * process can take it up while the machine runs. Best effort: without the note it starts anew. */
void sink_mark(struct sink *s, const char *guard);

bool sink_write_memory(struct sink *s, const void *bytes, size_t len);
bool sink_write_file(struct sink *s, const void *bytes, size_t len);

/* fsync, rename, close, fsync of the folder. May take as long as the disk likes, and may
 * be called in another thread that has the sink to itself. False with s->error set, and no
 * file under the final name. */
bool sink_commit(struct sink *s);

/* Closes. The part stays if it holds anything, for a later resumption. Idempotent. */
void sink_free(struct sink *s);

#endif
