#include "transfer.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "address.h"
#include "clock.h"
#include "curl_gate.h"
#include "url.h"

#define MAX_IDLE 118L     /* seconds a connection may have been idle; libcurl's default */
#define MAX_IDLE_ONCE 20L /* an older connection may be dead unbeknown to us */
#define FILE_BUFFER 65536L /* bytes read at a time */
#define SHARE (64u << 10) /* bytes of a file, then others have their turn */

/* ---- header lines to send ------------------------------------------------------------ */

struct headers {
  int references;
  struct curl_slist *list;
};

static bool append(struct headers *h, const char *line) {
  struct curl_slist *grown = curl_slist_append(h->list, line);

  if (!grown) return false;
  h->list = grown;
  return true;
}

struct headers *headers_new(const char *const *lines, size_t count) {
  struct headers *h = calloc(1, sizeof *h);
  size_t i;
  bool ok;

  if (!h) return NULL;
  h->references = 1;
  for (i = 0, ok = true; ok && i < count; i++) ok = append(h, lines[i]);
  if (ok) return h;
  headers_unref(h);
  return NULL;
}

struct headers *headers_ref(struct headers *h) {
  if (h) h->references++;
  return h;
}

static void wipe(char *text) {
  volatile char *p = text;

  while (*p) *p++ = '\0';
}

void headers_unref(struct headers *h) {
  struct curl_slist *line;

  if (!h || --h->references > 0) return;
  for (line = h->list; line; line = line->next) wipe(line->data);
  curl_slist_free_all(h->list);
  free(h);
}

/* ---- life ---------------------------------------------------------------------------- */

/* Copies *text into *slot and points *text at the copy; NULL stays NULL. */
static bool keep(char **slot, const char **text, size_t len) {
  if (!*text) return true;
  *slot = malloc(len + 1);
  if (!*slot) return false;
  memcpy(*slot, *text, len);
  (*slot)[len] = '\0';
  *text = *slot;
  return true;
}

static bool keep_str(char **slot, const char **text) {
  return keep(slot, text, *text ? strlen(*text) : 0);
}

static bool keep_all(struct transfer *t) {
  struct request *r = &t->request;

  return keep_str(&t->url, &r->url) && keep(&t->body, &r->body, r->body_len) &&
         keep_str(&t->body_file, &r->body_file) &&
         keep_str(&t->file, &r->answer.file);
}

static enum lane lane_of(const struct request *r) {
  if (r->answer.stream || r->answer.file || r->body_file || r->lasting) return LANE_LONG;
  if (r->look) return LANE_LOOK;
  return r->urgent ? LANE_URGENT : LANE_NORMAL;
}

struct transfer *transfer_new(const struct request *request, uint64_t id) {
  struct transfer *t = malloc(sizeof *t); /* glibc's calloc has no blocks at hand */
  bool kept;

  if (!t) return NULL;
  memset(t, 0, sizeof *t);
  t->id = id;
  t->lane = lane_of(request);
  t->alone = request->answer.file || request->body_file;
  list_init(&t->link);
  list_init(&t->ready);
  list_init(&t->held);
  t->request = *request;
  headers_ref(t->request.headers);
  kept = keep_all(t);
  answer_init(&t->answer, &t->request.answer);
  source_init(&t->source);
  if (kept) return t;
  transfer_free(t);
  return NULL;
}

void transfer_free(struct transfer *t) {
  if (!t) return;
  handle_free(t->handle);
  headers_unref(t->request.headers);
  answer_free(&t->answer);
  source_free(&t->source);
  free(t->url);
  free(t->body);
  free(t->body_file);
  free(t->file);
  free(t);
}

/* ---- what libcurl calls -------------------------------------------------------------- */

static struct transfer *user_of(void *context) {
  return ((struct handle *)context)->user;
}

static size_t on_header(char *line, size_t size, size_t count, void *context) {
  struct transfer *t = user_of(context);

  return answer_header(&t->answer, line, size * count) ? size * count : 0;
}

/* Where bytes come faster than they are taken, libcurl reads on for many milliseconds,
 * unless it is paused. */
static void share(struct transfer *t, size_t len) {
  if (!t->file || t->turn->deadline < 0) return;
  t->share += len;
  if (t->share < SHARE && clock_now() < t->turn->deadline) return;
  t->share = 0;
  if (curl_easy_pause(t->easy, CURLPAUSE_RECV) != CURLE_OK) return;
  list_remove(&t->held);
  list_push(&t->turn->held, &t->held);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  struct transfer *t = user_of(context);
  size_t len = size * count;

  switch (answer_body(&t->answer, bytes, len)) {
    case TAKE_OK: share(t, len); return len;
    case TAKE_PAUSE: return CURL_WRITEFUNC_PAUSE;
    default: return len + 1; /* any other number makes libcurl give up */
  }
}

static size_t on_read(char *into, size_t size, size_t count, void *context) {
  struct transfer *t = context;
  int64_t n = source_read(&t->source, into, size * count);

  if (n >= 0) return (size_t)n;
  answer_fail(&t->answer, OUT_FILE, strerror(t->source.error));
  return CURL_READFUNC_ABORT;
}

/* A file may be sent again: a PUT to a signed URL overwrites itself. */
static int on_seek(void *context, curl_off_t to, int origin) {
  struct transfer *t = context;

  if (origin != SEEK_SET || t->request.once) return CURL_SEEKFUNC_FAIL;
  return source_seek(&t->source, (int64_t)to) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

#if HAVE_PREREQ
/* libcurl asks before each sending. When a reused connection dies before the answer, it
 * would silently send the request again over a fresh one; of a paid request that is a
 * second bill, so the second asking is refused. */
static int on_prerequest(void *context, char *peer, char *local, int peer_port,
                         int local_port) {
  struct transfer *t = user_of(context);

  (void)peer, (void)local, (void)peer_port, (void)local_port;
  if (t->aborted) return CURL_PREREQFUNC_ABORT;
  t->sends++;
  if (!t->request.once || t->sends == 1) return CURL_PREREQFUNC_OK;
  answer_fail(&t->answer, OUT_RESEND, "the connection died before the answer came");
  return CURL_PREREQFUNC_ABORT;
}
#endif

/* An address in an answer may lead into the network this process runs in, by its name or
 * by a redirect: what counts is whom libcurl is about to connect to. */
static curl_socket_t on_open(void *context, curlsocktype purpose,
                             struct curl_sockaddr *address) {
  struct transfer *t = context;

  (void)purpose;
  if (t->guarded && !address_is_public(&address->addr)) {
    answer_fail(&t->answer, OUT_FORBIDDEN, "the address leads into a private network");
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype, address->protocol);
}

/* ---- the handle ---------------------------------------------------------------------- */

#define SET(option, value) \
  do { \
    if (curl_easy_setopt(easy, (option), (value)) != CURLE_OK) return false; \
  } while (0)

static bool set_upload(struct transfer *t, CURL *easy) {
  SET(CURLOPT_UPLOAD, 1L);
  SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->source.size);
  SET(CURLOPT_READFUNCTION, on_read);
  SET(CURLOPT_READDATA, t);
  SET(CURLOPT_SEEKFUNCTION, on_seek);
  SET(CURLOPT_SEEKDATA, t);
  return true;
}

static bool set_post(const struct request *r, CURL *easy) {
  SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
  SET(CURLOPT_POSTFIELDS, r->body ? r->body : ""); /* not copied: outlives the request */
  return true;
}

/* Of a plain request: GET or POST. */
static bool set_plain_method(struct transfer *t) {
  struct handle *one = t->handle;
  bool posts = strcmp(t->request.method, "POST") == 0;
  bool was_posting = one->posts;
  CURL *easy = one->easy;

  one->posts = posts;
  if (posts) return set_post(&t->request, easy);
  if (was_posting) SET(CURLOPT_HTTPGET, 1L);
  return true;
}

static bool set_method(struct transfer *t) {
  const struct request *r = &t->request;
  CURL *easy = t->handle->easy;

  if (t->body_file) return set_upload(t, easy);
  if (strcmp(r->method, "GET") == 0) return true;
  if (strcmp(r->method, "HEAD") == 0) {
    SET(CURLOPT_NOBODY, 1L);
    return true;
  }
  if (strcmp(r->method, "DELETE") != 0 && !set_post(r, easy)) return false;
  if (strcmp(r->method, "POST") != 0) SET(CURLOPT_CUSTOMREQUEST, r->method);
  return true;
}

/* Once for a handle: it tells whose request it makes. */
static bool wire(struct handle *one) {
  CURL *easy = one->easy;

  if (one->wired) return true;
  SET(CURLOPT_PRIVATE, one);
  SET(CURLOPT_ERRORBUFFER, one->error);
  SET(CURLOPT_WRITEFUNCTION, on_body);
  SET(CURLOPT_WRITEDATA, one);
  SET(CURLOPT_HEADERFUNCTION, on_header);
  SET(CURLOPT_HEADERDATA, one);
#if HAVE_PREREQ
  SET(CURLOPT_PREREQFUNCTION, on_prerequest);
  SET(CURLOPT_PREREQDATA, one);
#endif
  one->wired = true;
  return true;
}

static bool set_once(struct transfer *t) {
  bool once = t->request.once;

#if HAVE_PREREQ
  return handle_set(t->handle, HANDLE_MAXAGE, once ? MAX_IDLE_ONCE : MAX_IDLE);
#else
  CURL *easy = t->handle->easy;

  t->sends = 1; /* nobody tells us when it goes: assume it went */
  if (once) { /* it repeats on reused connections and HTTP/2 streams only */
    SET(CURLOPT_FRESH_CONNECT, 1L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  }
  return true;
#endif
}

/* Not RESUME_FROM: with it libcurl fails where a server sends the whole file instead. */
static bool set_range(const struct transfer *t, CURL *easy) {
  char range[32];

  if (!t->file) return true;
  SET(CURLOPT_BUFFERSIZE, FILE_BUFFER);
  if (t->answer.sink.had == 0) return true;
  snprintf(range, sizeof range, "%lld-", (long long)t->answer.sink.had);
  SET(CURLOPT_RANGE, range);
  return true;
}

/* The lines of a download are its own: nobody else sends this one. */
static bool add_guard(struct transfer *t) {
  char line[SINK_GUARD + 16];

  if (!t->file || t->answer.sink.had == 0) return true;
  snprintf(line, sizeof line, "If-Range: %s", t->answer.sink.guard);
  return append(t->request.headers, line);
}

/* The first of these variables that is set, as libcurl looks for them. */
static const char *from_environment(const char *const *names) {
  for (; *names; names++) {
    const char *value = getenv(*names);

    if (value && *value) return value;
  }
  return NULL;
}

/* The proxy that a URL goes through, NULL for none. Plain http is for this machine only,
 * so that the key, which may be in it, never leaves in clear text. */
static const char *proxy_of(const struct place *p, const struct handle_settings *s) {
  static const char *const http[] = {"http_proxy", "all_proxy", "ALL_PROXY", NULL};
  static const char *const https[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                                      NULL};

  if (p->is_loopback) return NULL;
  if (s->proxy) return *s->proxy ? s->proxy : NULL;
  return from_environment(p->is_https ? https : http);
}

enum { NO_PROXY, OUR_PROXY, ENVIRONMENT };

static bool set_proxy(const struct transfer *t, const char *proxy,
                      const struct handle_settings *s) {
  bool is_ours = t->request.public_only || !proxy || s->proxy;
  int choice = !is_ours ? ENVIRONMENT : proxy ? OUR_PROXY : NO_PROXY;
  CURL *easy = t->handle->easy;

  /* A file is looked after by its proxy alone, or by on_open alone: with exceptions to the
   * proxy neither would. Elsewhere the environment's no_proxy counts as it does in curl. */
  if (choice != t->handle->proxied) {
    SET(CURLOPT_PROXY, !is_ours ? NULL : proxy ? proxy : "");
    /* Where there is no proxy, libcurl need not look for exceptions to it. */
    SET(CURLOPT_NOPROXY, choice == NO_PROXY ? "" : NULL);
    t->handle->proxied = choice;
  }
  if (t->request.public_only && proxy) SET(CURLOPT_NOPROXY, "");
  return true;
}

static bool set_lines(struct transfer *t) {
  struct curl_slist *lines = t->request.headers ? t->request.headers->list : NULL;
  CURL *easy = t->handle->easy;

  if (lines == t->handle->lines) return true;
  SET(CURLOPT_HTTPHEADER, lines);
  t->handle->lines = lines;
  return true;
}

/* What every request sets, whoever had the handle before. */
static bool configure(struct transfer *t, const char *proxy,
                      const struct handle_settings *s, bool may_multiplex) {
  struct handle *one = t->handle;

  /* A burst of requests would open a connection each where one can carry them all. */
  return wire(one) && set_lines(t) && set_proxy(t, proxy, s) && set_once(t) &&
         handle_set(one, HANDLE_TIMEOUT_MS, handle_milliseconds(t->request.timeout)) &&
         handle_set(one, HANDLE_PIPEWAIT, may_multiplex);
}

/* To a place that libcurl knows; what remains to be said is the path. */
static bool configure_plain(struct transfer *t, const char *target) {
  CURL *easy = t->handle->easy;

  SET(CURLOPT_CURLU, t->place->address);
  SET(CURLOPT_REQUEST_TARGET, target);
  return set_plain_method(t);
}

/* What only some requests set; their handles are not used again. */
static bool configure_rest(struct transfer *t) {
  const struct request *r = &t->request;
  CURL *easy = t->handle->easy;

  SET(CURLOPT_URL, t->url);
  /* A file has nothing to gain from sharing a connection, and on one of its own it can be
   * paused without holding up anybody else. */
  if (t->alone) SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  if (r->follow) SET(CURLOPT_FOLLOWLOCATION, 1L);
  if (t->guarded) {
    SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
    SET(CURLOPT_OPENSOCKETDATA, t);
  }
  if (r->stall > 0) {
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, (long)(r->stall + 0.999));
  }
  return set_method(t) && set_range(t, easy);
}

/* A proxy for http is told the whole URL instead of a path. */
static bool is_plain(const struct transfer *t, const struct place *place, const char *proxy) {
  const struct request *r = &t->request;

  return t->lane != LANE_LONG && !t->alone && !r->follow && !r->public_only && r->stall <= 0 &&
         (strcmp(r->method, "GET") == 0 || strcmp(r->method, "POST") == 0) &&
         (HAVE_PREREQ || !r->once) && (place->is_https || !proxy);
}

static bool open_files(struct transfer *t) {
  const struct request *r = &t->request;

  if (t->body_file && !source_open(&t->source, t->body_file, r->body_from, r->body_size)) {
    answer_fail(&t->answer, OUT_FILE, strerror(t->source.error));
    return false;
  }
  return answer_open(&t->answer);
}

static bool set_up(struct transfer *t, const struct handles *handles, struct place *place,
                   bool may_multiplex) {
  const char *proxy = proxy_of(place, &handles->settings);
  const char *target = NULL;

  t->guarded = t->request.public_only && !proxy;
  if (is_plain(t, place, proxy)) target = url_target(t->url);
  if (target && place_address(place)) t->place = place;
  t->handle = t->place ? handle_take(handles, place) : handle_make(handles, place->is_http);
  if (!t->handle || !add_guard(t)) return false;
  t->handle->user = t;
  t->handle->error[0] = '\0';
  t->easy = t->handle->easy;
  return configure(t, proxy, &handles->settings, may_multiplex) &&
         (t->place ? configure_plain(t, target) : configure_rest(t));
}

bool transfer_start(struct transfer *t, const struct handles *handles, struct place *place,
                    bool may_multiplex) {
  if (!open_files(t)) {
    t->outcome = t->answer.failure;
    return false;
  }
  if (set_up(t, handles, place, may_multiplex)) return true;
  transfer_fail(t, OUT_MEMORY, "out of memory");
  return false;
}

/* ---- the end ------------------------------------------------------------------------- */

static enum outcome timed_out(const struct transfer *t) {
  double took = 0;

  (void)curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME, &took);
  if (t->request.timeout > 0 && took + 0.01 >= t->request.timeout) return OUT_TIMEOUT;
  return t->sends == 0 ? OUT_CONNECT : OUT_STALLED;
}

static enum outcome classify(const struct transfer *t, CURLcode code) {
  switch (code) {
    case CURLE_OK: return OUT_RESPONSE;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return OUT_DNS;
    case CURLE_COULDNT_CONNECT: return OUT_CONNECT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR: return OUT_TLS;
    case CURLE_OPERATION_TIMEDOUT: return timed_out(t);
    case CURLE_PARTIAL_FILE: return OUT_TRUNCATED;
    case CURLE_OUT_OF_MEMORY: return OUT_MEMORY;
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING: return OUT_PROTOCOL;
    default: return OUT_NETWORK;
  }
}

/* libcurl shows an address it has to refuse: the proxy's, with the password in it. */
static const char *describe(const struct transfer *t, CURLcode code) {
  if (strchr(t->handle->error, '@')) {
    return "the proxy's address is not understood: what is special in a name or password "
           "has to be escaped";
  }
  return t->handle->error[0] ? t->handle->error : curl_easy_strerror(code);
}

/* One on which something went wrong is not trusted with another request. Nor is one that
 * had to send again: libcurl counts that over the handle's life, and soon gives up. */
static void drop_handle(struct transfer *t, bool is_good) {
  struct handle *one = t->handle;

  t->handle = NULL;
  t->easy = NULL;
  if (t->place && is_good) handle_give(t->place, one);
  else handle_free(one);
}

/* Where nobody told us when it went: one that goes once has a connection of its own, and
 * did not go where that never came about. */
static void note_unsent(struct transfer *t) {
  double connected = 0;

  (void)curl_easy_getinfo(t->easy, url_is_https(t->url) ? CURLINFO_APPCONNECT_TIME
                                                        : CURLINFO_CONNECT_TIME,
                          &connected);
  if (t->request.once && !(connected > 0)) t->sends = 0;
}

void transfer_finish(struct transfer *t, int code) {
  if (!HAVE_PREREQ) note_unsent(t);
  if (code == CURLE_OK) (void)answer_complete(&t->answer);
  if (t->answer.failure != OUT_PENDING) {
    t->outcome = t->answer.failure;
  } else if (t->outcome == OUT_PENDING) {
    t->outcome = classify(t, (CURLcode)code);
    if (code != CURLE_OK) answer_fail(&t->answer, t->outcome, describe(t, (CURLcode)code));
  }
  drop_handle(t, code == CURLE_OK && t->sends <= 1);
}

bool transfer_has_file(const struct transfer *t) {
  return t->outcome == OUT_RESPONSE && t->answer.to_file;
}

void transfer_commit(struct transfer *t, bool done) {
  bool ok = done ? t->answer.sink.error == 0 || answer_file_failed(&t->answer)
                 : answer_commit(&t->answer);

  if (!ok) t->outcome = OUT_FILE;
}

void transfer_fail(struct transfer *t, enum outcome outcome, const char *message) {
  if (t->outcome != OUT_PENDING) return;
  t->outcome = outcome;
  answer_fail(&t->answer, outcome, message);
}

enum sent transfer_sent(const struct transfer *t) {
  if (t->answer.status >= 200) return SENT_YES;
  return t->sends > 0 ? SENT_UNKNOWN : SENT_NO;
}

const char *transfer_message(const struct transfer *t) {
  return t->answer.message;
}
