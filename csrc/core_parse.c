#include <lauxlib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core_json.h"
#include "json_scan.h"
#include "json_text.h"

#define FEW 16 /* items that are collected before there is a table for them */
#define JSON_NULL 2  /* where on the stack what null becomes stands, */
#define JSON_ARRAY 3 /* and the metatable of arrays */

struct reader {
  lua_State *L;
  const char *start, *p, *end;
  int depth;
};

static bool r_value(struct reader *r);

/* Pushes why the text cannot be read; what lies below on the stack no longer matters. */
static bool r_fault(struct reader *r, const char *why) {
  lua_pushfstring(r->L, "%s at byte %d", why, (int)(r->p - r->start) + 1);
  return false;
}

static void r_skip(struct reader *r) {
  while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t')) {
    r->p++;
  }
}

static bool r_take(struct reader *r, char c) {
  r_skip(r);
  if (r->p == r->end || *r->p != c) return false;
  r->p++;
  return true;
}

static bool r_word(struct reader *r, const char *word) {
  size_t len = strlen(word);

  if ((size_t)(r->end - r->p) < len || memcmp(r->p, word, len) != 0) {
    return r_fault(r, "expected a value");
  }
  r->p += len;
  return true;
}

/* What is unescaped is never longer than it was. */
static bool r_unescape(struct reader *r, const char *s, size_t len) {
  char few[512], *to = len <= sizeof few ? few : lua_newuserdata(r->L, len);

  if (!json_unescape(to, s, &len)) return r_fault(r, "an escape that is none");
  lua_pushlstring(r->L, to, len);
  if (to != few) lua_remove(r->L, -2);
  return true;
}

static bool r_text(struct reader *r) {
  const char *from, *to;
  bool escaped;

  if (!r_take(r, '"')) return r_fault(r, "expected a string");
  from = r->p;
  to = json_string_end(from, r->end, &escaped);
  if (!to) return r_fault(r, "a string without an end");
  if (!escaped) lua_pushlstring(r->L, from, (size_t)(to - from));
  else if (!r_unescape(r, from, (size_t)(to - from))) return false;
  r->p = to + 1;
  return true;
}

static bool r_number(struct reader *r) {
  double n;
  const char *to = json_number_end(r->p, r->end, &n);

  if (!to) return r_fault(r, "a number that is none");
  r->p = to;
#if LUA_VERSION_NUM >= 503
  if (n >= -JSON_TEXT_EXACT && n <= JSON_TEXT_EXACT && floor(n) >= n) {
    lua_pushinteger(r->L, (lua_Integer)n);
    return true;
  }
#endif
  lua_pushnumber(r->L, (lua_Number)n);
  return true;
}

/* Moves what was collected above a place for a table into it: a table of the right size
 * is made once. `done` of its items are there already. */
static void r_store(struct reader *r, int table, bool named, int done) {
  int top = lua_gettop(r->L), count = top - table, i;

  if (done == 0) {
    lua_createtable(r->L, named ? 0 : count, named ? count / 2 : 0);
    lua_replace(r->L, table);
  }
  for (i = 1; named && i < count; i += 2) {
    lua_pushvalue(r->L, table + i);
    lua_pushvalue(r->L, table + i + 1);
    lua_rawset(r->L, table);
  }
  for (i = count; !named && i > 0; i--) lua_rawseti(r->L, table, done + i);
  lua_settop(r->L, table);
}

/* The members up to the closing bracket, into the place on top. */
static bool r_members(struct reader *r, bool named, char close) {
  int table = lua_gettop(r->L), done = 0, kept = 0;

  if (r_take(r, close)) {
    r_store(r, table, named, done);
    return true;
  }
  do {
    if (kept == FEW) {
      r_store(r, table, named, done);
      done += kept;
      kept = 0;
    }
    if (named && !r_text(r)) return false;
    if (named && !r_take(r, ':')) return r_fault(r, "expected ':'");
    if (!r_value(r)) return false;
    kept++;
  } while (r_take(r, ','));
  if (!r_take(r, close)) return r_fault(r, named ? "expected ',' or '}'" : "expected ',' or ']'");
  r_store(r, table, named, done);
  return true;
}

static bool r_table(struct reader *r, bool named) {
  if (++r->depth > JSON_DEPTH) return r_fault(r, "nested too deeply");
  luaL_checkstack(r->L, 2 * FEW + 8, NULL);
  r->p++;
  lua_pushnil(r->L);
  if (!r_members(r, named, named ? '}' : ']')) return false;
  if (!named) {
    lua_pushvalue(r->L, JSON_ARRAY);
    lua_setmetatable(r->L, -2);
  }
  r->depth--;
  return true;
}

/* Pushes the value that comes next; or r_fault. */
static bool r_value(struct reader *r) {
  r_skip(r);
  switch (r->p < r->end ? *r->p : 0) {
    case '{':
      return r_table(r, true);
    case '[':
      return r_table(r, false);
    case '"':
      return r_text(r);
    case 't':
      lua_pushboolean(r->L, 1);
      return r_word(r, "true");
    case 'f':
      lua_pushboolean(r->L, 0);
      return r_word(r, "false");
    case 'n':
      lua_pushvalue(r->L, JSON_NULL);
      return r_word(r, "null");
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
      return r_number(r);
    default:
      return r_fault(r, "expected a value");
  }
}

int core_parse(lua_State *L) {
  struct reader r;
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);

  luaL_checkany(L, JSON_NULL);
  luaL_checktype(L, JSON_ARRAY, LUA_TTABLE);
  lua_settop(L, JSON_ARRAY);
  r.L = L;
  r.start = r.p = text;
  r.end = text + len;
  r.depth = 0;
  if (r_value(&r)) {
    r_skip(&r);
    if (r.p == r.end) return 1;
    (void)r_fault(&r, "expected the end");
  }
  lua_pushnil(L);
  lua_insert(L, -2);
  return 2;
}
