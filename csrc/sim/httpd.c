/* fal.sim.httpd: arguments in, results out. The only file here that knows Lua. */

#include "process.h"
#include "server.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#define TYPE "fal.sim.httpd"
#define MAX_HEADERS 64
#define MAX_ARGS 96

#if LUA_VERSION_NUM < 502
#define lua_rawlen lua_objlen
#define luaL_setfuncs(L, list, up) luaL_register(L, NULL, list)
#endif

static struct server *l_server(lua_State *L) {
  struct server **box = luaL_checkudata(L, 1, TYPE);
  if (!*box) {
    luaL_error(L, "the server is closed");
  }
  return *box;
}

static uint64_t l_id(lua_State *L) {
  return (uint64_t)luaL_checknumber(L, 2);
}

static double l_number(lua_State *L, int table, const char *name, double missing) {
  lua_getfield(L, table, name);
  double value = luaL_optnumber(L, -1, missing);
  lua_pop(L, 1);
  return value;
}

/* The string stays anchored in the table. */
static const char *l_string(lua_State *L, int table, const char *name, size_t *length) {
  lua_getfield(L, table, name);
  const char *value = lua_isnil(L, -1) ? NULL : luaL_checklstring(L, -1, length);
  lua_pop(L, 1);
  return value;
}

static size_t l_headers(lua_State *L, int index, struct server_header *headers) {
  size_t count = 0;
  if (lua_isnoneornil(L, index)) {
    return 0;
  }
  luaL_checktype(L, index, LUA_TTABLE);
  size_t length = lua_rawlen(L, index);
  luaL_argcheck(L, length / 2 <= MAX_HEADERS, index, "too many headers");
  for (size_t i = 1; i + 1 <= length; i += 2) {
    lua_rawgeti(L, index, (int)i);
    lua_rawgeti(L, index, (int)i + 1);
    headers[count].name = luaL_checkstring(L, -2);
    headers[count++].value = luaL_checkstring(L, -1);
    lua_pop(L, 2);
  }
  return count;
}

static void l_body(lua_State *L, int index, struct server_body *body) {
  memset(body, 0, sizeof *body);
  if (!lua_istable(L, index)) {
    body->data = luaL_optlstring(L, index, "", &body->length);
    return;
  }
  body->path = l_string(L, index, "path", NULL);
  body->offset = (uint64_t)l_number(L, index, "offset", 0);
  body->size = (uint64_t)l_number(L, index, "size", 0);
  body->blob = !body->path;
}

/* respond(id, status, {name, value, …} | nil, string | {path | blob, offset, size}) */
static int L_respond(lua_State *L) {
  struct server_header headers[MAX_HEADERS];
  struct server_body body;
  struct server *server = l_server(L);
  uint64_t id = l_id(L);
  unsigned status = (unsigned)luaL_checknumber(L, 3);
  size_t count = l_headers(L, 4, headers);
  l_body(L, 5, &body);
  lua_pushboolean(L, server_respond(server, id, status, headers, count, &body));
  return 1;
}

static enum server_ending l_ending(lua_State *L, int index) {
  return lua_toboolean(L, index) ? SERVER_RESET : SERVER_FIN;
}

/* raw(id, head, body, { limit, chunk, every, hold, reset }) */
static int L_raw(lua_State *L) {
  struct server_raw raw;
  struct server *server = l_server(L);
  uint64_t id = l_id(L);
  raw.head = luaL_checklstring(L, 3, &raw.head_length);
  l_body(L, 4, &raw.body);
  luaL_checktype(L, 5, LUA_TTABLE);
  raw.limit = (uint64_t)l_number(L, 5, "limit", 9e15);
  raw.chunk = (size_t)l_number(L, 5, "chunk", 0);
  raw.every = l_number(L, 5, "every", 0);
  raw.hold = l_number(L, 5, "hold", 0);
  lua_getfield(L, 5, "reset");
  raw.ending = l_ending(L, -1);
  lua_pushboolean(L, server_raw(server, id, &raw));
  return 1;
}

static int L_stream_open(lua_State *L) {
  struct server_header headers[MAX_HEADERS];
  struct server *server = l_server(L);
  uint64_t id = l_id(L);
  unsigned status = (unsigned)luaL_checknumber(L, 3);
  size_t count = l_headers(L, 4, headers);
  lua_pushboolean(L, server_stream_open(server, id, status, headers, count));
  return 1;
}

static int L_stream_write(lua_State *L) {
  size_t length;
  struct server *server = l_server(L);
  uint64_t id = l_id(L);
  const char *data = luaL_checklstring(L, 3, &length);
  lua_pushboolean(L, server_stream_write(server, id, data, length));
  return 1;
}

static int L_stream_close(lua_State *L) {
  struct server *server = l_server(L);
  uint64_t id = l_id(L);
  lua_pushboolean(L, server_stream_close(server, id, lua_toboolean(L, 3)));
  return 1;
}

static int L_proceed(lua_State *L) {
  struct server *server = l_server(L);
  uint64_t id = l_id(L);
  uint64_t limit = (uint64_t)luaL_optnumber(L, 3, 9e15);
  lua_pushboolean(L, server_proceed(server, id, limit, l_ending(L, 4)));
  return 1;
}

static int L_drop(lua_State *L) {
  struct server *server = l_server(L);
  uint64_t id = l_id(L);
  lua_pushboolean(L, server_drop(server, id, l_ending(L, 3)));
  return 1;
}

static int L_drop_waiting(lua_State *L) {
  struct server *server = l_server(L);
  server_drop_waiting(server, l_id(L));
  return 0;
}

static int L_early(lua_State *L) {
  server_early(l_server(L), lua_toboolean(L, 2));
  return 0;
}

static int L_step(lua_State *L) {
  struct server *server = l_server(L);
  server_step(server, luaL_checknumber(L, 2));
  return 0;
}

/* id, method, uri, host, proto, authorization, connection, body | nil (head only),
 * size of the body as it was sent */
static int L_next(lua_State *L) {
  struct server_request r;
  if (!server_next(l_server(L), &r)) {
    return 0;
  }
  lua_settop(L, 0);
  lua_pushinteger(L, (lua_Integer)r.id);
  lua_pushstring(L, r.method);
  lua_pushstring(L, r.uri);
  lua_pushstring(L, r.host);
  lua_pushstring(L, r.proto);
  lua_pushstring(L, r.authorization);
  lua_pushinteger(L, (lua_Integer)r.connection);
  if (r.event == SERVER_REQUEST) {
    lua_pushlstring(L, r.body, r.body_length);
    lua_pushinteger(L, (lua_Integer)r.body_size);
    return 9;
  }
  return 7;
}

static int L_header(lua_State *L) {
  struct server *server = l_server(L);
  uint64_t id = l_id(L);
  lua_pushstring(L, server_header(server, id, luaL_checkstring(L, 3)));
  return 1;
}

struct text {
  char data[8192];
  size_t length;
};

static int append_header(void *ctx, const char *name, const char *value) {
  struct text *text = ctx;
  size_t n = strlen(name), v = strlen(value);
  if (text->length + n + v + 3 > sizeof text->data) {
    return 0;
  }
  char *at = text->data + text->length;
  memcpy(at, name, n);
  memcpy(at + n, ": ", 2);
  memcpy(at + n + 2, value, v);
  at[n + 2 + v] = '\n';
  text->length += n + v + 3;
  return 1;
}

/* All headers as one text, a line each. */
static int L_headers(lua_State *L) {
  struct text text;
  text.length = 0;
  server_headers(l_server(L), l_id(L), append_header, &text);
  lua_pushlstring(L, text.data, text.length);
  return 1;
}

static int L_connections(lua_State *L) {
  uint64_t open;
  lua_pushinteger(L, (lua_Integer)server_connections(l_server(L), &open));
  lua_pushinteger(L, (lua_Integer)open);
  return 2;
}

static int L_close(lua_State *L) {
  struct server **box = luaL_checkudata(L, 1, TYPE);
  server_free(*box);
  *box = NULL;
  return 0;
}

static int L_new(lua_State *L) {
  struct server_options options;
  const char *message = NULL;
  luaL_checktype(L, 1, LUA_TTABLE);
  options.host = l_string(L, 1, "host", NULL);
  options.port = (unsigned)l_number(L, 1, "port", 0);
  options.connections = (unsigned)l_number(L, 1, "connections", 16000);
  options.max_body = (size_t)l_number(L, 1, "max_body", 128 * 1024 * 1024);
  options.keep_body = (size_t)l_number(L, 1, "keep_body", 9e15);
  luaL_argcheck(L, options.host, 1, "host is missing");
  struct server **box = lua_newuserdata(L, sizeof *box);
  *box = NULL;
  luaL_getmetatable(L, TYPE);
  lua_setmetatable(L, -2);
  *box = server_new(&options, &message);
  if (!*box) {
    lua_pushnil(L);
    lua_pushstring(L, message);
    return 2;
  }
  lua_pushinteger(L, (lua_Integer)server_port(*box));
  return 2;
}

static int L_spawn(lua_State *L) {
  char *argv[MAX_ARGS + 1];
  luaL_checktype(L, 1, LUA_TTABLE);
  size_t count = lua_rawlen(L, 1);
  luaL_argcheck(L, count >= 1 && count <= MAX_ARGS, 1, "wrong number of arguments");
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 1, (int)i + 1);
    argv[i] = (char *)(uintptr_t)luaL_checkstring(L, -1);
    lua_pop(L, 1);
  }
  argv[count] = NULL;
  lua_pushinteger(L, (lua_Integer)process_spawn(argv));
  return 1;
}

static int L_reap(lua_State *L) {
  int status = 0;
  long pid = process_reap(&status);
  if (pid == 0) {
    return 0;
  }
  lua_pushinteger(L, (lua_Integer)pid);
  lua_pushinteger(L, status);
  return 2;
}

static int L_kill(lua_State *L) {
  process_kill((long)luaL_checknumber(L, 1));
  return 0;
}

static int L_now(lua_State *L) {
  lua_pushnumber(L, process_now());
  return 1;
}

static int L_wall(lua_State *L) {
  lua_pushnumber(L, process_wall());
  return 1;
}

static int L_cpu(lua_State *L) {
  lua_pushnumber(L, process_cpu());
  return 1;
}

static int L_stopping(lua_State *L) {
  lua_pushboolean(L, process_stopping());
  return 1;
}

static int L_unheard(lua_State *L) {
  lua_pushboolean(L, process_unheard());
  return 1;
}

static int L_follow_parent(lua_State *L) {
  lua_pushboolean(L, process_follow_parent());
  return 1;
}

/* Takes signals and file limits as a server wants them; returns the limit of files. */
static int L_settle(lua_State *L) {
  process_signals();
  lua_pushinteger(L, (lua_Integer)process_raise_files());
  return 1;
}

/* A new private directory, or nil. `template` ends in XXXXXX. */
static int L_mkdtemp(lua_State *L) {
  char path[512];
  size_t length;
  const char *wanted = luaL_checklstring(L, 1, &length);
  luaL_argcheck(L, length < sizeof path, 1, "too long");
  memcpy(path, wanted, length + 1);
  lua_pushstring(L, mkdtemp(path));
  return 1;
}

static const luaL_Reg methods[] = {
  { "respond", L_respond }, { "raw", L_raw }, { "stream_open", L_stream_open },
  { "stream_write", L_stream_write }, { "stream_close", L_stream_close },
  { "proceed", L_proceed }, { "drop", L_drop }, { "drop_waiting", L_drop_waiting },
  { "early", L_early }, { "step", L_step }, { "next", L_next }, { "header", L_header }, { "headers", L_headers },
  { "connections", L_connections }, { "close", L_close }, { "__gc", L_close },
  { NULL, NULL }
};

static const luaL_Reg functions[] = {
  { "new", L_new }, { "spawn", L_spawn }, { "reap", L_reap }, { "kill", L_kill },
  { "now", L_now }, { "wall", L_wall }, { "cpu", L_cpu }, { "stopping", L_stopping },
  { "follow_parent", L_follow_parent }, { "unheard", L_unheard }, { "settle", L_settle }, { "mkdtemp", L_mkdtemp },
  { NULL, NULL }
};

__attribute__((visibility("default"))) int luaopen_fal_sim_httpd(lua_State *L);

int luaopen_fal_sim_httpd(lua_State *L) {
  luaL_newmetatable(L, TYPE);
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  return 1;
}
