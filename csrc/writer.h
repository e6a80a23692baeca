/* One helper thread that writes back, syncs and finishes files, since an fsync may take
 * longer than a frame. Started by the first piece of work. Owns its
 * thread and its descriptors; a sink that is being committed is lent to it. */
#ifndef FAL_WRITER_H
#define FAL_WRITER_H

#include <stdbool.h>
#include <stdint.h>

struct writer;
struct sink;

/* One file that is to be on the disk; the descriptor is the caller's. */
struct sync {
  uint64_t id; /* the caller's, and the last in its list */
  int fd;
  int error; /* errno of a sync that failed, else 0 */
  struct sync *next;
};

struct writer *writer_new(void); /* NULL: no memory or no descriptors */

/* Finishes what it was given, ends the thread. NULL is fine. */
void writer_free(struct writer *w);

int writer_fd(const struct writer *w); /* readable when a commit or a sync has ended */

/* Makes it unreadable again, before both are asked for: what ends later tells anew. */
void writer_heard(struct writer *w);

/* Asks for a range of a file to be written back. Best effort; false: ask again later. */
bool writer_flush(struct writer *w, int fd, int64_t from, int64_t len);

/* Lends it a sink to commit. False: no thread can be had, the caller commits it. */
bool writer_commit(struct writer *w, struct sink *s);

/* A sink whose commit has ended (its error is set if it failed), given back; or NULL. */
struct sink *writer_next(struct writer *w);

/* The same for a file to sync. */
bool writer_sync(struct writer *w, struct sync *s);
struct sync *writer_next_sync(struct writer *w);

#endif
