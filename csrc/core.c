/* The binding: Lua's arguments in, results out; one userdata, the engine with its queue.
 * No libcurl here, and no call into Lua from below: what happened is fetched with next().
 *
 * Each function first checks all its arguments (may raise, nothing is owned yet), then
 * calls the engine (cannot raise), then pushes results (may raise: the engine's state is
 * consistent and whatever was not delivered is still there). */
#include <dlfcn.h>
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h> /* getentropy */
#endif

#include "clock.h"
#include "compat.h"
#include "core_json.h"
#include "disk.h"
#include "engine.h"
#include "glance.h"
#include "poller.h"
#include "queue.h"
#include "sha256.h"

#define ENGINE "fal.core.engine"
#define VERSION "scm"
#define MAX_LINES 48
#define MAX_CONNECTIONS 10000

#if defined(__GNUC__)
#define EXPORT __attribute__((visibility("default")))
#else
#define EXPORT
#endif

struct core {
  struct engine *engine; /* NULL: closed */
  struct queue *queue;
  bool busy;    /* next() is pushing what the engine owns */
  bool closing; /* as soon as it is done */
};

/* ---- reading arguments --------------------------------------------------------------- */

static void l_check_open(lua_State *L, const struct core *c) {
  if (!c->engine || c->closing) luaL_error(L, "the engine is closed");
}

/* A method has the engines' metatable for its upvalue: no registry is searched for it. */
static struct core *l_check(lua_State *L) {
  struct core *c = lua_touserdata(L, 1);

  if (!c || !lua_getmetatable(L, 1) || !lua_rawequal(L, -1, lua_upvalueindex(1))) {
    c = luaL_checkudata(L, 1, ENGINE); /* raises */
  } else {
    lua_pop(L, 1);
  }
  l_check_open(L, c);
  return c;
}

/* A string without NUL bytes, as everything but bodies must be. */
static const char *l_text(lua_State *L, int arg) {
  size_t len;
  const char *text = luaL_checklstring(L, arg, &len);

  luaL_argcheck(L, strlen(text) == len, arg, "holds a NUL byte");
  return text;
}

static const char *l_opt_text(lua_State *L, int arg) {
  return lua_isnoneornil(L, arg) ? NULL : l_text(L, arg);
}

/* Pushes table[name] without metamethods, so that no Lua code runs and every string stays
 * anchored in its table after it is popped. */
static int l_raw(lua_State *L, int table, const char *name) {
  lua_pushstring(L, name);
  lua_rawget(L, table);
  return lua_type(L, -1);
}

static int l_mistyped(lua_State *L, const char *name, const char *wanted) {
  return luaL_error(L, "'%s' must be a %s", name, wanted);
}

static const char *l_field_bytes(lua_State *L, int table, const char *name, size_t *len) {
  int type = l_raw(L, table, name);
  const char *text = NULL;

  if (type == LUA_TSTRING) text = lua_tolstring(L, -1, len);
  else if (type != LUA_TNIL) l_mistyped(L, name, "string");
  lua_pop(L, 1);
  return text;
}

static const char *l_field_text(lua_State *L, int table, const char *name) {
  size_t len = 0;
  const char *text = l_field_bytes(L, table, name, &len);

  if (text && strlen(text) != len) luaL_error(L, "'%s' holds a NUL byte", name);
  return text;
}

static double l_field_number(lua_State *L, int table, const char *name, double fallback) {
  int type = l_raw(L, table, name);
  double number = fallback;

  if (type == LUA_TNUMBER) number = (double)lua_tonumber(L, -1);
  else if (type != LUA_TNIL) l_mistyped(L, name, "number");
  if (!(number >= fallback || number >= 0) || isinf(number)) {
    luaL_error(L, "'%s' must be a finite number, not negative", name);
  }
  lua_pop(L, 1);
  return number;
}

static bool l_field_flag(lua_State *L, int table, const char *name) {
  int type = l_raw(L, table, name);
  bool flag = lua_toboolean(L, -1) != 0;

  if (type != LUA_TNIL && type != LUA_TBOOLEAN) l_mistyped(L, name, "boolean");
  lua_pop(L, 1);
  return flag;
}

/* An array of "Name: value" lines; they stay anchored in the table. */
static size_t l_field_lines(lua_State *L, int table, const char *name, const char **lines) {
  int type = l_raw(L, table, name);
  size_t count, i;

  if (type == LUA_TNIL) {
    lua_pop(L, 1);
    return 0;
  }
  if (type != LUA_TTABLE) l_mistyped(L, name, "table");
  count = lua_rawlen(L, -1);
  if (count > MAX_LINES) luaL_error(L, "'%s' has more than %d lines", name, MAX_LINES);
  for (i = 0; i < count; i++) {
    size_t len;

    lua_rawgeti(L, -1, (int)i + 1);
    if (lua_type(L, -1) != LUA_TSTRING) l_mistyped(L, name, "list of strings");
    lines[i] = lua_tolstring(L, -1, &len);
    if (strlen(lines[i]) != len || !queue_line_ok(lines[i])) {
      luaL_error(L, "line %d of '%s' cannot stand in a request", (int)i + 1, name);
    }
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return count;
}

/* A typo must not become a default. */
static void l_check_names(lua_State *L, int table, const char *const *known) {
  luaL_checktype(L, table, LUA_TTABLE);
  lua_pushnil(L);
  while (lua_next(L, table)) {
    const char *const *name = known;

    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "options have names");
    while (*name && strcmp(*name, lua_tostring(L, -2)) != 0) name++;
    if (!*name) luaL_error(L, "unknown option '%s'", lua_tostring(L, -2));
    lua_pop(L, 1);
  }
}

/* ---- results ------------------------------------------------------------------------- */

static int l_failed(lua_State *L, const char *why) {
  lua_pushnil(L);
  lua_pushstring(L, why);
  return 2;
}

/* Before 5.3 an integer may have 32 bits only, and a number holds all sizes exactly. */
static void l_push_size(lua_State *L, int64_t size) {
#if LUA_VERSION_NUM >= 503
  lua_pushinteger(L, (lua_Integer)size);
#else
  lua_pushnumber(L, (lua_Number)size);
#endif
}

static int l_id(lua_State *L, uint64_t id, const char *why) {
  if (id == 0) return l_failed(L, why);
  lua_pushinteger(L, (lua_Integer)id);
  return 1;
}

/* Has it come to where nothing can be started any more? Then pushes why. To be asked after
 * the last argument was read: reading may allocate, and so run a finaliser that closes. */
static bool l_refused(lua_State *L, const struct core *c) {
  const char *trouble;

  l_check_open(L, c);
  trouble = engine_trouble(c->engine);
  if (trouble) (void)l_failed(L, trouble);
  return trouble != NULL;
}

static uint64_t l_checkid(lua_State *L, int arg) {
  lua_Number id = luaL_checknumber(L, arg);

  return id >= 1 && id < 9007199254740992.0 ? (uint64_t)id : 0;
}

/* ---- starting things ----------------------------------------------------------------- */

static int L_set_key(lua_State *L) {
  struct core *c = l_check(L);
  const char *key = l_opt_text(L, 2);
  const char *why;

  l_check_open(L, c);
  if (!queue_set_key(c->queue, key, &why)) return l_failed(L, why);
  lua_pushboolean(L, 1);
  return 1;
}

static int L_submit(lua_State *L) {
  static const char *const known[] = {"query", "headers", "timeout", "brief", NULL};
  struct core *c = l_check(L);
  const char *endpoint_id = l_text(L, 2);
  const char *lines[MAX_LINES];
  struct queue_extra extra = {NULL, lines, 0, 0, false};
  const char *why = NULL;
  const char *body;
  size_t len;
  uint64_t id;

  body = luaL_checklstring(L, 3, &len);
  if (!lua_isnoneornil(L, 4)) {
    l_check_names(L, 4, known);
    extra.query = l_field_text(L, 4, "query");
    extra.line_count = l_field_lines(L, 4, "headers", lines);
    extra.timeout = l_field_number(L, 4, "timeout", 0);
    extra.brief = l_field_flag(L, 4, "brief");
  }
  if (l_refused(L, c)) return 2;
  id = queue_submit(c->queue, endpoint_id, body, len, &extra, &why);
  return l_id(L, id, why);
}

/* app_id, request_id, logs (for those that have them), url, brief (for the status) */
static int l_verb(lua_State *L, enum verb verb, bool has_logs) {
  struct core *c = l_check(L);
  struct question ask = {verb, l_text(L, 2), l_text(L, 3), NULL, false, false};
  const char *why = NULL;
  uint64_t id;

  ask.logs = has_logs && lua_toboolean(L, 4);
  ask.url = l_opt_text(L, has_logs ? 5 : 4);
  ask.brief = verb == VERB_STATUS && lua_toboolean(L, 6);
  if (l_refused(L, c)) return 2;
  id = queue_verb(c->queue, &ask, &why);
  return l_id(L, id, why);
}

static int L_status(lua_State *L) {
  return l_verb(L, VERB_STATUS, true);
}

static int L_stream_status(lua_State *L) {
  return l_verb(L, VERB_STREAM, true);
}

static int L_result(lua_State *L) {
  return l_verb(L, VERB_RESULT, false);
}

static int L_cancel(lua_State *L) {
  return l_verb(L, VERB_CANCEL, false);
}

static const char *l_field_method(lua_State *L, int table) {
  static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "HEAD", NULL};
  const char *method = l_field_text(L, table, "method");
  int i;

  if (!method) return methods[0];
  for (i = 0; methods[i]; i++) {
    if (strcmp(methods[i], method) == 0) return methods[i];
  }
  luaL_error(L, "unknown method '%s'", method);
  return NULL;
}

static void l_read_request(lua_State *L, int spec, struct request *r) {
  r->method = l_field_method(L, spec);
  r->url = l_field_text(L, spec, "url");
  if (!r->url) luaL_error(L, "'url' is missing");
  r->body = l_field_bytes(L, spec, "body", &r->body_len);
  r->body_file = l_field_text(L, spec, "body_file");
  r->body_from = (int64_t)l_field_number(L, spec, "body_from", 0);
  r->body_size = (int64_t)l_field_number(L, spec, "body_size", -1);
  r->once = l_field_flag(L, spec, "once");
  r->follow = l_field_flag(L, spec, "follow");
  r->public_only = l_field_flag(L, spec, "public_only");
  r->timeout = l_field_number(L, spec, "timeout", -1);
  r->stall = l_field_number(L, spec, "stall", 0);
  r->answer.max_body = (size_t)l_field_number(L, spec, "max_body", 0);
  r->answer.stream = l_field_flag(L, spec, "stream");
  r->answer.file = l_field_text(L, spec, "file");
  r->answer.resume = l_field_flag(L, spec, "resume");
  r->answer.expect_size = (int64_t)l_field_number(L, spec, "expect_size", -1);
}

static int L_request(lua_State *L) {
  static const char *const known[] = {
      "method",    "url",       "headers", "body",   "body_file", "body_from",
      "body_size", "auth",      "once",    "stream", "follow",    "timeout",
      "stall",     "max_body",  "file",    "resume", "expect_size", "public_only",
      NULL};
  struct core *c = l_check(L);
  struct request r = {0};
  const char *lines[MAX_LINES];
  const char *why = NULL;
  size_t count;
  uint64_t id;
  bool auth;

  l_check_names(L, 2, known);
  l_read_request(L, 2, &r);
  count = l_field_lines(L, 2, "headers", lines);
  auth = l_field_flag(L, 2, "auth");
  luaL_argcheck(L, !r.body_file || strcmp(r.method, "PUT") == 0, 2, "a file is sent by PUT");
  luaL_argcheck(L, !(auth && r.follow), 2, "'follow' would hand the key on");
  luaL_argcheck(L, !(r.once && r.follow), 2, "'follow' would send it twice");
  if (l_refused(L, c)) return 2;
  id = queue_request(c->queue, &r, auth, lines, count, &why);
  return l_id(L, id, why);
}

static FILE *l_check_file(lua_State *L, int index) {
  FILE *file = compat_tofile(luaL_checkudata(L, index, LUA_FILEHANDLE));

  if (!file) luaL_error(L, "the file is closed");
  return file;
}

static int L_timer(lua_State *L) {
  struct core *c = l_check(L);
  lua_Number seconds = luaL_checknumber(L, 2);

  luaL_argcheck(L, seconds >= 0, 2, "must not be negative");
  if (l_refused(L, c)) return 2;
  return l_id(L, engine_timer(c->engine, (double)seconds), "out of memory");
}

static int L_engine_sync(lua_State *L) {
  struct core *c = l_check(L);
  FILE *file = l_check_file(L, 2);

  if (l_refused(L, c)) return 2;
  if (fflush(file) != 0) {
    /* What stood in the buffer is lost: a second flush would find it empty, and succeed. */
    lua_pushboolean(L, 0);
    lua_pushstring(L, strerror(errno));
    return 2;
  }
  return l_id(L, engine_sync(c->engine, fileno(file)), "no thread can be had");
}

static int L_abort(lua_State *L) {
  struct core *c = l_check(L);

  lua_pushboolean(L, engine_abort(c->engine, l_checkid(L, 2)));
  return 1;
}

static int L_hold(lua_State *L) {
  struct core *c = l_check(L);

  lua_pushboolean(L, engine_hold(c->engine, l_checkid(L, 2), lua_toboolean(L, 3) != 0));
  return 1;
}

/* ---- driving ------------------------------------------------------------------------- */

static int L_step(lua_State *L) {
  struct core *c = l_check(L);
  lua_Number timeout = luaL_checknumber(L, 2);
  lua_Number budget = luaL_optnumber(L, 3, -1);
  struct ready_view view;

  if (l_refused(L, c)) return 2;
  if (c->busy) return l_failed(L, "busy");
  engine_step(c->engine, (double)timeout, (double)budget);
  lua_pushinteger(L, (lua_Integer)engine_live(c->engine));
  lua_pushboolean(L, engine_peek(c->engine, &view) != READY_NONE);
  return 2;
}

static int L_timeout(lua_State *L) {
  double seconds = engine_timeout(l_check(L)->engine);

  if (seconds < 0) lua_pushnil(L);
  else lua_pushnumber(L, (lua_Number)seconds);
  return 1;
}

static int L_fd(lua_State *L) {
  int fd = engine_fd(l_check(L)->engine);

  if (fd < 0) lua_pushnil(L);
  else lua_pushinteger(L, fd);
  return 1;
}

/* Is this another process than the one that made it? */
static int L_forked(lua_State *L) {
  lua_pushboolean(L, engine_forked(l_check(L)->engine));
  return 1;
}

static int L_progress(lua_State *L) {
  struct core *c = l_check(L);
  const struct transfer *t = engine_find(c->engine, l_checkid(L, 2));

  if (!t) return 0;
  l_push_size(L, answer_received(&t->answer));
  l_push_size(L, answer_total(&t->answer));
  l_push_size(L, t->source.done);
  return 3;
}

/* ---- fetching ------------------------------------------------------------------------ */

static void l_push_headers(lua_State *L, const struct buf *head) {
  const char *name = buf_str(head);
  const char *end = name + head->len;

  lua_createtable(L, 0, 8);
  while (name < end) {
    const char *value = name + strlen(name) + 1;

    lua_pushstring(L, value);
    lua_setfield(L, -2, name);
    name = value + strlen(value) + 1;
  }
}

static int l_push_event(lua_State *L, const struct event *event) {
  lua_pushliteral(L, "event");
  lua_pushlstring(L, event->data, event->len);
  lua_pushstring(L, event->name);
  return 4;
}

static void l_push_span(lua_State *L, struct span s) {
  if (s.at) lua_pushlstring(L, s.at, s.len);
  else lua_pushnil(L);
}

/* Who asks for a status knows whose it is, and where. */
static int l_push_brief(lua_State *L, const struct glance *g, bool is_submit) {
  lua_pushliteral(L, "brief");
  lua_pushstring(L, g->status);
  if (is_submit) l_push_span(L, g->request_id);
  else lua_pushnil(L);
  if (g->position >= 0) l_push_size(L, g->position);
  else lua_pushnil(L);
  if (g->inference_time >= 0) lua_pushnumber(L, (lua_Number)g->inference_time);
  else lua_pushnil(L);
  if (!is_submit) return 6;
  l_push_span(L, g->address);
  return 7;
}

/* A submit that was accepted has an id; where it has none, the headers may. */
static bool l_is_brief(const struct transfer *t, struct glance *g) {
  const struct buf *body = &t->answer.sink.memory;

  return t->request.brief && (t->answer.status == 200 || t->answer.status == 202) &&
         glance_at(buf_str(body), body->len, g) &&
         (g->request_id.at || !t->request.once);
}

static int l_push_response(lua_State *L, const struct transfer *t) {
  const struct answer *a = &t->answer;
  struct glance g;
  const struct buf *body = &a->sink.memory;
  bool bare = a->plan.heads != HEADS_ALL && a->head.len == 0;

  if (l_is_brief(t, &g)) return l_push_brief(L, &g, t->request.once);
  lua_pushliteral(L, "response");
  lua_pushinteger(L, a->status);
  if (a->to_file) lua_pushnil(L);
  else lua_pushlstring(L, buf_str(body), body->len);
  if (bare) lua_pushnil(L);
  else l_push_headers(L, &a->head);
  lua_pushstring(L, sent_name(transfer_sent(t)));
  return 6;
}

static int l_push_error(lua_State *L, const struct transfer *t) {
  const struct answer *a = &t->answer;

  lua_pushliteral(L, "error");
  lua_pushstring(L, outcome_name(t->outcome));
  lua_pushstring(L, transfer_message(t));
  lua_pushstring(L, sent_name(transfer_sent(t)));
  if (a->status < 200) return 5;
  lua_pushinteger(L, a->status);
  l_push_headers(L, &a->head);
  return 7;
}

static int l_push_synced(lua_State *L, int error) {
  lua_pushliteral(L, "synced");
  lua_pushboolean(L, error == 0);
  if (error) lua_pushstring(L, strerror(error));
  return error ? 4 : 3;
}

static int l_push_ready(lua_State *L, const struct ready_view *view) {
  lua_pushinteger(L, (lua_Integer)view->id);
  if (view->kind == READY_EVENT) return l_push_event(L, view->transfer->answer.events);
  if (view->kind == READY_DONE && view->transfer->outcome == OUT_RESPONSE) {
    return l_push_response(L, view->transfer);
  }
  if (view->kind == READY_DONE) return l_push_error(L, view->transfer);
  if (view->kind == READY_SYNC) return l_push_synced(L, view->error);
  lua_pushliteral(L, "timer");
  return 2;
}

static void l_close(struct core *c) {
  queue_free(c->queue);
  engine_free(c->engine);
  c->queue = NULL;
  c->engine = NULL;
}

static int l_deliver(lua_State *L) {
  const struct ready_view *view = lua_touserdata(L, 1);

  luaL_checkstack(L, 12, NULL);
  return l_push_ready(L, view);
}

static bool has_next(const struct core *c, struct ready_view *view) {
  return !c->busy && !engine_forked(c->engine) &&
         engine_peek(c->engine, view) != READY_NONE;
}

/* Pushed first, unlinked after: a memory error in between loses nothing. Pushing may run
 * finalisers, and one of them may close this engine or call next() again; the protected
 * call is what lets `busy` be taken back whatever happens. */
static int L_next(lua_State *L) {
  struct core *c = l_check(L);
  struct ready_view view;
  int failed;

  if (!has_next(c, &view)) return 0;
  lua_settop(L, 1);
  lua_pushcfunction(L, l_deliver); /* may collect, and so change what is ready */
  l_check_open(L, c);
  if (!has_next(c, &view)) return 0;
  lua_pushlightuserdata(L, &view);
  c->busy = true;
  failed = lua_pcall(L, 1, LUA_MULTRET, 0);
  c->busy = false;
  if (failed) engine_pass(c->engine, &view);
  else engine_pop(c->engine, &view);
  if (c->closing) l_close(c);
  return failed ? lua_error(L) : lua_gettop(L) - 1;
}

/* ---- life ---------------------------------------------------------------------------- */

static int L_close(lua_State *L) {
  struct core *c = luaL_checkudata(L, 1, ENGINE);

  if (c->busy) c->closing = true;
  else l_close(c);
  return 0;
}

static int L_tostring(lua_State *L) {
  struct core *c = luaL_checkudata(L, 1, ENGINE);

  if (!c->engine || c->closing) lua_pushliteral(L, "fal.core engine (closed)");
  else lua_pushfstring(L, "fal.core engine (%d live)", (int)engine_live(c->engine));
  return 1;
}

static void l_read_engine(lua_State *L, struct engine_options *o) {
  double connections = l_field_number(L, 1, "max_connections", 32);

  if (connections < 1 || connections > MAX_CONNECTIONS ||
      connections != (double)(int)connections) {
    luaL_error(L, "'max_connections' must be a whole number from 1 to %d", MAX_CONNECTIONS);
  }
  o->max_connections = (int)connections;
  o->requests_per_second = l_field_number(L, 1, "requests_per_second", 0);
  o->http_version = l_field_text(L, 1, "http_version");
  if (!o->http_version) o->http_version = "auto";
  if (strcmp(o->http_version, "auto") != 0 && strcmp(o->http_version, "1.1") != 0 &&
      strcmp(o->http_version, "2") != 0) {
    luaL_error(L, "'http_version' must be \"1.1\", \"2\" or \"auto\"");
  }
  o->proxy = l_field_text(L, 1, "proxy");
  o->ca_file = l_field_text(L, 1, "ca_file");
  o->connect_timeout = l_field_number(L, 1, "connect_timeout", 10);
}

static void l_read_queue(lua_State *L, struct queue_options *o) {
  static const char *const names[HOSTS] = {"queue_url", "run_url", "rest_url", "api_url"};
  int host;

  for (host = 0; host < HOSTS; host++) {
    o->bases[host] = l_field_text(L, 1, names[host]);
    if (!o->bases[host]) luaL_error(L, "'%s' is missing", names[host]);
  }
  o->user_agent = l_field_text(L, 1, "user_agent");
  if (!o->user_agent) o->user_agent = "lua-fal";
  o->request_timeout = l_field_number(L, 1, "request_timeout", 60);
  o->max_body = (size_t)l_field_number(L, 1, "max_body", 16 << 20);
}

static int L_new(lua_State *L) {
  static const char *const known[] = {
      "queue_url",    "run_url",         "rest_url",        "api_url",
      "user_agent",   "max_connections", "requests_per_second", "http_version",
      "proxy",        "ca_file",         "connect_timeout", "request_timeout",
      "max_body",     NULL};
  struct engine_options engine_options;
  struct queue_options queue_options;
  const char *why = "out of memory, or of descriptors";
  struct core *c;

  l_check_names(L, 1, known);
  l_read_engine(L, &engine_options);
  l_read_queue(L, &queue_options);
  c = lua_newuserdata(L, sizeof *c);
  c->engine = NULL; /* closed, and so safe to collect, before anything is acquired */
  c->queue = NULL;
  c->busy = c->closing = false;
  luaL_getmetatable(L, ENGINE);
  lua_setmetatable(L, -2);
  if (engine_options.ca_file && access(engine_options.ca_file, R_OK) != 0) {
    lua_pushnil(L);
    lua_pushfstring(L, "the ca_file cannot be read: %s", strerror(errno));
    return 2;
  }
  c->engine = engine_new(&engine_options);
  if (!c->engine) return l_failed(L, why);
  c->queue = queue_new(c->engine, &queue_options, &why);
  if (c->queue) return 1;
  engine_free(c->engine);
  c->engine = NULL;
  return l_failed(L, why);
}

static int L_stat(lua_State *L) {
  const char *path = l_text(L, 1);
  struct source_facts facts;
  int error = source_stat(path, &facts);

  if (error) return l_failed(L, error == EINVAL ? "no plain file" : strerror(error));
  l_push_size(L, facts.size);
  lua_pushnumber(L, (lua_Number)facts.modified);
  return 2;
}

/* An empty table with room for so many members, which Lua itself cannot ask for; and for
 * how many, since Lua doubles. */
static int L_table(lua_State *L) {
  lua_Number wanted = luaL_checknumber(L, 1);
  int room = 1;

  luaL_argcheck(L, wanted >= 0 && wanted <= 1 << 26, 1, "out of range");
  while (room < (int)wanted) room *= 2;
  lua_createtable(L, 0, room);
  lua_pushinteger(L, room);
  return 2;
}

static int L_now(lua_State *L) {
  lua_pushnumber(L, (lua_Number)clock_now());
  return 1;
}

/* ---- files --------------------------------------------------------------------------- */

static int l_done(lua_State *L, bool ok) {
  if (!ok) return l_failed(L, strerror(errno));
  lua_pushboolean(L, 1);
  return 1;
}

static int L_sync(lua_State *L) {
  return l_done(L, disk_sync(l_check_file(L, 1)));
}

static int L_lock(lua_State *L) {
  FILE *file = l_check_file(L, 1);

  if (disk_lock(file)) return l_done(L, true);
  if (errno != EWOULDBLOCK) return l_done(L, false);
  lua_pushboolean(L, 0);
  return 1;
}

static int L_make_folder(lua_State *L) {
  return l_done(L, disk_make_folder(l_text(L, 1)));
}

static int L_columns(lua_State *L) {
  int columns = disk_columns(l_check_file(L, 1));

  if (columns == 0) return 0;
  lua_pushinteger(L, columns);
  return 1;
}

static int L_sha256(lua_State *L) {
  char hex[SHA256_HEX];
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);

  sha256_hex(bytes, len, hex);
  lua_pushlstring(L, hex, sizeof hex);
  return 1;
}

/* Bytes that nobody can guess. */
static int L_random(lua_State *L) {
  char bytes[256];
  lua_Number n = luaL_checknumber(L, 1);

  luaL_argcheck(L, n >= 1 && n <= (lua_Number)sizeof bytes, 1, "must be from 1 to 256");
  if (getentropy(bytes, (size_t)n) != 0) return l_failed(L, strerror(errno));
  lua_pushlstring(L, bytes, (size_t)n);
  return 1;
}

/* lua_close unmaps this module, and libcurl with it, while libcurl's resolver threads may
 * still run in it: stay mapped for good. */
static void pin(void) {
  static const char anchor = 0;
  Dl_info self;

  if (dladdr(&anchor, &self) == 0 || !self.dli_fname) return;
  /* The handle is dropped on purpose: that is what keeps the module. */
  (void)dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

/* The same for another C module that is loaded. */
static int L_pin(lua_State *L) {
  const char *path = l_text(L, 1);

  lua_pushboolean(L, dlopen(path, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE) != NULL);
  return 1;
}

static void l_push_features(lua_State *L) {
  lua_createtable(L, 0, 4);
  lua_pushboolean(L, engine_has_http2());
  lua_setfield(L, -2, "http2");
  lua_pushboolean(L, engine_has_async_dns());
  lua_setfield(L, -2, "asynchdns");
  lua_pushboolean(L, engine_has_prerequest());
  lua_setfield(L, -2, "prereq");
  lua_pushstring(L, poller_name);
  lua_setfield(L, -2, "poller");
}

static const luaL_Reg functions[] = {
    {"new", L_new},         {"now", L_now},       {"table", L_table},
    {"stat", L_stat},       {"lock", L_lock},     {"make_folder", L_make_folder},
    {"columns", L_columns}, {"sha256", L_sha256}, {"random", L_random},
    {"sync", L_sync},       {"pin", L_pin},       {"json", core_json},
#if LUA_VERSION_NUM >= 503
    {"integers", core_integers},
#endif
    {NULL, NULL}};

static const luaL_Reg methods[] = {
    {"set_key", L_set_key}, {"submit", L_submit},     {"status", L_status},
    {"result", L_result},   {"cancel", L_cancel},     {"stream_status", L_stream_status},
    {"request", L_request}, {"timer", L_timer},       {"abort", L_abort},
    {"step", L_step},       {"next", L_next},         {"timeout", L_timeout},
    {"fd", L_fd},           {"progress", L_progress}, {"hold", L_hold},
    {"sync", L_engine_sync}, {"forked", L_forked},   {"close", L_close},
    {NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__gc", L_close}, {"__close", L_close}, {"__tostring", L_tostring}, {NULL, NULL}};

static void l_register_engine(lua_State *L) {
  luaL_newmetatable(L, ENGINE);
  compat_setfuncs(L, metamethods);
  lua_pushliteral(L, ENGINE);
  lua_setfield(L, -2, "__name");
  lua_createtable(L, 0, sizeof methods / sizeof *methods);
  lua_pushvalue(L, -2);
  compat_setclosures(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

EXPORT int luaopen_fal_core(lua_State *L);

int luaopen_fal_core(lua_State *L) {
  if (!engine_global_init()) return luaL_error(L, "libcurl cannot be initialised");
  pin();
  l_register_engine(L);
  lua_createtable(L, 0, 10);
  compat_setfuncs(L, functions);
  lua_pushliteral(L, VERSION);
  lua_setfield(L, -2, "version");
  lua_pushstring(L, engine_curl_version());
  lua_setfield(L, -2, "curl");
  l_push_features(L);
  lua_setfield(L, -2, "features");
  return 1;
}
