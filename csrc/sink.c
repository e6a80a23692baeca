#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

void sink_init(struct sink *s, size_t max_memory) {
  memset(s, 0, sizeof *s);
  buf_init(&s->memory, max_memory);
  s->fd = -1;
}

static bool fail(struct sink *s, int error) {
  if (s->error == 0) s->error = error;
  return false;
}

static char *join(const char *a, const char *b) {
  size_t la = strlen(a);
  size_t lb = strlen(b);
  char *out = malloc(la + lb + 1);

  if (!out) return NULL;
  memcpy(out, a, la);
  memcpy(out + la, b, lb + 1);
  return out;
}

static bool name(struct sink *s, const char *path) {
  struct stat there;

  if (stat(path, &there) == 0 && S_ISDIR(there.st_mode)) return fail(s, EISDIR);
  s->path = join(path, "");
  s->part = join(path, ".part");
  return (s->path && s->part) || fail(s, ENOMEM);
}

bool sink_open(struct sink *s, const char *path, bool resume) {
  struct stat there;

  if (!name(s, path)) return false;
  s->fd = open(s->part, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (s->fd < 0) return fail(s, errno);
  if (flock(s->fd, LOCK_EX | LOCK_NB) != 0) return fail(s, errno);
  if (!resume) return sink_restart(s);
  if (fstat(s->fd, &there) != 0) return fail(s, errno);
  s->had = s->size = (int64_t)there.st_size;
  return lseek(s->fd, 0, SEEK_END) >= 0 || fail(s, errno);
}

bool sink_restart(struct sink *s) {
  if (ftruncate(s->fd, 0) != 0) return fail(s, errno);
  if (lseek(s->fd, 0, SEEK_SET) < 0) return fail(s, errno);
  s->had = s->size = 0;
  return true;
}

bool sink_write_memory(struct sink *s, const void *bytes, size_t len) {
  return buf_append(&s->memory, bytes, len);
}

bool sink_write_file(struct sink *s, const void *bytes, size_t len) {
  const char *p = bytes;

  while (len > 0) {
    ssize_t n = write(s->fd, p, len);

    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(s, errno);
    p += n;
    len -= (size_t)n;
    s->size += n;
  }
  return true;
}

/* Makes the new name durable where folders can be synced. Best effort: the bytes are on
 * the disk already, and a file that is whole must not be reported as failed. */
static void sync_folder(const struct sink *s) {
  const char *slash = strrchr(s->path, '/');
  char *folder = join(slash ? s->path : ".", "");
  int fd;

  if (!folder) return;
  if (slash) folder[slash - s->path + (slash == s->path)] = '\0';
  fd = open(folder, O_RDONLY | O_CLOEXEC);
  free(folder);
  if (fd < 0) return;
  (void)fsync(fd);
  close(fd);
}

bool sink_commit(struct sink *s) {
  int fd = s->fd;

  if (fsync(fd) != 0) return fail(s, errno);
  s->fd = -1;
  if (close(fd) != 0) return fail(s, errno);
  if (rename(s->part, s->path) != 0) return fail(s, errno);
  sync_folder(s);
  return true;
}

void sink_free(struct sink *s) {
  if (s->fd >= 0) {
    /* Unlinked while still locked, so that nobody else's part can be hit. */
    if (s->size == 0) (void)unlink(s->part);
    close(s->fd);
    s->fd = -1;
  }
  free(s->path);
  free(s->part);
  s->path = s->part = NULL;
  buf_free(&s->memory);
}
