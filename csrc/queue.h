/* fal.ai's verbs over the engine: where each goes, with which headers, and who may see the
 * key. The key exists here and in the header lines made from it, nowhere else; they are
 * overwritten when they go. Owns its strings; borrows the engine. */
#ifndef FAL_QUEUE_H
#define FAL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine.h"

enum host { HOST_QUEUE, HOST_RUN, HOST_REST, HOST_API, HOSTS };

struct queue;

struct queue_options {
  const char *bases[HOSTS]; /* URLs without a trailing slash */
  const char *user_agent;
  double request_timeout;   /* seconds an exchange may take */
  size_t max_body;
};

/* NULL: *why says which option is at fault, or that memory is out. */
struct queue *queue_new(struct engine *e, const struct queue_options *options,
                        const char **why);
void queue_free(struct queue *q); /* NULL is fine */

/* NULL forgets the key. False: *why. */
bool queue_set_key(struct queue *q, const char *key, const char **why);

/* May this URL carry the key? Only under a configured base; bases are https or loopback. */
bool queue_owns(const struct queue *q, const char *url);

/* What a caller adds to a verb's own. */
struct queue_extra {
  const char *query; /* escaped, without "?", or NULL */
  const char *const *lines;
  size_t line_count;
  double timeout; /* seconds, 0: the queue's */
  bool brief;     /* as of struct request */
};

/* Each returns a transfer id, or 0 with *why. */
uint64_t queue_submit(struct queue *q, const char *endpoint_id, const char *body, size_t len,
                      const struct queue_extra *extra, const char **why);

enum verb { VERB_STATUS, VERB_STREAM, VERB_RESULT, VERB_CANCEL };

struct question {
  enum verb verb;
  const char *app_id;
  const char *request_id;
  const char *url; /* where it came with the submit, or NULL */
  bool logs;       /* for STATUS and STREAM */
  bool brief;      /* for STATUS: as of struct request */
};

/* The url is used when it lies under the queue's base and names this request; else the
 * composed one is. */
uint64_t queue_verb(struct queue *q, const struct question *ask, const char **why);

/* Anything else. With `auth` the key goes along, if queue_owns the URL; the request's own
 * headers, timeout and max_body are set here. */
uint64_t queue_request(struct queue *q, const struct request *request, bool auth,
                       const char *const *lines, size_t line_count, const char **why);

/* Can the line ("Name: value") stand in a request as it is? libcurl sends lines verbatim:
 * a CR LF inside one would add another. */
bool queue_line_ok(const char *line);

#endif
