#include "origin.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_STREAMS HANDLES_KEPT /* exchanges at once with one HTTP/2 origin: of more, some
                                  * would have a handle made for them each time */
#define HANDSHAKE 0.1   /* seconds after which one holds nobody back: its host may be far */

/* Where requests go. What it speaks is learnt from its first answer. */
struct origin {
  char *name; /* scheme://host:port */
  struct place place;
  enum { SPEAKS_UNKNOWN, SPEAKS_HTTP1, SPEAKS_HTTP2 } speaks;
  int active;
  int sharing; /* of the active ones: those that may share a connection */
  int sharing_long; /* of these: for long */
  const struct transfer *opening; /* started last without having been sent, or NULL */
  int fits; /* how many shared what connections there were when it started */
  int pending;
  int idle; /* connections that were left open, as far as is known */
  struct link lanes[LANES];
};

void origins_init(struct origins *o, int max_connections, double requests_per_second) {
  memset(o, 0, sizeof *o);
  o->max_connections = max_connections;
  o->pace = requests_per_second > 0 ? 1 / requests_per_second : 0;
}

static void origin_free(struct origin *origin) {
  place_free(&origin->place);
  free(origin->name);
  free(origin);
}

void origins_free(struct origins *o) {
  int i;

  for (i = 0; i < o->count; i++) origin_free(o->all[i]);
  o->count = 0;
}

/* ---- by URL -------------------------------------------------------------------------- */

static size_t origin_length(const char *url) {
  const char *host = strstr(url, "://");

  return host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : strlen(url);
}

static struct origin *origin_new(const char *url, size_t len) {
  struct origin *origin = calloc(1, sizeof *origin);
  int lane;

  if (!origin) return NULL;
  origin->name = malloc(len + 1);
  if (!origin->name) {
    free(origin);
    return NULL;
  }
  memcpy(origin->name, url, len);
  origin->name[len] = '\0';
  place_init(&origin->place, origin->name);
  for (lane = 0; lane < LANES; lane++) list_init(&origin->lanes[lane]);
  return origin;
}

/* Room for one more: a free place, or that of an origin nobody uses. -1: none. */
static int place_of(const struct origins *o) {
  int i;

  if (o->count < MAX_ORIGINS) return o->count;
  for (i = 0; i < MAX_ORIGINS; i++) {
    if (o->all[i]->active == 0 && o->all[i]->pending == 0) return i;
  }
  return -1;
}

static struct origin *origin_of(struct origins *o, const char *url) {
  size_t len = origin_length(url);
  struct origin *origin;
  int i;

  for (i = 0; i < o->count; i++) {
    origin = o->all[i];
    if (strncasecmp(origin->name, url, len) == 0 && origin->name[len] == '\0') return origin;
  }
  i = place_of(o);
  origin = i < 0 ? NULL : origin_new(url, len);
  if (!origin) return NULL;
  if (i == o->count) o->count++;
  else origin_free(o->all[i]);
  o->all[i] = origin;
  return origin;
}

/* ---- waiting ------------------------------------------------------------------------- */

bool origins_enter(struct origins *o, struct transfer *t) {
  t->origin = origin_of(o, t->url);
  if (!t->origin) return false;
  t->origin->pending++;
  o->pending++;
  list_push(&t->origin->lanes[t->lane], &t->link);
  return true;
}

void origins_leave(struct origins *o, struct transfer *t) {
  list_remove(&t->link);
  t->origin->pending--;
  o->pending--;
}

static struct transfer *first_of(const struct origin *origin, int lane) {
  if (list_empty(&origin->lanes[lane])) return NULL;
  return LIST_OWNER(struct transfer, link, origin->lanes[lane].next);
}

struct transfer *origins_any(const struct origins *o) {
  int i, lane;

  for (i = 0; i < o->count; i++) {
    for (lane = 0; lane < LANES; lane++) {
      struct transfer *t = first_of(o->all[i], lane);

      if (t) return t;
    }
  }
  return NULL;
}

struct place *origin_place(const struct transfer *t) {
  return &t->origin->place;
}

/* ---- admission ----------------------------------------------------------------------- */

static bool is_https(const struct transfer *t) {
  return t->origin->place.is_https;
}

static bool holds_connection(const struct transfer *t) {
  return t->alone || t->origin->speaks != SPEAKS_HTTP2;
}

/* A long one shares only where others are known to: it would wait for hours in vain. */
bool origin_may_multiplex(const struct transfer *t) {
  if (!is_https(t) || t->alone) return false;
  return t->origin->speaks == SPEAKS_HTTP2 ||
         (t->origin->speaks == SPEAKS_UNKNOWN && t->lane != LANE_LONG);
}

static bool is_opening(const struct origin *origin) {
  return origin->opening && origin->opening->sends == 0;
}

/* While a connection is opened, only as many go on as the others carried: the rest would
 * wait for it within libcurl, which looks at all that wait whenever one of them may go. */
static bool has_connection(const struct transfer *t) {
  return !is_opening(t->origin) || !origin_may_multiplex(t) ||
         t->origin->sharing <= t->origin->fits;
}

/* ---- handshakes ---------------------------------------------------------------------- */

static bool may_shake_hands(const struct transfer *t) {
  return is_https(t) && holds_connection(t);
}

static bool is_under_way(const struct opening *one, double now) {
  return one->transfer && one->transfer->sends == 0 && now < one->since + HANDSHAKE;
}

/* libcurl has a timer for each connection that is opened. Of several that are due it runs
 * all at once, with the handshakes that they have bytes for, a millisecond or two each. */
static bool is_held_back(const struct origins *o, double now) {
  int i, count = 0;

  for (i = 0; i < MAX_OPENING; i++) count += is_under_way(&o->opening[i], now);
  return o->at_once > 0 && count >= o->at_once;
}

/* One that was to find a connection left open did not: the next would not, either. */
static bool was_wrong(const struct origins *o, const struct origin *origin, double now) {
  int i;

  for (i = 0; i < MAX_OPENING; i++) {
    const struct opening *one = &o->opening[i];

    if (one->reuses && is_under_way(one, now) && one->transfer->origin == origin) return true;
  }
  return false;
}

static bool may_reuse(const struct origins *o, const struct transfer *t, double now) {
  return t->origin->idle > 0 && !was_wrong(o, t->origin, now);
}

static void note_opening(struct origins *o, const struct transfer *t, double now) {
  struct opening *place = o->opening;
  int i;

  for (i = 0; i < MAX_OPENING && is_under_way(place, now); i++) {
    if (o->opening[i].since < place->since || !is_under_way(&o->opening[i], now)) {
      place = &o->opening[i];
    }
  }
  place->transfer = t;
  place->since = now;
  place->reuses = t->origin->idle > 0;
  if (place->reuses) t->origin->idle--;
}

static void forget_opening(struct origins *o, const struct transfer *t) {
  int i;

  for (i = 0; i < MAX_OPENING; i++) {
    if (o->opening[i].transfer == t) o->opening[i].transfer = NULL;
  }
}

/* API calls keep a quarter of all to themselves, and one of two or three: streams and
 * downloads hold theirs for long, and a result that cannot be fetched in time is lost. */
static int for_long(int all) {
  return all - (all > 1 && all < 4 ? 1 : all / 4);
}

static bool has_room(const struct origins *o, const struct transfer *t) {
  bool is_long = t->lane == LANE_LONG;

  if (!holds_connection(t)) {
    return t->origin->sharing < (is_long ? for_long(MAX_STREAMS) : MAX_STREAMS);
  }
  return o->connections < o->max_connections &&
         (!is_long || o->long_connections < for_long(o->max_connections));
}

/* The urgent first; looks and what else is short in turn; origins in turn. */
struct transfer *origins_next(const struct origins *o, double now) {
  static const enum lane orders[2][LANES] = {
      {LANE_URGENT, LANE_LOOK, LANE_NORMAL, LANE_LONG},
      {LANE_URGENT, LANE_NORMAL, LANE_LOOK, LANE_LONG}};
  const enum lane *lanes = orders[o->looked];
  bool held_back;
  int at, i;

  if (o->pending == 0) return NULL;
  held_back = is_held_back(o, now);
  for (at = 0; at < LANES; at++) {
    for (i = 0; i < o->count; i++) {
      struct transfer *t = first_of(o->all[(o->turn + i) % o->count], lanes[at]);

      if (!t || !has_connection(t) || !has_room(o, t)) continue;
      if (held_back && may_shake_hands(t) && !may_reuse(o, t, now)) continue;
      if (!t->request.paced || o->next_start <= now) return t;
    }
  }
  return NULL;
}

static double first_given_up(const struct origins *o, double now) {
  double first = -1;
  int i;

  for (i = 0; i < MAX_OPENING; i++) {
    double end = o->opening[i].since + HANDSHAKE;

    if (is_under_way(&o->opening[i], now) && (first < 0 || end < first)) first = end;
  }
  return first;
}

double origins_due(const struct origins *o, double now) {
  double due = -1;

  if (o->pending == 0) return -1;
  if (is_held_back(o, now)) due = first_given_up(o, now);
  return o->next_start > now && (due < 0 || o->next_start < due) ? o->next_start : due;
}

/* ---- running ------------------------------------------------------------------------- */

static void count(struct origins *o, struct transfer *t, int by) {
  int by_long = t->lane == LANE_LONG ? by : 0;

  t->counted = by > 0;
  t->origin->active += by;
  o->active_long += by_long;
  if (!t->alone) {
    t->origin->sharing += by;
    t->origin->sharing_long += by_long;
  }
  if (holds_connection(t)) {
    o->connections += by;
    o->long_connections += by_long;
  }
}

void origins_start(struct origins *o, struct transfer *t, double now) {
  o->turn = (o->turn + 1) % o->count;
  if (t->lane == LANE_LOOK || t->lane == LANE_NORMAL) o->looked = t->lane == LANE_LOOK;
  origins_leave(o, t);
  if (origin_may_multiplex(t) && !is_opening(t->origin)) {
    t->origin->opening = t;
    t->origin->fits = t->origin->sharing;
  }
  if (may_shake_hands(t)) note_opening(o, t, now);
  count(o, t, 1);
  if (!t->request.paced) return;
  o->next_start = (o->next_start > now ? o->next_start : now) + o->pace;
}

/* Told a second time, t's origin may be gone: nothing held it any more. */
void origins_end(struct origins *o, struct transfer *t) {
  if (!t->counted) return;
  count(o, t, -1);
  if (may_shake_hands(t) && t->answer.status >= 200 && !t->aborted) t->origin->idle++;
  forget_opening(o, t);
  if (t->origin->opening == t) t->origin->opening = NULL;
}

bool origin_wants_to_learn(const struct transfer *t) {
  return !t->alone && t->origin->speaks == SPEAKS_UNKNOWN;
}

/* Whoever was counted as a connection of its own no longer is. */
void origins_learn(struct origins *o, struct transfer *t, bool http2) {
  t->origin->speaks = http2 ? SPEAKS_HTTP2 : SPEAKS_HTTP1;
  if (!http2) return;
  o->connections -= t->origin->sharing;
  o->long_connections -= t->origin->sharing_long;
}
