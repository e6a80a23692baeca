/* Descriptors that libcurl opens for itself. Before 8.9 it does not keep them from the
 * programs that the host starts, which would hold them open for as long as they run. */
#ifndef FAL_INHERIT_H
#define FAL_INHERIT_H

#include <stdbool.h>

#define INHERIT_SEEN 16

struct inherit {
  int low; /* the lowest free number, negative: none */
  bool open[INHERIT_SEEN];
};

/* Around whatever opens sockets: those that are new behind it are not inherited. */
void inherit_before(struct inherit *i);
void inherit_after(const struct inherit *i);

/* One end of a pair, by which a resolver's thread wakes libcurl: neither end is
 * inherited. Any other socket is left as it is. */
void inherit_pair(int fd);

#endif
