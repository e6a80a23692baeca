#include "url.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

bool url_is_https(const char *url) {
  return strncasecmp(url, "https://", 8) == 0;
}

static const char *host_of(const char *url) {
  if (url_is_https(url)) return url + 8;
  return strncasecmp(url, "http://", 7) == 0 ? url + 7 : NULL;
}

bool url_is_base(const char *url) {
  const char *host = host_of(url);
  const char *p;

  if (!host || *host == '\0' || *host == '/' || *host == ':') return false;
  for (p = host; *p; p++) {
    if (!isgraph((unsigned char)*p) || strchr("@?#\\\"<>", *p)) return false;
  }
  return p[-1] != '/';
}

/* 127.a.b.c in figures only: 127.evil.net is somebody's host. */
static bool is_127(const char *host, size_t len) {
  size_t i;
  int dots = 0;

  for (i = 0; i < len; i++) {
    if (host[i] == '.') dots++;
    else if (!isdigit((unsigned char)host[i])) return false;
  }
  return dots == 3 && strncmp(host, "127.", 4) == 0;
}

bool url_is_loopback(const char *url) {
  const char *host = host_of(url);
  size_t len;

  if (!host) return false;
  if (strncmp(host, "[::1]", 5) == 0) return host[5] == '\0' || strchr(":/", host[5]);
  len = strcspn(host, ":/?#");
  return is_127(host, len) || (len == 9 && strncasecmp(host, "localhost", 9) == 0);
}

bool url_is_below(const char *base, const char *url) {
  size_t len = strlen(base);

  return strncmp(base, url, len) == 0 &&
         (url[len] == '\0' || url[len] == '/' || url[len] == '?');
}

const char *url_target(const char *url) {
  const char *host = host_of(url);
  const char *target = host ? host + strcspn(host, "/?#@") : "";
  const char *p;

  if (*target != '/') return NULL;
  for (p = host; *p > ' ' && *p <= '~' && *p != '#'; p++) {
    if (*p == '/' && p[1] == '.') return NULL;
    if (*p == '%' && strncasecmp(p, "%2e", 3) == 0) return NULL;
  }
  return *p ? NULL : target;
}

static bool is_dots(const char *segment, size_t len) {
  return (len == 1 && segment[0] == '.') || (len == 2 && memcmp(segment, "..", 2) == 0);
}

static bool is_segment(const char *segment, size_t len) {
  size_t i;

  if (len == 0 || is_dots(segment, len)) return false;
  for (i = 0; i < len; i++) {
    if (!isalnum((unsigned char)segment[i]) && !strchr("-._", segment[i])) return false;
  }
  return true;
}

bool url_is_id(const char *id) {
  for (;;) {
    size_t len = strcspn(id, "/");

    if (!is_segment(id, len)) return false;
    if (id[len] == '\0') return true;
    id += len + 1;
  }
}

bool url_escape(struct buf *out, const char *text) {
  static const char plain[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  static const char digits[] = "0123456789ABCDEF";

  for (;;) {
    size_t run = strspn(text, plain);
    unsigned char c = (unsigned char)text[run];
    char escaped[3] = {'%', digits[c >> 4], digits[c & 15]};

    if (!buf_append(out, text, run)) return false;
    if (c == '\0') return true;
    if (!buf_append(out, escaped, 3)) return false;
    text += run + 1;
  }
}

bool url_names_request(const char *url, const char *request_id) {
  const char *target = url_target(url);
  size_t len = strlen(request_id);
  const char *slash, *end;

  if (!target || strpbrk(url, "\\\"<>@")) return false;
  end = target + strcspn(target, "?");
  for (slash = target; slash && slash < end; slash = strchr(slash + 1, '/')) {
    size_t segment = strcspn(slash + 1, "/?");

    if (segment == len && memcmp(slash + 1, request_id, len) == 0) return true;
  }
  return false;
}
