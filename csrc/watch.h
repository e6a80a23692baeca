/* Which of libcurl's descriptors the poller watches. libcurl takes a connection out after
 * each request and puts it in for the next: followed to the letter, that is two system
 * calls a request. So an idle connection stays watched for reading, for as long as it is
 * known to be the same one: from its opening, which the handle's callbacks tell, to its
 * closing. Any other descriptor, a resolver's say, may be closed behind our back, and is
 * watched exactly as libcurl says. */
#ifndef FAL_WATCH_H
#define FAL_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "poller.h"

struct watch {
  struct poller *poller; /* borrowed */
  unsigned char *known;  /* by descriptor */
  size_t size;
};

/* Of zeroed memory only the poller has to be set. */
void watch_free(struct watch *w);

/* A connection begins, and ends: to be told before its descriptor is closed. */
void watch_opened(struct watch *w, int fd);
void watch_closed(struct watch *w, int fd);
bool watch_is_open(const struct watch *w, int fd); /* between the two */

/* libcurl's wish: POLLER_READ and/or POLLER_WRITE, or 0 for no more. False as of
 * poller_watch. */
bool watch_want(struct watch *w, int fd, int events);

/* Something happened on it. False: nobody wants to know, and it is watched no longer. */
bool watch_is_wanted(struct watch *w, int fd);

#endif
