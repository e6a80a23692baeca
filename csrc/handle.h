/* libcurl's easy handles: made with what all requests of an engine have in common, kept
 * when a plain exchange is over, and used again for the next one. */
#ifndef FAL_HANDLE_H
#define FAL_HANDLE_H

#include <stdbool.h>

#include "trust.h"
#include "watch.h"

#define HANDLES_KEPT 32

/* The part of the engine's options that shapes a handle. The strings are the engine's. */
struct handle_settings {
  const char *proxy;   /* NULL: as the environment says */
  const char *ca_file; /* instead of the system's; NULL: those */
  enum trust trust;    /* which of the system's */
  long http_version;   /* a CURL_HTTP_VERSION_* */
  double connect_timeout;
};

/* Handles by the schemes they may speak: https alone, or http as well. */
struct handles {
  struct handle_settings settings;
  struct watch *watch;         /* is told of connections; outlives them */
  void *kept[2][HANDLES_KEPT]; /* each a CURL * */
  int count[2];
};

/* As libcurl takes times: not 0 for what is more. */
long handle_milliseconds(double seconds);

/* What is enough of libcurl's own places. */
enum trust handle_trust(void);

/* Of zeroed memory only settings and watch have to be set. Frees those that are kept. */
void handles_free(struct handles *h);

/* A handle on which everything has been set but what a request of its own needs. `plain`:
 * for an http URL. NULL: out of memory. */
void *handles_make(struct handles *h, bool plain);

/* The same, one that was given back if there is one. */
void *handles_take(struct handles *h, bool plain);

/* Off the multi, and nothing was set on it that the next request does not set. */
void handles_give(struct handles *h, void *easy, bool plain);

#endif
