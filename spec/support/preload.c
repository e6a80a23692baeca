/* Put before the C library in a program of a spec (LD_PRELOAD).
 *   CLOCK_BACK=s        after s seconds the wall clock is a day behind
 *   RESOLVER_TAKES=s    every name takes s seconds to be looked up
 *   NO_HTTP2=1          libcurl behaves as one that was built without HTTP/2 */
#define _GNU_SOURCE
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define DAY 86400

static int (*next_clock)(clockid_t, struct timespec *);

static double setting(const char *name) {
  const char *text = getenv(name);

  return text ? atof(text) : 0;
}

int clock_gettime(clockid_t id, struct timespec *t) {
  static double began;
  struct timespec now;
  double seconds;

  if (!next_clock) {
    next_clock = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  }
  (void)next_clock(CLOCK_MONOTONIC, &now);
  seconds = (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
  if (began == 0) began = seconds;
  if (next_clock(id, t) != 0) return -1;
  if (id == CLOCK_REALTIME && setting("CLOCK_BACK") > 0 &&
      seconds - began > setting("CLOCK_BACK")) {
    t->tv_sec -= DAY;
  }
  return 0;
}

time_t time(time_t *out) {
  struct timespec t;

  (void)clock_gettime(CLOCK_REALTIME, &t);
  if (out) *out = t.tv_sec;
  return t.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
  struct timespec t;

  (void)zone;
  (void)clock_gettime(CLOCK_REALTIME, &t);
  out->tv_sec = t.tv_sec;
  out->tv_usec = t.tv_nsec / 1000;
  return 0;
}

int getaddrinfo(const char *restrict name, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict out) {
  int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
      (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(
          RTLD_NEXT, "getaddrinfo");

  (void)usleep((useconds_t)(setting("RESOLVER_TAKES") * 1e6));
  return next(name, service, hints, out);
}

#undef curl_easy_setopt

/* The module that uses it was loaded for itself: RTLD_NEXT does not look there. */
static void *libcurl(const char *name) {
  return dlsym(dlopen("libcurl.so.4", RTLD_LAZY | RTLD_NOLOAD), name);
}

CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...) {
  CURLcode (*next)(CURL *, CURLoption, ...) =
      (CURLcode(*)(CURL *, CURLoption, ...))libcurl("curl_easy_setopt");
  va_list list;
  void *value;

  va_start(list, option);
  value = va_arg(list, void *); /* as long as any other kind */
  va_end(list);
  if (option == CURLOPT_HTTP_VERSION && setting("NO_HTTP2") > 0 &&
      (long)value >= CURL_HTTP_VERSION_2_0) {
    return CURLE_UNSUPPORTED_PROTOCOL;
  }
  return next(easy, option, value);
}

curl_version_info_data *curl_version_info(CURLversion age) {
  static curl_version_info_data info;
  curl_version_info_data *(*next)(CURLversion) =
      (curl_version_info_data * (*)(CURLversion)) libcurl("curl_version_info");

  info = *next(age);
  if (setting("NO_HTTP2") > 0) info.features &= ~CURL_VERSION_HTTP2;
  return &info;
}
