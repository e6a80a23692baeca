#include "engine.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "curl_gate.h"
#include "forks.h"
#include "inherit.h"
#include "idmap.h"
#include "origin.h"
#include "poller.h"
#include "syncs.h"
#include "timers.h"
#include "watch.h"
#include "writer.h"

#define MAX_WAIT 1e6    /* seconds; a host's timer cannot hold every number */
#define STREAMS 32L     /* on one connection: libcurl looks at all when bytes come on it */
#define ROUND 16        /* sockets served between two looks at the clock's poller */
#define HANDSHAKE 1e-3  /* seconds that a TLS handshake takes, about: nothing interrupts it */
#define POLL_PACE 0.02  /* without a descriptor to lend, how often a host should look */

static const char broken_text[] = "libcurl or the system's poller failed";

struct engine {
  CURLM *multi;
  struct poller *poller;
  struct watch watch;
  struct handles handles;
  char *strings[2]; /* what the settings of the handles point at */
  unsigned forks; /* as counted in the process that made it */
  bool broken;
  bool must_bury; /* a zombie can be removed at once */
  bool must_tend; /* a stream has room again */
  bool lent;      /* a host watches our descriptor */
  double alarm;   /* when it is to turn readable by itself, negative: never */

  uint64_t last_id;
  struct idmap transfers;
  struct timers timers;
  bool had_timer; /* the last that was fetched was one */
  double now; /* of the last step */
  double curl_due; /* libcurl's timer, negative: none */
  struct turn turn;
  double half_time; /* of the step that runs */
  bool untold;     /* libcurl has finished transfers that it was not asked for yet */
  struct poller_event events[ROUND]; /* of the last look, those from event_at on unserved */
  int event_at;
  int event_count;

  struct origins origins;
  struct link active;
  struct link zombies; /* fetched as aborted, still in libcurl's hands */
  struct link ready;
  struct link withheld; /* what would be ready */
  struct writer *writer;      /* NULL until the first file */
  struct syncs syncs;
  struct link committing; /* libcurl is done with them, the disk is not */
};

/* ---- libcurl as a whole -------------------------------------------------------------- */

bool engine_global_init(void) {
  forks_watch();
  return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

const char *engine_curl_version(void) {
  return curl_version();
}

static bool has_feature(int feature) {
  return (curl_version_info(CURLVERSION_NOW)->features & feature) != 0;
}

bool engine_has_http2(void) {
  return has_feature(CURL_VERSION_HTTP2);
}

bool engine_has_async_dns(void) {
  return has_feature(CURL_VERSION_ASYNCHDNS);
}

bool engine_has_prerequest(void) {
  return HAVE_PREREQ != 0;
}

/* ---- callbacks of the multi handle --------------------------------------------------- */

/* libcurl reports descriptors that are not any transfer's (resolver, happy eyeballs), and
 * does so at any time: the descriptor is the only key. */
static int on_watch(CURL *easy, curl_socket_t fd, int what, void *context, void *seen) {
  struct engine *e = context;
  int events = 0;

  (void)easy;
  if (!seen && what != CURL_POLL_REMOVE && !watch_is_open(&e->watch, (int)fd)) {
    inherit_pair((int)fd);
    (void)curl_multi_assign(e->multi, fd, e);
  }
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) events |= POLLER_READ;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) events |= POLLER_WRITE;
  if (!watch_want(&e->watch, (int)fd, events)) e->broken = true;
  return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *context) {
  struct engine *e = context;

  (void)multi;
  e->curl_due = timeout_ms < 0 ? -1 : clock_now() + (double)timeout_ms * 1e-3;
  return 0;
}

/* ---- life ---------------------------------------------------------------------------- */

/* A libcurl without HTTP/2 refuses to be asked for it. */
static long http_version(const char *wanted) {
  return strcmp(wanted, "1.1") == 0 || !engine_has_http2() ? (long)CURL_HTTP_VERSION_1_1
                                                           : (long)CURL_HTTP_VERSION_2TLS;
}

static bool keep(char **slot, const char **setting, const char *text) {
  if (!text) return true;
  *slot = strdup(text);
  *setting = *slot;
  return *slot != NULL;
}

static bool keep_settings(struct engine *e, const struct engine_options *o) {
  struct handle_settings *s = &e->handles.settings;

  s->http_version = http_version(o->http_version);
  s->connect_timeout = o->connect_timeout;
  s->trust = o->ca_file ? TRUST_BOTH : handle_trust();
  return keep(&e->strings[0], &s->proxy, o->proxy) &&
         keep(&e->strings[1], &s->ca_file, o->ca_file);
}

static bool open_multi(struct engine *e) {
  long connections = e->origins.max_connections;
  struct inherit inherit;
  CURLM *m;

  inherit_before(&inherit);
  m = e->multi = curl_multi_init();
  inherit_after(&inherit);
  if (!m) return false;
  return curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, on_watch) == CURLM_OK &&
         curl_multi_setopt(m, CURLMOPT_SOCKETDATA, e) == CURLM_OK &&
         curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
         curl_multi_setopt(m, CURLMOPT_TIMERDATA, e) == CURLM_OK &&
         curl_multi_setopt(m, CURLMOPT_MAXCONNECTS, connections) == CURLM_OK &&
         curl_multi_setopt(m, CURLMOPT_MAX_CONCURRENT_STREAMS, STREAMS) == CURLM_OK &&
         curl_multi_setopt(m, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections) == CURLM_OK;
}

struct engine *engine_new(const struct engine_options *options) {
  struct engine *e = calloc(1, sizeof *e);

  if (!e) return NULL;
  e->forks = forks_count();
  origins_init(&e->origins, options->max_connections, options->requests_per_second);
  e->curl_due = -1;
  e->alarm = -1;
  e->now = clock_now();
  idmap_init(&e->transfers);
  timers_init(&e->timers);
  list_init(&e->active);
  list_init(&e->zombies);
  list_init(&e->ready);
  list_init(&e->withheld);
  list_init(&e->turn.held);
  list_init(&e->committing);
  syncs_init(&e->syncs);
  e->poller = e->watch.poller = poller_new();
  e->handles.watch = &e->watch;
  if (e->poller && keep_settings(e, options) && open_multi(e)) return e;
  engine_free(e);
  return NULL;
}

static void detach(struct engine *e, struct transfer *t) {
  if (!t->attached) return;
  (void)curl_multi_remove_handle(e->multi, t->easy);
  list_remove(&t->held);
  t->attached = false;
}

static void quit_quickly(CURL *easy) {
#if HAVE_QUICK_EXIT
  /* Removing a handle whose name is being resolved would wait for the resolver. The
   * module stays mapped (core.c pins it), so its thread may be left behind. */
  (void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#else
  (void)easy;
#endif
}

static void free_transfer(struct engine *e, struct transfer *t) {
  if (t->attached) quit_quickly(t->easy);
  detach(e, t);
  list_remove(&t->link);
  list_remove(&t->ready);
  transfer_free(t);
}

static void free_list(struct engine *e, struct link *list) {
  while (!list_empty(list)) free_transfer(e, LIST_OWNER(struct transfer, link, list->next));
}

static void free_ready(struct engine *e, struct link *list) {
  while (!list_empty(list)) {
    free_transfer(e, LIST_OWNER(struct transfer, ready, list->next));
  }
}

static void free_pending(struct engine *e) {
  struct transfer *t;

  while ((t = origins_any(&e->origins)) != NULL) {
    origins_leave(&e->origins, t);
    free_transfer(e, t);
  }
}

/* The connections are the parent's: a clean-up here would say goodbye on them. What
 * belongs to libcurl leaks, in a process that is about to exec or exit. */
static void abandon(struct engine *e) {
  watch_free(&e->watch);
  poller_free(e->poller);
  free(e);
}

void engine_free(struct engine *e) {
  size_t i;

  if (!e) return;
  if (engine_forked(e)) {
    abandon(e);
    return;
  }
  if (e->multi) { /* nothing may call back into an engine that is half gone */
    (void)curl_multi_setopt(e->multi, CURLMOPT_SOCKETFUNCTION, NULL);
    (void)curl_multi_setopt(e->multi, CURLMOPT_TIMERFUNCTION, NULL);
  }
  writer_free(e->writer);
  syncs_free(&e->syncs);
  free_ready(e, &e->ready);
  free_ready(e, &e->withheld);
  free_list(e, &e->committing);
  free_list(e, &e->active);
  free_list(e, &e->zombies);
  free_pending(e);
  origins_free(&e->origins);
  if (e->multi) (void)curl_multi_cleanup(e->multi);
  watch_free(&e->watch);
  poller_free(e->poller);
  timers_free(&e->timers);
  idmap_free(&e->transfers);
  for (i = 0; i < sizeof e->strings / sizeof *e->strings; i++) free(e->strings[i]);
  free(e);
}

bool engine_forked(const struct engine *e) {
  return e->forks != forks_count();
}

const char *engine_trouble(const struct engine *e) {
  if (engine_forked(e)) return "it belongs to the process that forked this one";
  return e->broken ? broken_text : NULL;
}

/* ---- the descriptor that a host watches ---------------------------------------------- */

/* After whatever may change the next thing to do. Costs nothing until it is lent. */
static void set_alarm(struct engine *e) {
  double left, due;

  if (!e->lent || engine_forked(e)) return; /* the alarm is the parent's too */
  left = engine_timeout(e);
  due = left < 0 ? -1 : left == 0 ? 0 : clock_now() + left;
  if (due <= 0 ? due == e->alarm : due > e->alarm - 1e-4 && due < e->alarm + 1e-4) return;
  if (poller_alarm(e->poller, left)) e->alarm = due;
}

int engine_fd(struct engine *e) {
  if (engine_forked(e)) return -1; /* what it tells of is the parent's */
  if (!e->lent) e->lent = poller_alarm(e->poller, -1); /* or it would tell of no timer */
  set_alarm(e);
  return e->lent ? poller_fd(e->poller) : -1;
}

/* ---- the disk ------------------------------------------------------------------------ */

/* Made for the first file. Without it files are finished here, however long it takes. */
static struct writer *writer_of(struct engine *e) {
  if (e->writer) return e->writer;
  e->writer = writer_new();
  if (!e->writer || poller_watch(e->poller, writer_fd(e->writer), POLLER_READ)) return e->writer;
  writer_free(e->writer);
  e->writer = NULL;
  return NULL;
}

/* ---- adding -------------------------------------------------------------------------- */

uint64_t engine_add(struct engine *e, const struct request *request) {
  struct transfer *t = transfer_new(request, e->last_id + 1);

  if (!t) return 0;
  if (!origins_enter(&e->origins, t)) {
    transfer_free(t);
    return 0;
  }
  if (!idmap_put(&e->transfers, t->id, t)) {
    origins_leave(&e->origins, t);
    transfer_free(t);
    return 0;
  }
  set_alarm(e);
  return ++e->last_id;
}

uint64_t engine_timer(struct engine *e, double seconds) {
  if (!timers_add(&e->timers, e->last_id + 1, clock_now() + seconds)) return 0;
  set_alarm(e);
  return ++e->last_id;
}

uint64_t engine_sync(struct engine *e, int fd) {
  struct writer *w = writer_of(e);

  if (!w || !syncs_add(&e->syncs, w, fd, e->last_id + 1)) return 0;
  return ++e->last_id;
}

bool engine_may_stream(const struct engine *e) {
  return e->origins.active_long < e->origins.max_connections / 2;
}

const struct transfer *engine_find(const struct engine *e, uint64_t id) {
  return idmap_get(&e->transfers, id);
}

/* ---- ending -------------------------------------------------------------------------- */

static void report(struct engine *e, struct transfer *t) {
  if (list_empty(&t->ready)) list_push(t->withheld ? &e->withheld : &e->ready, &t->ready);
}

static void leave_active(struct engine *e, struct transfer *t) {
  list_remove(&t->link);
  origins_end(&e->origins, t);
}

static void learn(struct engine *e, struct transfer *t) {
  long version = 0;

  if (!origin_wants_to_learn(t)) return;
  (void)curl_easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version);
  if (version != 0) origins_learn(&e->origins, t, version == CURL_HTTP_VERSION_2_0);
}

/* The disk may take longer over a whole file than a frame lasts. */
static bool commit_elsewhere(struct engine *e, struct transfer *t) {
  if (!e->writer || !writer_commit(e->writer, &t->answer.sink)) return false;
  list_push(&e->committing, &t->link);
  return true;
}

static void finish(struct engine *e, struct transfer *t, int code) {
  if (t->attached) learn(e, t);
  leave_active(e, t);
  detach(e, t);
  if (t->easy) transfer_finish(t, code);
  if (transfer_has_file(t)) {
    if (commit_elsewhere(e, t)) return;
    transfer_commit(t, false);
  }
  report(e, t);
}

static void collect_files(struct engine *e) {
  struct sink *s;

  writer_heard(e->writer);
  syncs_collect(&e->syncs, e->writer);
  while ((s = writer_next(e->writer)) != NULL) {
    struct transfer *t = LIST_OWNER(struct transfer, answer.sink, s);

    list_remove(&t->link);
    transfer_commit(t, true);
    report(e, t);
  }
}

bool engine_abort(struct engine *e, uint64_t id) {
  struct transfer *t = idmap_get(&e->transfers, id);

  if (!t) return timers_remove(&e->timers, id);
  if (t->outcome != OUT_PENDING) return true;
  t->aborted = true;
  (void)engine_hold(e, id, false);
  transfer_fail(t, OUT_ABORTED, "given up here");
  if (!t->attached) origins_leave(&e->origins, t);
  report(e, t);
  set_alarm(e);
  return true;
}

bool engine_hold(struct engine *e, uint64_t id, bool hold) {
  struct transfer *t = idmap_get(&e->transfers, id);

  if (!t) return false;
  t->withheld = hold && !t->aborted;
  if (!list_empty(&t->ready)) {
    list_remove(&t->ready);
    report(e, t);
  }
  set_alarm(e);
  return true;
}

/* An error of the multi handle is final, says libcurl: everything in it fails. */
static void fail_all(struct engine *e) {
  struct transfer *t;

  e->broken = true;
  while (!list_empty(&e->active)) {
    t = LIST_OWNER(struct transfer, link, e->active.next);
    transfer_fail(t, OUT_ENGINE, broken_text);
    finish(e, t, CURLE_FAILED_INIT);
  }
  while ((t = origins_any(&e->origins)) != NULL) {
    origins_leave(&e->origins, t);
    transfer_fail(t, OUT_ENGINE, broken_text);
    report(e, t);
  }
}

/* ---- starting ------------------------------------------------------------------------ */

static void start(struct engine *e, struct transfer *t) {
  origins_start(&e->origins, t, e->now);
  list_push(&e->active, &t->link);
  t->turn = &e->turn;
  if (t->file) t->answer.sink.writer = writer_of(e);
  if (!transfer_start(t, &e->handles, origin_place(t), origin_may_multiplex(t))) {
    finish(e, t, CURLE_OUT_OF_MEMORY);
    return;
  }
  t->attached = curl_multi_add_handle(e->multi, t->easy) == CURLM_OK;
  if (!t->attached) {
    transfer_fail(t, OUT_ENGINE, "libcurl refused the request");
    finish(e, t, CURLE_FAILED_INIT);
  }
}

/* ---- stepping ------------------------------------------------------------------------ */

static bool is_timer_due(const struct engine *e) {
  uint64_t id;
  double due;

  return timers_first(&e->timers, &id, &due) && due <= e->now;
}

static bool spent(struct engine *e) {
  bool awaited;

  e->now = clock_now();
  if (e->turn.deadline < 0) return false;
  awaited = !list_empty(&e->ready) || !list_empty(&e->syncs.ended) || is_timer_due(e);
  return e->now >= (awaited ? e->half_time : e->turn.deadline);
}

/* Out of libcurl's hands, now that nobody of ours waits for it. One that is still being
 * resolved or connected is left alone until that is over, as removing it would wait for
 * the resolver; it can no longer send. */
static bool may_remove(const struct transfer *t) {
  return t->sends > 0 || !HAVE_PREREQ;
}

static void bury(struct engine *e) {
  struct link *item = e->zombies.next;

  e->must_bury = false;
  while (item != &e->zombies) {
    struct transfer *t = LIST_OWNER(struct transfer, link, item);

    item = item->next;
    if (t->attached && !may_remove(t)) continue;
    leave_active(e, t);
    free_transfer(e, t);
    if (spent(e)) {
      e->must_bury = !list_empty(&e->zombies);
      return;
    }
  }
}

/* One by one, as each may be the last that the step has time for. */
static void collect(struct engine *e) {
  CURLMsg *message;
  int left;

  e->untold = false;
  while ((message = curl_multi_info_read(e->multi, &left)) != NULL) {
    CURL *easy = message->easy_handle;
    CURLcode code = message->data.result; /* dies with the removal */
    struct handle *one = NULL;
    struct transfer *t;

    if (message->msg != CURLMSG_DONE) continue;
    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&one);
    t = one->user;
    if (t->aborted) detach(e, t); /* bury() or release() does the rest */
    else finish(e, t, (int)code);
    e->untold = left > 0;
    if (e->untold && spent(e)) return;
  }
}

/* A stream that has brought events is reported, one that has room again goes on. */
static void tend_streams(struct engine *e) {
  struct link *item;

  e->must_tend = false;
  if (e->origins.active_long == 0) return;
  for (item = e->active.next; item != &e->active; item = item->next) {
    struct transfer *t = LIST_OWNER(struct transfer, link, item);

    if (t->answer.events) report(e, t);
    if (answer_wants_resume(&t->answer)) (void)curl_easy_pause(t->easy, CURLPAUSE_CONT);
  }
}

static void act(struct engine *e, curl_socket_t fd, int events) {
  int running;

  if (curl_multi_socket_action(e->multi, fd, events, &running) != CURLM_OK || e->broken) {
    fail_all(e);
    return;
  }
  collect(e);
}

static void run_curl_timer(struct engine *e) {
  if (e->curl_due < 0 || e->curl_due > clock_now()) return;
  e->curl_due = -1;
  act(e, CURL_SOCKET_TIMEOUT, 0);
}
/* One at a time, so that a burst of submits keeps the budget of a frame. */
static void admit(struct engine *e) {
  struct transfer *t;

  while ((t = origins_next(&e->origins, e->now)) != NULL) {
    start(e, t);
    run_curl_timer(e);
    if (spent(e)) return;
  }
}

static void serve(struct engine *e, struct poller_event event) {
  int flags = 0;

  if (e->writer && event.fd == writer_fd(e->writer)) {
    collect_files(e);
    return;
  }
  if (!watch_is_wanted(&e->watch, event.fd)) return;
  if (event.events & POLLER_READ) flags |= CURL_CSELECT_IN;
  if (event.events & POLLER_WRITE) flags |= CURL_CSELECT_OUT;
  if (event.events & POLLER_ERROR) flags |= CURL_CSELECT_ERR;
  act(e, event.fd, flags);
}

/* Those that a step leaves are the first of the next, or they would never have a turn. One
 * that has lost its meaning by then does no harm: nothing blocks. */
static bool serve_sockets(struct engine *e, double wait) {
  if (e->event_at == e->event_count) {
    e->event_at = 0;
    e->event_count = poller_wait(e->poller, wait, e->events, ROUND);
    if (e->event_count == 0) return false;
  }
  do {
    serve(e, e->events[e->event_at++]);
  } while (e->event_at < e->event_count && !e->broken && !spent(e));
  return true;
}

static bool resume_file(struct engine *e) {
  struct transfer *t;

  if (list_empty(&e->turn.held)) return false;
  t = LIST_OWNER(struct transfer, held, e->turn.held.next);
  list_remove(&t->held);
  (void)curl_easy_pause(t->easy, CURLPAUSE_CONT);
  run_curl_timer(e);
  return true;
}

static void keep_house(struct engine *e) {
  tend_streams(e);
  if (!list_empty(&e->zombies)) bury(e);
}

/* How long the poller may sleep: no longer than asked, or than the next deadline. */
static double sleep_for(struct engine *e, double timeout) {
  double due;

  if (timeout == 0 || engine_live(e) == 0) return 0;
  due = engine_timeout(e);
  if (timeout < 0) return due;
  return due >= 0 && due < timeout ? due : timeout;
}

/* Each kind of work once, even where the first takes all the time. False: there was none. */
static bool work(struct engine *e, double wait) {
  bool did = serve_sockets(e, wait);

  if (!e->broken) run_curl_timer(e);
  if (!e->broken) did |= resume_file(e);
  return did;
}

/* As many at once as a step has time for, in case that all of them have bytes waiting. */
static int handshakes_in(double budget) {
  if (budget < 0) return 0;
  return budget < MAX_OPENING * HANDSHAKE ? 1 + (int)(budget / HANDSHAKE) : 0;
}

void engine_step(struct engine *e, double timeout, double budget) {
  bool did;

  e->now = clock_now(); /* timers go on even where nothing else can */
  if (engine_trouble(e)) return;
  e->turn.deadline = budget < 0 ? -1 : e->now + budget;
  e->half_time = e->now + budget / 2;
  e->origins.at_once = handshakes_in(budget);
  if (e->untold) collect(e);
  keep_house(e);
  admit(e);
  did = work(e, sleep_for(e, timeout));
  while (budget >= 0 && did && !e->broken && !spent(e)) {
    admit(e);
    did = work(e, 0);
  }
  if (e->broken) fail_all(e);
  else if (!spent(e)) admit(e);
  keep_house(e);
  set_alarm(e);
}

/* ---- what is ready ------------------------------------------------------------------- */

size_t engine_live(const struct engine *e) {
  return e->transfers.count + e->timers.count + e->syncs.count;
}

static void view_transfer(const struct transfer *t, struct ready_view *view) {
  view->kind = t->answer.events ? READY_EVENT : READY_DONE;
  view->id = t->id;
  view->transfer = t;
}

/* Timers take turns with the rest, or a deadline would wait for the end of a rush. Syncs
 * are few, and each takes the disk longer than it takes us. */
enum ready engine_peek(const struct engine *e, struct ready_view *view) {
  bool others = !list_empty(&e->ready) || !list_empty(&e->syncs.ended);
  double due;

  view->kind = READY_NONE;
  if (!(others && e->had_timer) && timers_first(&e->timers, &view->id, &due) &&
      due <= e->now) {
    view->kind = READY_TIMER;
  } else if (syncs_first(&e->syncs, &view->id, &view->error)) {
    view->kind = READY_SYNC;
  } else if (!list_empty(&e->ready)) {
    view_transfer(LIST_OWNER(struct transfer, ready, e->ready.next), view);
  }
  return view->kind;
}

/* An aborted one may still be in libcurl's hands: it becomes a zombie. */
static void release(struct engine *e, struct transfer *t) {
  (void)idmap_remove(&e->transfers, t->id);
  list_remove(&t->ready);
  if (t->attached) {
    list_remove(&t->link);
    list_push(&e->zombies, &t->link);
    if (may_remove(t)) e->must_bury = true;
  } else {
    leave_active(e, t);
    transfer_free(t);
  }
}

static void pop_event(struct engine *e, struct transfer *t) {
  answer_drop_event(&t->answer);
  if (answer_has_room(&t->answer)) e->must_tend = true;
  list_remove(&t->ready); /* to the end, so that streams take turns */
  if (t->answer.events || t->outcome != OUT_PENDING) report(e, t);
}

void engine_pop(struct engine *e, const struct ready_view *view) {
  struct transfer *t = idmap_get(&e->transfers, view->id);

  e->had_timer = view->kind == READY_TIMER;
  if (view->kind == READY_TIMER) (void)timers_remove(&e->timers, view->id);
  else if (view->kind == READY_SYNC) syncs_drop(&e->syncs);
  else if (t && view->kind == READY_DONE) release(e, t);
  else if (t) pop_event(e, t);
  set_alarm(e);
}

void engine_pass(struct engine *e, const struct ready_view *view) {
  struct transfer *t = idmap_get(&e->transfers, view->id);

  if (!t || list_empty(&t->ready)) return;
  list_remove(&t->ready);
  report(e, t);
}

static double sooner(double a, double b) {
  return a < 0 || (b >= 0 && b < a) ? b : a;
}

static double next_due(const struct engine *e) {
  double due = e->curl_due;
  double timer;
  uint64_t id;

  if (timers_first(&e->timers, &id, &timer)) due = sooner(due, timer);
  return sooner(due, origins_due(&e->origins, e->now));
}

/* Without a descriptor nobody says that something has come. */
static bool needs_a_look(const struct engine *e) {
  return e->syncs.count > 0 || !list_empty(&e->active) || !list_empty(&e->committing);
}

/* What the last step had no time for. */
static bool has_more(const struct engine *e) {
  return e->untold || e->event_at < e->event_count || !list_empty(&e->turn.held);
}

double engine_timeout(const struct engine *e) {
  double due, left;

  if (!list_empty(&e->ready) || !list_empty(&e->syncs.ended)) return 0;
  if (e->must_bury || e->must_tend || has_more(e)) return 0;
  if (origins_next(&e->origins, e->now)) return 0;
  due = next_due(e);
  left = due < 0 ? -1 : due - clock_now();
  if (due >= 0 && left < 0) left = 0;
  if (poller_fd(e->poller) < 0 && needs_a_look(e)) {
    left = sooner(left, POLL_PACE);
  }
  return left < MAX_WAIT ? left : MAX_WAIT; /* who looks too early looks again */
}
