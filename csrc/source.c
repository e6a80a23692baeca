#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void source_init(struct source *s) {
  s->fd = -1;
  s->from = s->size = s->done = 0;
  s->error = 0;
}

static bool fail(struct source *s, int error) {
  if (s->error == 0) s->error = error;
  return false;
}

#ifdef __APPLE__
#define MODIFIED(there) (there).st_mtimespec
#else
#define MODIFIED(there) (there).st_mtim
#endif

int source_stat(const char *path, struct source_facts *facts) {
  struct source s;
  struct stat there;
  int error = 0;

  source_init(&s);
  if (source_open(&s, path, 0, -1) && fstat(s.fd, &there) == 0) {
    facts->size = (int64_t)there.st_size;
    facts->modified = (double)MODIFIED(there).tv_sec + (double)MODIFIED(there).tv_nsec * 1e-9;
  } else {
    error = s.error ? s.error : errno;
  }
  source_free(&s);
  return error;
}

bool source_open(struct source *s, const char *path, int64_t from, int64_t size) {
  struct stat there;

  /* NONBLOCK: opening a pipe would wait for its other end. */
  s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (s->fd < 0 || fstat(s->fd, &there) != 0) return fail(s, errno);
  if (!S_ISREG(there.st_mode) || from > (int64_t)there.st_size) return fail(s, EINVAL);
  if (size < 0) size = (int64_t)there.st_size - from;
  if (size > (int64_t)there.st_size - from) return fail(s, EINVAL);
  s->from = from;
  s->size = size;
  return true;
}

int64_t source_read(struct source *s, void *into, size_t max) {
  int64_t left = s->size - s->done;
  ssize_t n;

  if ((int64_t)max > left) max = (size_t)left;
  if (max == 0) return 0;
  do n = pread(s->fd, into, max, (off_t)(s->from + s->done));
  while (n < 0 && errno == EINTR);
  if (n <= 0) {
    (void)fail(s, n < 0 ? errno : EIO);
    return -1;
  }
  s->done += n;
  return n;
}

bool source_seek(struct source *s, int64_t done) {
  if (done < 0 || done > s->size) return false;
  s->done = done;
  return true;
}

void source_free(struct source *s) {
  if (s->fd >= 0) close(s->fd);
  s->fd = -1;
}
