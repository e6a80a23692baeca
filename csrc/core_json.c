#include "core_json.h"

#include <lauxlib.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "json_text.h"

#define JSON_DEPTH 128
#define JSON_MARKS 2 /* where on the stack the table of what is special stands, */
#define JSON_BOX 3   /* and what holds the text once it has outgrown the writer */
#define JSON_FEW 16

/* Text that grows in memory of Lua's: an error that is raised in between leaks nothing. */
struct writer {
  lua_State *L;
  char *at;
  size_t len, cap;
  char first[1024];
};

/* A table that is being written, and those around it. */
struct level {
  const struct level *above;
  const void *table;
  int index, depth;
};

struct name {
  const char *at;
  size_t len;
};

static bool w_value(struct writer *w, const struct level *above);

static char *w_room(struct writer *w, size_t more) {
  if (w->cap - w->len < more) {
    size_t cap = 2 * w->cap + more;
    char *to = lua_newuserdata(w->L, cap);

    memcpy(to, w->at, w->len);
    w->at = to;
    w->cap = cap;
    lua_replace(w->L, JSON_BOX);
  }
  return w->at + w->len;
}

static void w_put(struct writer *w, const char *text, size_t len) {
  memcpy(w_room(w, len), text, len);
  w->len += len;
}

/* Pushes why a value cannot be written, and its path, which is put together on the way
 * out: as a rule there is none. What lies below the two on the stack no longer matters. */
static bool w_fault(struct writer *w, const char *why) {
  lua_pushstring(w->L, why);
  lua_pushliteral(w->L, "");
  return false;
}

/* Puts what is on top before the path. */
static bool w_within(struct writer *w) {
  size_t len;
  const char *path = lua_tolstring(w->L, -2, &len);

  lua_pushstring(w->L, len == 0 || *path == '[' ? "" : ".");
  lua_pushvalue(w->L, -3);
  lua_concat(w->L, 3);
  lua_replace(w->L, -2);
  return false;
}

static bool w_text(struct writer *w, const char *s, size_t len) {
  size_t bad = 0, size = json_text_size(s, len, &bad);

  if (size == 0) {
    lua_pushfstring(w->L, "is not valid UTF-8 (byte %d)", (int)bad);
    lua_pushliteral(w->L, "");
    return false;
  }
  json_text_write(w_room(w, size), s, len);
  w->len += size;
  return true;
}

static bool w_number(struct writer *w) {
  char *to = w_room(w, JSON_NUMBER_MAX);
  size_t len;

#if LUA_VERSION_NUM >= 503
  if (lua_isinteger(w->L, -1)) len = json_text_integer(to, lua_tointeger(w->L, -1));
  else
#endif
    len = json_text_number(to, (double)lua_tonumber(w->L, -1));
  w->len += len;
  return len > 0 || w_fault(w, "is not a finite number");
}

/* The text of a value that stands for itself, such as null. */
static bool w_special(struct writer *w) {
  const char *text;
  size_t len;

  lua_pushvalue(w->L, -1);
  lua_rawget(w->L, JSON_MARKS);
  text = lua_tolstring(w->L, -1, &len);
  if (text) w_put(w, text, len);
  lua_pop(w->L, 1);
  if (text) return true;
  return w_fault(w, lua_pushfstring(w->L, "is a %s, which JSON cannot express",
                                    luaL_typename(w->L, -1)));
}

static bool w_array(struct writer *w, const struct level *level, int count) {
  int i;

  w_put(w, "[", 1);
  for (i = 1; i <= count; i++) {
    if (i > 1) w_put(w, ",", 1);
    lua_rawgeti(w->L, level->index, i);
    if (!w_value(w, level)) {
      lua_pushfstring(w->L, "[%d]", i);
      return w_within(w);
    }
    lua_pop(w->L, 1);
  }
  w_put(w, "]", 1);
  return true;
}

static int by_text(const void *a, const void *b) {
  const struct name *x = a, *y = b;
  int order = memcmp(x->at, y->at, x->len < y->len ? x->len : y->len);

  if (order != 0) return order;
  return (x->len > y->len) - (x->len < y->len);
}

/* The names of an object; they stay anchored on the stack, or in a table there. */
static int w_names(struct writer *w, const struct level *level, struct name *names, int max) {
  int count = 0, anchor = 0;

  if (max > JSON_FEW) {
    lua_createtable(w->L, max, 0);
    anchor = lua_gettop(w->L);
  }
  lua_pushnil(w->L);
  while (count < max && lua_next(w->L, level->index)) {
    lua_pop(w->L, 1);
    names[count].at = lua_tolstring(w->L, -1, &names[count].len);
    count++;
    lua_pushvalue(w->L, -1);
    if (anchor) lua_rawseti(w->L, anchor, count);
  }
  return count;
}

/* Names in order: the same input is the same text, in a ledger as in a test. */
static bool w_object(struct writer *w, const struct level *level, int count) {
  struct name few[JSON_FEW], *names = few;
  int i;

  luaL_checkstack(w->L, JSON_FEW + 8, NULL);
  if (count > JSON_FEW) names = lua_newuserdata(w->L, (size_t)count * sizeof *names);
  count = w_names(w, level, names, count);
  if (count > 1) qsort(names, (size_t)count, sizeof *names, by_text);
  w_put(w, "{", 1);
  for (i = 0; i < count; i++) {
    bool named;

    if (i > 0) w_put(w, ",", 1);
    named = w_text(w, names[i].at, names[i].len);
    if (named) {
      w_put(w, ":", 1);
      lua_pushlstring(w->L, names[i].at, names[i].len);
      lua_rawget(w->L, level->index);
    }
    if (!named || !w_value(w, level)) {
      lua_pushlstring(w->L, names[i].at, names[i].len);
      return w_within(w);
    }
    lua_pop(w->L, 1);
  }
  w_put(w, "}", 1);
  return true;
}

/* What the metatable makes of a table: an array (even an empty one), or a file. */
static void w_look(struct writer *w, bool *is_array, bool *is_file) {
  const char *name;

  *is_array = *is_file = false;
  if (!lua_getmetatable(w->L, -1)) return;
  lua_pushliteral(w->L, "__name");
  lua_rawget(w->L, -2);
  name = lua_type(w->L, -1) == LUA_TSTRING ? lua_tostring(w->L, -1) : "";
  *is_file = strcmp(name, "fal.file") == 0;
  lua_pop(w->L, 1);
  lua_rawget(w->L, JSON_MARKS);
  *is_array = lua_toboolean(w->L, -1) != 0;
  lua_pop(w->L, 1);
}

/* Counts the members; false: there is a key that is neither a name nor an index. */
static bool w_count(struct writer *w, int table, int *names, int *items, double *last) {
  lua_pushnil(w->L);
  while (lua_next(w->L, table)) {
    double key;

    lua_pop(w->L, 1);
    if (lua_type(w->L, -1) == LUA_TSTRING) {
      ++*names;
      continue;
    }
    if (lua_type(w->L, -1) != LUA_TNUMBER) return false;
    key = (double)lua_tonumber(w->L, -1);
    if (!(key >= 1 && floor(key) >= key)) return false;
    ++*items;
    if (key > *last) *last = key;
  }
  return true;
}

static bool w_table(struct writer *w, const struct level *above) {
  struct level level = {above, lua_topointer(w->L, -1), lua_gettop(w->L), 1};
  bool is_array, is_file;
  int names = 0, items = 0;
  double last = 0;

  if (above) level.depth = above->depth + 1;
  for (; above; above = above->above) {
    if (above->table == level.table) return w_fault(w, "contains itself");
  }
  if (level.depth > JSON_DEPTH) return w_fault(w, "is nested too deeply");
  luaL_checkstack(w->L, 8, NULL);
  w_look(w, &is_array, &is_file);
  if (is_file) return w_fault(w, "is a local file that was not uploaded");
  if (!w_count(w, level.index, &names, &items, &last)) {
    return w_fault(w, "has a key that is neither a name nor an index");
  }
  if (items > 0 && names > 0) return w_fault(w, "mixes array items and named members");
  if (is_array && names > 0) return w_fault(w, "is an array with named members");
  if (last > items) return w_fault(w, "is an array with holes");
  if (!(is_array || items > 0 ? w_array(w, &level, items) : w_object(w, &level, names))) {
    return false;
  }
  lua_settop(w->L, level.index);
  return true;
}

/* Writes the value on top of the stack, which stays; or w_fault. */
static bool w_value(struct writer *w, const struct level *above) {
  const char *text;
  size_t len;

  switch (lua_type(w->L, -1)) {
    case LUA_TTABLE:
      return w_table(w, above);
    case LUA_TSTRING:
      text = lua_tolstring(w->L, -1, &len);
      return w_text(w, text, len);
    case LUA_TNUMBER:
      return w_number(w);
    case LUA_TBOOLEAN:
      if (lua_toboolean(w->L, -1)) w_put(w, "true", 4);
      else w_put(w, "false", 5);
      return true;
    case LUA_TNIL:
      w_put(w, "null", 4);
      return true;
    default:
      return w_special(w);
  }
}

int core_json(lua_State *L) {
  struct writer w;

  luaL_checktype(L, JSON_MARKS, LUA_TTABLE);
  lua_settop(L, JSON_BOX);
  lua_pushvalue(L, 1);
  w.L = L;
  w.at = w.first;
  w.len = 0;
  w.cap = sizeof w.first;
  if (w_value(&w, NULL)) {
    lua_pushlstring(L, w.at, w.len);
    return 1;
  }
  lua_pushnil(L);
  lua_pushvalue(L, -2);
  lua_pushvalue(L, -4);
  return 3;
}

#if LUA_VERSION_NUM >= 503
/* Whole numbers below the table on top become integers, where a double has them exactly. */
static void l_integers(lua_State *L) {
  luaL_checkstack(L, 4, NULL);
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    if (lua_type(L, -1) == LUA_TTABLE) {
      l_integers(L);
    } else if (lua_type(L, -1) == LUA_TNUMBER && !lua_isinteger(L, -1)) {
      lua_Number n = lua_tonumber(L, -1);

      if (n >= -JSON_TEXT_EXACT && n <= JSON_TEXT_EXACT && floor((double)n) >= n) {
        lua_pushvalue(L, -2);
        lua_pushinteger(L, (lua_Integer)n);
        lua_rawset(L, -5);
      }
    }
    lua_pop(L, 1);
  }
}

int core_integers(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  l_integers(L);
  return 1;
}
#endif
