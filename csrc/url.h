/* Pieces of URLs. Pure. */
#ifndef FAL_URL_H
#define FAL_URL_H

#include <stdbool.h>

#include "buf.h"

/* "http(s)://host[:port][/path]" without user, query, fragment, spaces or a slash at the
 * end. */
bool url_is_base(const char *url);

/* http to 127.0.0.0/8, ::1 or localhost. */
bool url_is_loopback(const char *url);
bool url_is_https(const char *url);

/* Is url the base itself, or below it? A prefix alone is not enough: `base.evil.net`. */
bool url_is_below(const char *base, const char *url);

/* From the path on, where it can be sent as it is: printable characters, nothing that
 * climbs, neither user nor fragment. NULL: the URL has to be taken apart. */
const char *url_target(const char *url);

/* Letters, digits and -._ in segments that are not "." or "..", joined by single slashes. */
bool url_is_id(const char *id);

/* Appends text with all but unreserved characters percent-escaped. */
bool url_escape(struct buf *out, const char *text);

/* Does this URL, told by the service, name the request in a path segment of its own, in
 * plain characters, without climbing? */
bool url_names_request(const char *url, const char *request_id);

#endif
