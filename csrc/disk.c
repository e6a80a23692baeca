#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

bool disk_sync(FILE *file) {
  return fflush(file) == 0 && fsync(fileno(file)) == 0;
}

bool disk_lock(FILE *file) {
  int fd = fileno(file);

  return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static bool make_one(const char *path) {
  struct stat there;

  if (mkdir(path, 0777) == 0) return true;
  if (errno != EEXIST && errno != EISDIR && errno != EROFS) return false;
  if (stat(path, &there) == 0 && S_ISDIR(there.st_mode)) return true;
  errno = ENOTDIR;
  return false;
}

bool disk_make_folder(const char *path) {
  size_t len = strlen(path);
  char *copy = malloc(len + 1);
  bool ok = copy != NULL;
  size_t i;

  for (i = 0; ok && i <= len; i++) {
    copy[i] = path[i];
    if (i == 0 || (path[i] != '/' && path[i] != '\0')) continue;
    copy[i] = '\0';
    ok = make_one(copy);
    copy[i] = path[i];
  }
  free(copy);
  return ok;
}

int disk_columns(FILE *file) {
  struct winsize size;

  if (!isatty(fileno(file))) return 0;
  if (ioctl(fileno(file), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}
