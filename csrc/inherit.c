#include "inherit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEAR 8 /* how far apart the numbers of a pair are looked for */

static bool is_open(int fd) {
  return fcntl(fd, F_GETFD) >= 0;
}

static void close_on_exec(int fd) {
  (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void inherit_before(struct inherit *i) {
  int n;

  i->low = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (i->low < 0) return;
  close(i->low);
  for (n = 0; n < INHERIT_SEEN; n++) i->open[n] = is_open(i->low + n);
}

void inherit_after(const struct inherit *i) {
  struct stat s;
  int n;

  for (n = 0; i->low >= 0 && n < INHERIT_SEEN; n++) {
    if (i->open[n] || fstat(i->low + n, &s) != 0 || !S_ISSOCK(s.st_mode)) continue;
    close_on_exec(i->low + n);
  }
}

static bool is_local(int fd) {
  struct sockaddr address;
  socklen_t len = sizeof address;

  return getsockname(fd, &address, &len) == 0 && address.sa_family == AF_UNIX;
}

void inherit_pair(int fd) {
  struct stat own, other;
  int mate;

  if (!is_local(fd) || fstat(fd, &own) != 0) return;
  close_on_exec(fd);
  for (mate = fd - NEAR; mate <= fd + NEAR; mate++) {
    if (mate < 0 || fstat(mate, &other) != 0 || !S_ISSOCK(other.st_mode)) continue;
    if (other.st_ino != own.st_ino + 1 && own.st_ino != other.st_ino + 1) continue;
    if (!is_local(mate)) continue;
    close_on_exec(mate);
    return;
  }
}
