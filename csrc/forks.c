#include "forks.h"

#include <pthread.h>

/* Changes in a child alone, before anything else runs there. */
static unsigned count;

static void in_child(void) {
  count++;
}

static void begin(void) {
  (void)pthread_atfork(NULL, NULL, in_child);
}

void forks_watch(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;

  (void)pthread_once(&once, begin);
}

unsigned forks_count(void) {
  return count;
}
