/* What core.c needs of the Lua C API that 5.1 and LuaJIT lack or spell otherwise. */
#ifndef FAL_COMPAT_H
#define FAL_COMPAT_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>

#if LUA_VERSION_NUM < 502
#define lua_rawlen lua_objlen

static inline void compat_setfuncs(lua_State *L, const luaL_Reg *functions) {
  for (; functions->name; functions++) {
    lua_pushcfunction(L, functions->func);
    lua_setfield(L, -2, functions->name);
  }
}

/* The same with the value on top, which is popped, as upvalue. */
static inline void compat_setclosures(lua_State *L, const luaL_Reg *functions) {
  for (; functions->name; functions++) {
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, functions->func, 1);
    lua_setfield(L, -3, functions->name);
  }
  lua_pop(L, 1);
}

/* The stream in a userdata of the io library; NULL once it is closed. */
static inline FILE *compat_tofile(void *userdata) {
  return *(FILE **)userdata;
}
#else
#define compat_setfuncs(L, functions) luaL_setfuncs((L), (functions), 0)
#define compat_setclosures(L, functions) luaL_setfuncs((L), (functions), 1)

static inline FILE *compat_tofile(void *userdata) {
  luaL_Stream *stream = userdata;

  return stream->closef ? stream->f : NULL;
}
#endif

#endif
