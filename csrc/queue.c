#include "queue.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "url.h"

#define MAX_URL (64u << 10)
#define MAX_KEY (4u << 10)
#define RESULT_FACTOR 16 /* outputs may hold whole pictures, other answers never do */
#define STREAM_STALL 60.0 /* seconds; the service sends a comment about every 15 */

#define ACCEPT_JSON "Accept: application/json"
#define ACCEPT_EVENTS "Accept: text/event-stream"
#define CONTENT_JSON "Content-Type: application/json"
#define AGENT "User-Agent:" /* a line, since libcurl writes its own option out twice */
#define EXPECT_NONE "Expect:" /* else libcurl holds large bodies back until a 100 comes */
#define LARGE (512u << 10)    /* it does so from a MiB on; lines cost, so not before */
#define CONTENT_NONE "Content-Type:" /* else libcurl calls an empty PUT a form */

static const char no_memory[] = "out of memory";

struct queue {
  struct engine *engine;
  char *bases[HOSTS];
  double request_timeout;
  size_t max_body;
  struct buf agent_line;
  struct buf key_line; /* "Authorization: Key id:secret"; empty without a key */
  struct headers *submit;
  struct headers *get;
  struct headers *stream;
  struct headers *cancel;
  struct headers *usual; /* of the last submit that added lines, and those; NULL: none */
  struct buf usual_lines;
  size_t usual_count;
};

/* ---- header lines -------------------------------------------------------------------- */

static bool is_token(char c) {
  return c > ' ' && c < 127 && !strchr("()<>@,;:\\\"/[]?={}", c);
}

bool queue_line_ok(const char *line) {
  const unsigned char *p = (const unsigned char *)line;

  while (is_token((char)*p)) p++;
  if (*p != ':' || p == (const unsigned char *)line) return false;
  for (p++; *p; p++) {
    if ((*p < ' ' && *p != '\t') || *p == 127) return false;
  }
  return true;
}

#define MAX_LINES 64

static bool names_agent(const char *const *lines, size_t count) {
  size_t i;

  for (i = 0; i < count; i++) {
    if (strncasecmp(lines[i], AGENT, sizeof AGENT - 1) == 0) return true;
  }
  return false;
}

/* The one place where the key is attached to a request. */
static struct headers *lines_of(const struct queue *q, bool auth, const char *const *own,
                                size_t own_count, const char *const *more,
                                size_t more_count) {
  const char *lines[MAX_LINES];
  size_t n = 0, i;

  if (own_count + more_count + 2 > MAX_LINES) return NULL;
  if (auth && q->key_line.len > 0) lines[n++] = q->key_line.data;
  if (!names_agent(more, more_count)) lines[n++] = q->agent_line.data;
  for (i = 0; i < own_count; i++) lines[n++] = own[i];
  for (i = 0; i < more_count; i++) lines[n++] = more[i];
  return headers_new(lines, n);
}

static const char *const submit_lines[] = {ACCEPT_JSON, CONTENT_JSON, EXPECT_NONE};
static const char *const request_lines[] = {EXPECT_NONE};
static const char *const stream_lines[] = {ACCEPT_EVENTS};
static const char *const cancel_lines[] = {ACCEPT_JSON, CONTENT_NONE};

static void forget_usual(struct queue *q) {
  headers_unref(q->usual);
  q->usual = NULL;
  buf_clear(&q->usual_lines);
}

static void drop_headers(struct queue *q) {
  forget_usual(q);
  headers_unref(q->submit);
  headers_unref(q->get);
  headers_unref(q->stream);
  headers_unref(q->cancel);
  q->submit = q->get = q->stream = q->cancel = NULL;
}

/* All or none: what is sent without them is sent without the key. */
static bool build_headers(struct queue *q) {
  drop_headers(q);
  q->submit = lines_of(q, true, submit_lines, 2, NULL, 0);
  q->get = lines_of(q, true, submit_lines, 1, NULL, 0);
  q->stream = lines_of(q, true, stream_lines, 1, NULL, 0);
  q->cancel = lines_of(q, true, cancel_lines, 2, NULL, 0);
  if (q->submit && q->get && q->stream && q->cancel) return true;
  drop_headers(q);
  return false;
}

bool queue_set_key(struct queue *q, const char *key, const char **why) {
  const char *p;

  buf_wipe(&q->key_line);
  *why = no_memory;
  if (!key) return build_headers(q);
  for (p = key; *p; p++) {
    if (*p > ' ' && *p < 127) continue;
    *why = "the key holds characters that cannot be sent";
    return false;
  }
  if (p == key) {
    *why = "the key is empty";
    return false;
  }
  if (!buf_append_str(&q->key_line, "Authorization: Key ") ||
      !buf_append_str(&q->key_line, key)) {
    if (q->key_line.error == BUF_FULL) *why = "the key is too long";
    drop_headers(q);
    return false;
  }
  return build_headers(q);
}

/* ---- life ---------------------------------------------------------------------------- */

static const char *const base_faults[HOSTS] = {
    "queue_url must be https://…, or http://… to a loopback address",
    "run_url must be https://…, or http://… to a loopback address",
    "rest_url must be https://…, or http://… to a loopback address",
    "api_url must be https://…, or http://… to a loopback address"};

static bool keep_base(struct queue *q, int host, const char *url, const char **why) {
  if (!url_is_base(url) || !(url_is_https(url) || url_is_loopback(url))) {
    *why = base_faults[host];
    return false;
  }
  q->bases[host] = strdup(url);
  *why = no_memory;
  return q->bases[host] != NULL;
}

static bool keep_agent(struct queue *q, const char *agent, const char **why) {
  buf_append_str(&q->agent_line, AGENT " ");
  if (!buf_append_str(&q->agent_line, agent)) return false;
  if (queue_line_ok(q->agent_line.data)) return true;
  *why = "user_agent holds characters that cannot be sent";
  return false;
}

struct queue *queue_new(struct engine *e, const struct queue_options *options,
                        const char **why) {
  struct queue *q = calloc(1, sizeof *q);
  bool ok;
  int host;

  *why = no_memory;
  if (!q) return NULL;
  q->engine = e;
  q->request_timeout = options->request_timeout;
  q->max_body = options->max_body;
  buf_init(&q->key_line, MAX_KEY);
  buf_init(&q->usual_lines, MAX_URL);
  buf_init(&q->agent_line, MAX_KEY);
  ok = keep_agent(q, options->user_agent, why);
  for (host = 0; ok && host < HOSTS; host++) ok = keep_base(q, host, options->bases[host], why);
  if (ok && build_headers(q)) return q;
  queue_free(q);
  return NULL;
}

void queue_free(struct queue *q) {
  int host;

  if (!q) return;
  drop_headers(q);
  buf_wipe(&q->key_line);
  buf_free(&q->agent_line);
  buf_free(&q->usual_lines);
  for (host = 0; host < HOSTS; host++) free(q->bases[host]);
  free(q);
}

bool queue_owns(const struct queue *q, const char *url) {
  int host;

  for (host = 0; host < HOSTS; host++) {
    if (url_is_below(q->bases[host], url)) return true;
  }
  return false;
}

/* ---- verbs --------------------------------------------------------------------------- */

static uint64_t add(struct queue *q, const struct request *request, const char **why) {
  uint64_t id = engine_add(q->engine, request);

  if (id == 0) *why = no_memory;
  return id;
}

static struct request blank(const struct queue *q, const char *method, const char *url,
                            struct headers *headers) {
  struct request r = {0};

  r.method = method;
  r.url = url;
  r.headers = headers;
  r.paced = true;
  r.timeout = q->request_timeout;
  r.answer.max_body = q->max_body;
  r.answer.expect_size = -1;
  r.body_size = -1;
  return r;
}

static bool submit_url(const struct queue *q, const char *endpoint_id, const char *query,
                       struct buf *url) {
  buf_append_str(url, q->bases[HOST_QUEUE]);
  buf_append_str(url, "/");
  buf_append_str(url, endpoint_id);
  if (query && *query) {
    buf_append_str(url, "?");
    buf_append_str(url, query);
  }
  return url->error == BUF_OK;
}

static bool are_usual(const struct queue *q, const struct queue_extra *extra) {
  const char *known = q->usual_lines.data;
  size_t i;

  if (!q->usual || q->usual_count != extra->line_count) return false;
  for (i = 0; i < extra->line_count; i++) {
    if (strcmp(known, extra->lines[i]) != 0) return false;
    known += strlen(known) + 1;
  }
  return true;
}

static void remember_usual(struct queue *q, const struct queue_extra *extra,
                           struct headers *headers) {
  size_t i;

  forget_usual(q);
  for (i = 0; i < extra->line_count; i++) {
    if (!buf_append(&q->usual_lines, extra->lines[i], strlen(extra->lines[i]) + 1)) return;
  }
  q->usual_count = extra->line_count;
  q->usual = headers_ref(headers);
}

/* One submit adds the same lines as the one before, as a rule. */
static struct headers *submit_headers(struct queue *q, const struct queue_extra *extra,
                                      size_t len) {
  struct headers *headers;

  if (len >= LARGE) return lines_of(q, true, submit_lines, 3, extra->lines, extra->line_count);
  if (extra->line_count == 0) return headers_ref(q->submit);
  if (are_usual(q, extra)) return headers_ref(q->usual);
  headers = lines_of(q, true, submit_lines, 2, extra->lines, extra->line_count);
  if (headers) remember_usual(q, extra, headers);
  return headers;
}

uint64_t queue_submit(struct queue *q, const char *endpoint_id, const char *body, size_t len,
                      const struct queue_extra *extra, const char **why) {
  struct headers *headers = submit_headers(q, extra, len);
  struct request r;
  struct buf url;
  uint64_t id = 0;

  buf_init(&url, MAX_URL);
  if (!url_is_id(endpoint_id)) {
    *why = "not an endpoint id";
  } else if (!headers || !submit_url(q, endpoint_id, extra->query, &url)) {
    *why = url.error == BUF_FULL ? "the URL would be too long" : no_memory;
  } else {
    r = blank(q, "POST", url.data, headers);
    r.body = body;
    r.body_len = len;
    r.once = true;
    r.answer.heads = HEADS_OWN;
    r.brief = extra->brief;
    if (extra->timeout > 0) r.timeout = extra->timeout;
    id = add(q, &r, why);
  }
  headers_unref(headers);
  buf_free(&url);
  return id;
}

static const char *const verb_suffix[] = {"/status", "/status/stream", "", "/cancel"};

static bool compose(const struct queue *q, const struct question *ask, struct buf *url) {
  buf_append_str(url, q->bases[HOST_QUEUE]);
  buf_append_str(url, "/");
  buf_append_str(url, ask->app_id);
  buf_append_str(url, "/requests/");
  url_escape(url, ask->request_id);
  return buf_append_str(url, verb_suffix[ask->verb]);
}

/* A URL from an answer gets the key only under the queue's base, and is worth following
 * only if it is about this very request. */
static bool is_followed(const struct queue *q, const char *url, const char *request_id) {
  return url && url_is_below(q->bases[HOST_QUEUE], url) && url_names_request(url, request_id);
}

static bool verb_url(const struct queue *q, const struct question *ask, struct buf *url) {
  if (is_followed(q, ask->url, ask->request_id)) buf_append_str(url, ask->url);
  else compose(q, ask, url);
  if (ask->verb == VERB_STATUS || ask->verb == VERB_STREAM) {
    buf_append_str(url, strchr(buf_str(url), '?') ? "&" : "?");
    buf_append_str(url, ask->logs ? "logs=1" : "logs=0");
  }
  return url->error == BUF_OK;
}

static void shape(const struct queue *q, enum verb verb, struct request *r) {
  r->urgent = verb == VERB_RESULT || verb == VERB_CANCEL;
  r->look = verb == VERB_STATUS;
  if (verb == VERB_STATUS) r->answer.heads = HEADS_NONE;
  if (verb == VERB_RESULT) {
    r->answer.heads = HEADS_OWN;
    r->answer.max_body = q->max_body * RESULT_FACTOR;
  }
  if (verb == VERB_CANCEL) {
    r->method = "PUT";
    r->headers = q->cancel;
  }
  if (verb == VERB_STREAM) {
    r->headers = q->stream;
    r->answer.stream = true;
    r->timeout = 0;
    r->stall = STREAM_STALL;
  }
}

static bool is_request_id(const char *id) {
  return *id && strcmp(id, ".") != 0 && strcmp(id, "..") != 0 && strlen(id) <= 512;
}

uint64_t queue_verb(struct queue *q, const struct question *ask, const char **why) {
  struct request r;
  struct buf full;
  uint64_t id = 0;

  buf_init(&full, MAX_URL);
  if (!url_is_id(ask->app_id)) {
    *why = "not an endpoint id";
  } else if (!is_request_id(ask->request_id)) {
    *why = "not a request id";
  } else if (!q->get) {
    *why = no_memory; /* when the key was set */
  } else if (ask->verb == VERB_STREAM && !engine_may_stream(q->engine)) {
    *why = "busy";
  } else if (!verb_url(q, ask, &full)) {
    *why = full.error == BUF_FULL ? "the URL would be too long" : no_memory;
  } else {
    r = blank(q, "GET", full.data, q->get);
    shape(q, ask->verb, &r);
    r.brief = ask->brief && ask->verb == VERB_STATUS;
    id = add(q, &r, why);
  }
  buf_free(&full);
  return id;
}

uint64_t queue_request(struct queue *q, const struct request *request, bool auth,
                       const char *const *lines, size_t line_count, const char **why) {
  struct request r = *request;
  uint64_t id;

  if (auth && !queue_owns(q, r.url)) {
    *why = "the key does not go to this URL";
    return 0;
  }
  *why = no_memory;
  r.headers = lines_of(q, auth, request_lines, 1, lines, line_count);
  if (!r.headers) return 0;
  r.paced = auth;
  r.lasting = r.once;
  if (r.once && r.answer.max_body == 0) r.answer.max_body = q->max_body * RESULT_FACTOR;
  if (r.timeout < 0) r.timeout = q->request_timeout;
  if (r.answer.max_body == 0) r.answer.max_body = q->max_body;
  id = add(q, &r, why);
  headers_unref(r.headers);
  return id;
}
