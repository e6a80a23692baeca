#include "handle.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "curl_gate.h"
#include "url.h"

#define MAX_REDIRECTS 5L

#define SET(option, value) \
  do { \
    if (curl_easy_setopt(easy, (option), (value)) != CURLE_OK) return false; \
  } while (0)

long handle_milliseconds(double seconds) {
  double ms = seconds * 1e3;

  if (ms >= 2147483647.0) return 2147483647L;
  return ms > 0 && ms < 1 ? 1L : (long)ms;
}

static int on_open(void *context, curl_socket_t fd, curlsocktype purpose) {
  (void)purpose;
  /* Our users start ffmpeg: a child must not hold the connection of a paid request. */
  (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
  watch_opened(context, (int)fd);
  return CURL_SOCKOPT_OK;
}

static int on_close(void *context, curl_socket_t fd) {
  watch_closed(context, (int)fd);
  return close(fd);
}

enum trust handle_trust(void) {
  enum trust trust = TRUST_BOTH;
#if HAVE_CA_INFO
  CURL *easy = curl_easy_init();
  char *file = NULL;
  char *folder = NULL;

  if (!easy) return trust;
  (void)curl_easy_getinfo(easy, CURLINFO_CAINFO, &file);
  (void)curl_easy_getinfo(easy, CURLINFO_CAPATH, &folder);
  if (file && folder) trust = trust_choose(file, folder);
  curl_easy_cleanup(easy);
#endif
  return trust;
}

/* libcurl keeps what it has parsed of a file for the next connections (from 7.87 on), as
 * long as there is no folder. */
static bool set_trust(CURL *easy, const struct handle_settings *s) {
  if (s->ca_file) SET(CURLOPT_CAINFO, s->ca_file);
  else if (s->trust == TRUST_FOLDER) SET(CURLOPT_CAINFO, NULL);
  if (s->ca_file || s->trust == TRUST_FILE) SET(CURLOPT_CAPATH, NULL);
  return true;
}

static bool set_up(CURL *easy, const struct handles *h, bool plain) {
  const struct handle_settings *s = &h->settings;

  SET(CURLOPT_NOSIGNAL, 1L); /* we are a guest in somebody's process */
  SET(CURLOPT_HTTP_VERSION, s->http_version);
  SET(CURLOPT_CONNECTTIMEOUT_MS, handle_milliseconds(s->connect_timeout));
  SET(CURLOPT_TCP_KEEPALIVE, 1L);
  SET(CURLOPT_MAXREDIRS, MAX_REDIRECTS);
  SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L); /* a proxy's answer is not the service's */
  SET(CURLOPT_SOCKOPTFUNCTION, on_open);
  SET(CURLOPT_SOCKOPTDATA, h->watch);
  SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
  SET(CURLOPT_CLOSESOCKETDATA, h->watch);
  if (!set_trust(easy, s)) return false;
  return gate_protocols(easy, plain) == CURLE_OK; /* never https to http */
}

struct handle *handle_make(const struct handles *h, bool plain) {
  struct handle *one = calloc(1, sizeof *one);
  int i;

  if (!one) return NULL;
  one->proxied = -1;
  for (i = 0; i < HANDLE_OPTIONS; i++) one->last[i] = -1;
  one->easy = curl_easy_init();
  if (one->easy && set_up(one->easy, h, plain)) return one;
  handle_free(one);
  return NULL;
}

void handle_free(struct handle *one) {
  if (!one) return;
  curl_easy_cleanup(one->easy);
  free(one);
}

bool handle_set(struct handle *one, enum handle_option option, long value) {
  static const CURLoption options[] = {CURLOPT_TIMEOUT_MS, CURLOPT_PIPEWAIT,
                                       CURLOPT_MAXAGE_CONN};

  if (one->last[option] == value) return true;
  if (curl_easy_setopt(one->easy, options[option], value) != CURLE_OK) return false;
  one->last[option] = value;
  return true;
}

/* ---- places -------------------------------------------------------------------------- */

void place_init(struct place *p, const char *origin) {
  memset(p, 0, sizeof *p);
  p->origin = origin;
  p->is_http = strncasecmp(origin, "http:", 5) == 0;
  p->is_https = url_is_https(origin);
  p->is_loopback = url_is_loopback(origin);
}

void place_free(struct place *p) {
  while (p->count > 0) handle_free(p->kept[--p->count]);
  if (p->address) curl_url_cleanup(p->address);
  p->address = NULL;
}

bool place_address(struct place *p) {
  if (p->address) return true;
  p->address = curl_url();
  if (p->address && curl_url_set(p->address, CURLUPART_URL, p->origin, 0) == CURLUE_OK) {
    return true;
  }
  if (p->address) curl_url_cleanup(p->address);
  p->address = NULL;
  return false;
}

struct handle *handle_take(const struct handles *h, struct place *p) {
  return p->count > 0 ? p->kept[--p->count] : handle_make(h, p->is_http);
}

void handle_give(struct place *p, struct handle *one) {
  one->user = NULL;
  if (p->count == HANDLES_KEPT) handle_free(one);
  else p->kept[p->count++] = one;
}
