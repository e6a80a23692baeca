/* libcurl's easy handles: made with what all requests of an engine have in common, kept
 * when a plain exchange is over, and used again for the next one to the same place. */
#ifndef FAL_HANDLE_H
#define FAL_HANDLE_H

#include <stdbool.h>

#include "trust.h"
#include "watch.h"

#define HANDLES_KEPT 256 /* at each place */
#define ERROR_SIZE 256   /* what libcurl may write */

/* The part of the engine's options that shapes a handle. The strings are the engine's. */
struct handle_settings {
  const char *proxy;   /* NULL: as the environment says */
  const char *ca_file; /* instead of the system's; NULL: those */
  enum trust trust;    /* which of the system's */
  long http_version;   /* a CURL_HTTP_VERSION_* */
  double connect_timeout;
};

/* What all handles of an engine have in common. */
struct handles {
  struct handle_settings settings;
  struct watch *watch; /* is told of connections; outlives the handles */
};

/* Settings that few requests change: what was set last need not be set again. */
enum handle_option { HANDLE_TIMEOUT_MS, HANDLE_PIPEWAIT, HANDLE_MAXAGE, HANDLE_OPTIONS };

/* With itself as the context of all that libcurl calls, so that the callbacks are set once. */
struct handle {
  void *easy; /* a CURL * */
  void *user; /* whose request it makes, NULL while it is kept */
  bool wired; /* the callbacks are set; whoever sets them says so */
  bool posts; /* the last method was POST */
  const void *lines; /* the last header list, to compare: it may be gone */
  int proxied;       /* the last choice of a proxy, -1: none yet */
  long last[HANDLE_OPTIONS];
  char error[ERROR_SIZE]; /* libcurl's to write */
};

/* Where requests go: scheme, host and port. libcurl spends a quarter of a request's
 * instructions on taking its address apart, so that is done once for each place. A kept
 * handle stays with its place: of a request that libcurl sends again it uses parts of the
 * address before. */
struct place {
  const char *origin; /* scheme://host:port, the owner's */
  bool is_http, is_https; /* or neither */
  bool is_loopback;
  void *address; /* a CURLU *, NULL until it is needed */
  struct handle *kept[HANDLES_KEPT];
  int count;
};

void place_init(struct place *p, const char *origin); /* cannot fail */
void place_free(struct place *p); /* while none of its handles is in use */

/* Makes sure of p->address. False: no memory, or libcurl does not understand the origin. */
bool place_address(struct place *p);

/* As libcurl takes times: not 0 for what is more. */
long handle_milliseconds(double seconds);

/* What is enough of libcurl's own places. */
enum trust handle_trust(void);

/* A handle on which everything has been set but what a request of its own needs. `plain`:
 * for an http URL. NULL: out of memory. */
struct handle *handle_make(const struct handles *h, bool plain);
void handle_free(struct handle *one); /* off the multi; NULL is fine */

/* The same, one that was given back if there is one. */
struct handle *handle_take(const struct handles *h, struct place *p);

/* Off the multi, and nothing was set on it that the next request does not set. */
void handle_give(struct place *p, struct handle *one);

/* Sets what was not the same before. False: libcurl refused. */
bool handle_set(struct handle *one, enum handle_option option, long value);

#endif
