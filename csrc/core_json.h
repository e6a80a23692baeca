/* The part of the binding that turns Lua's tables into JSON (core_json.c) and back
 * (core_parse.c). Both are functions for Lua, and may raise: a wrong argument, no memory. */
#ifndef FAL_CORE_JSON_H
#define FAL_CORE_JSON_H

#include <lua.h>

#define JSON_DEPTH 128 /* of tables within tables */

/* json(value, marks): its text; or nil, the path of what has none, and why. Of `marks`, a
 * metatable that is true makes arrays, and a value that has a text is written so. */
int core_json(lua_State *L);

/* parse(text, null, array): its value, with `null` for null and the metatable `array` for
 * arrays, whole numbers as integers where Lua has them; or nil and why it cannot be read. */
int core_parse(lua_State *L);

#endif
