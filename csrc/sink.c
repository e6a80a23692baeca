#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot.h"
#include "writer.h"

#define FLUSH_EVERY (8 << 20) /* bytes; what is left for the final fsync stays small */

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

/* The rename would put the file in the place of whatever has its name: of a device, a pipe
 * or a link that is a loss nobody asked for. */
static bool is_free(struct sink *s, const char *path) {
  struct stat there;

  if (lstat(path, &there) != 0 || S_ISREG(there.st_mode)) return true;
  return fail(s, S_ISDIR(there.st_mode) ? EISDIR : EEXIST);
}

static bool name(struct sink *s, const char *path) {
  if (!is_free(s, path)) return false;
  s->path = join(path, "");
  s->part = join(path, ".part");
  s->guard_path = join(path, ".part.etag");
  s->guard = calloc(1, SINK_GUARD);
  return (s->path && s->part && s->guard_path && s->guard) || fail(s, ENOMEM);
}

/* The note beside a part: its version, and in a second line the start of the machine that
 * it was written under. */
#define NOTE (SINK_GUARD + BOOT_MARK)

static bool is_version(const char *s) {
  for (; *s; s++) {
    if ((unsigned char)*s < ' ' || *s == 127) return false;
  }
  return true;
}

/* A part is not synced as it grows: after a crash of the machine its length may be right
 * and its bytes not be there. */
static bool is_of_this_boot(const char *mark) {
  char now[BOOT_MARK];

  boot_mark(now);
  return strcmp(mark, now) == 0;
}

/* What was noted of the part's version; "" when it, or the part, cannot be trusted. */
static void read_guard(struct sink *s) {
  int fd = open(s->guard_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  char note[NOTE + 1];
  ssize_t n = fd < 0 ? 0 : read(fd, note, sizeof note);
  char *mark;

  if (fd >= 0) close(fd);
  s->guard[0] = '\0';
  if (n <= 0 || n == (ssize_t)sizeof note) return;
  note[n] = '\0';
  mark = strchr(note, '\n');
  if (!mark) return;
  *mark++ = '\0';
  if (strlen(note) >= SINK_GUARD || !is_version(note) || !is_of_this_boot(mark)) return;
  memcpy(s->guard, note, strlen(note) + 1);
}

static bool write_note(int fd, const char *guard) {
  char mark[BOOT_MARK];
  char note[NOTE];
  int len;

  boot_mark(mark);
  len = snprintf(note, sizeof note, "%s\n%s", guard, mark);
  return write(fd, note, (size_t)len) == len;
}

void sink_mark(struct sink *s, const char *guard) {
  size_t len = strlen(guard);
  bool kept;
  int fd;

  (void)unlink(s->guard_path);
  s->guard[0] = '\0';
  if (len == 0 || len >= SINK_GUARD) return;
  fd = open(s->guard_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (fd < 0) return;
  kept = write_note(fd, guard);
  if (close(fd) == 0 && kept) memcpy(s->guard, guard, len + 1);
  else (void)unlink(s->guard_path);
}

const char *sink_reason(const struct sink *s) {
  switch (s->error) {
    case ENOSPC: return "the disk is full";
    case EDQUOT: return "the disk quota is used up";
    case EFBIG: return "a file must not be that large there";
    case EACCES:
    case EPERM: return "it is not allowed there";
    case EROFS: return "the file system is read-only";
    case ENOENT:
    case ENOTDIR: return "the folder does not exist";
    case EEXIST: return "there is a link, a device or a pipe of that name";
    case EISDIR: return "there is a folder of that name";
    case ELOOP:
    case ENXIO: return "the name with .part behind it is that of a link or a pipe";
    case EWOULDBLOCK: return "another download is writing it";
    default: return strerror(s->error);
  }
}

static bool is_part(const struct sink *s) {
  struct stat open_one, named;

  return fstat(s->fd, &open_one) == 0 && lstat(s->part, &named) == 0 &&
         open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

/* Opens and locks the part. Whoever had the lock before may have renamed what was opened
 * here: that is a finished file now, and not ours to write. */
static bool open_part(struct sink *s) {
  int tries, error = EWOULDBLOCK;

  for (tries = 0; tries < 3; tries++) {
    /* NONBLOCK: opening a pipe would wait for its other end. */
    s->fd = open(s->part, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (s->fd < 0) return fail(s, errno);
    if (flock(s->fd, LOCK_EX | LOCK_NB) == 0) {
      if (is_part(s)) return true;
    } else {
      error = errno;
      tries = 3;
    }
    close(s->fd);
    s->fd = -1; /* or it would be taken for ours, and its part away */
  }
  return fail(s, error);
}

bool sink_open(struct sink *s, const char *path, bool resume) {
  struct stat there;

  if (!name(s, path)) return false;
  if (!open_part(s)) return false;
  if (resume) read_guard(s);
  if (!s->guard[0]) return sink_restart(s);
  if (fstat(s->fd, &there) != 0) return fail(s, errno);
  s->had = there.st_size > 0 ? (int64_t)there.st_size - 1 : 0;
  s->size = s->flushed = s->had;
  return lseek(s->fd, (off_t)s->had, SEEK_SET) >= 0 || fail(s, errno);
}

bool sink_restart(struct sink *s) {
  if (ftruncate(s->fd, 0) != 0) return fail(s, errno);
  if (lseek(s->fd, 0, SEEK_SET) < 0) return fail(s, errno);
  s->had = s->size = s->flushed = 0;
  return true;
}

bool sink_write_memory(struct sink *s, const void *bytes, size_t len) {
  return buf_append(&s->memory, bytes, len);
}

/* Left to itself the system keeps the bytes in memory, and the fsync at the end takes as
 * long as writing them all. */
static void write_back(struct sink *s) {
  if (!s->writer || s->size - s->flushed < FLUSH_EVERY) return;
  if (writer_flush(s->writer, s->fd, s->flushed, s->size - s->flushed)) s->flushed = s->size;
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
  write_back(s);
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
  if (rename(s->part, s->path) != 0) return fail(s, errno);
  (void)unlink(s->guard_path);
  s->fd = -1;
  close(fd); /* and with it the lock, now that nobody can take the file for a part */
  sync_folder(s);
  return true;
}

void sink_free(struct sink *s) {
  if (s->fd >= 0) {
    /* Unlinked while still locked, so that nobody else's part can be hit. */
    if (s->size == 0) {
      (void)unlink(s->guard_path);
      (void)unlink(s->part);
    }
    /* The writer may hold a copy of the descriptor, and with it the lock. */
    (void)flock(s->fd, LOCK_UN);
    close(s->fd);
    s->fd = -1;
  }
  free(s->path);
  free(s->part);
  free(s->guard_path);
  free(s->guard);
  s->path = s->part = s->guard_path = s->guard = NULL;
  buf_free(&s->memory);
}
