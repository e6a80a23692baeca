/* A look at the two answers that come most often, that a job was accepted and how it
 * stands, without building anything. It reads the usual ones only: whoever gets false, for
 * an unknown member, an escape or a fault, has the text read in full. Pure. */
#ifndef FAL_GLANCE_H
#define FAL_GLANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the text that was looked at; NULL: absent. */
struct span {
  const char *at;
  size_t len;
};

struct glance {
  const char *status;      /* a literal: "IN_QUEUE", "IN_PROGRESS", "COMPLETED" */
  struct span request_id;  /* one that may stand in a path */
  struct span address;     /* response_url; status_url and cancel_url are below it, if any */
  int64_t position;        /* in the queue; -1: absent */
  double inference_time;   /* seconds; negative: absent */
};

bool glance_at(const char *text, size_t len, struct glance *g);

#endif
