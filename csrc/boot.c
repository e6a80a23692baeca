#include "boot.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#ifdef __linux__

void boot_mark(char mark[BOOT_MARK]) {
  int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? 0 : read(fd, mark, BOOT_MARK - 1);

  if (fd >= 0) close(fd);
  while (n > 0 && mark[n - 1] <= ' ') n--;
  mark[n > 0 ? n : 0] = '\0';
}

#else

#include <sys/param.h>
#include <sys/sysctl.h>
#include <sys/time.h>

void boot_mark(char mark[BOOT_MARK]) {
  mark[0] = '\0';
#ifdef KERN_BOOTTIME
  {
    int name[2] = {CTL_KERN, KERN_BOOTTIME};
    struct timeval began;
    size_t size = sizeof began;

    if (sysctl(name, 2, &began, &size, NULL, 0) != 0) return;
    (void)snprintf(mark, BOOT_MARK, "%lld", (long long)began.tv_sec);
  }
#endif
}

#endif
