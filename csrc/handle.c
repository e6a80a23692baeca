#include "handle.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include "curl_gate.h"

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
  SET(CURLOPT_SOCKOPTFUNCTION, on_open);
  SET(CURLOPT_SOCKOPTDATA, h->watch);
  SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
  SET(CURLOPT_CLOSESOCKETDATA, h->watch);
  if (!set_trust(easy, s)) return false;
  return gate_protocols(easy, plain) == CURLE_OK; /* never https to http */
}

void *handles_make(struct handles *h, bool plain) {
  CURL *easy = curl_easy_init();

  if (!easy || set_up(easy, h, plain)) return easy;
  curl_easy_cleanup(easy);
  return NULL;
}

void *handles_take(struct handles *h, bool plain) {
  int *count = &h->count[plain];

  return *count > 0 ? h->kept[plain][--*count] : handles_make(h, plain);
}

void handles_give(struct handles *h, void *easy, bool plain) {
  int *count = &h->count[plain];

  if (*count == HANDLES_KEPT) curl_easy_cleanup(easy);
  else h->kept[plain][(*count)++] = easy;
}

void handles_free(struct handles *h) {
  int plain;

  for (plain = 0; plain < 2; plain++) {
    while (h->count[plain] > 0) curl_easy_cleanup(h->kept[plain][--h->count[plain]]);
  }
}
