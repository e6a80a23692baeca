/* The walk over Lua's tables for JSON; the part of the binding that writes. Both are
 * functions for Lua, and may raise: a wrong argument, or no memory. */
#ifndef FAL_CORE_JSON_H
#define FAL_CORE_JSON_H

#include <lua.h>

/* json(value, marks): its text; or nil, the path of what has none, and why. Of `marks`, a
 * metatable that is true makes arrays, and a value that has a text is written so. */
int core_json(lua_State *L);

#if LUA_VERSION_NUM >= 503
/* integers(table): of a table that was decoded, and so contains itself nowhere. */
int core_integers(lua_State *L);
#endif

#endif
