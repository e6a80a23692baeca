/* What a bench must know and Lua cannot say: the CPU time of this thread, the clock, what
 * malloc has given out, what the process holds. For the benches alone. */
#include <lauxlib.h>
#include <lua.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int push_clock(lua_State *L, clockid_t which) {
  struct timespec t;

  clock_gettime(which, &t);
  lua_pushnumber(L, (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec * 1e-9);
  return 1;
}

static int L_cpu(lua_State *L) {
  return push_clock(L, CLOCK_THREAD_CPUTIME_ID);
}

static int L_wall(lua_State *L) {
  return push_clock(L, CLOCK_MONOTONIC);
}

/* How often this thread was taken off the processor against its will. */
static int L_preempted(lua_State *L) {
  struct rusage usage;

  getrusage(RUSAGE_THREAD, &usage);
  lua_pushnumber(L, (lua_Number)usage.ru_nivcsw);
  return 1;
}

static int L_pause(lua_State *L) {
  lua_Number seconds = luaL_checknumber(L, 1);
  struct timespec t;

  if (seconds <= 0) return 0;
  t.tv_sec = (time_t)seconds;
  t.tv_nsec = (long)((seconds - (lua_Number)t.tv_sec) * 1e9);
  nanosleep(&t, NULL);
  return 0;
}

/* Bytes that malloc has given out and not got back. */
static int L_heap(lua_State *L) {
  lua_pushnumber(L, (lua_Number)(mallinfo2().uordblks + mallinfo2().hblkhd));
  return 1;
}

/* Bytes of memory that the process holds, 0 where nobody says. */
static int L_resident(lua_State *L) {
  FILE *file = fopen("/proc/self/statm", "r");
  unsigned long size, pages = 0;

  if (file && fscanf(file, "%lu %lu", &size, &pages) != 2) pages = 0;
  if (file) fclose(file);
  lua_pushnumber(L, (lua_Number)pages * (lua_Number)sysconf(_SC_PAGESIZE));
  return 1;
}

int luaopen_probe(lua_State *L);

int luaopen_probe(lua_State *L) {
  static const struct { const char *name; lua_CFunction function; } all[] = {
      {"preempted", L_preempted},
      {"cpu", L_cpu},     {"wall", L_wall},         {"pause", L_pause},
      {"heap", L_heap},   {"resident", L_resident}, {NULL, NULL}};
  int i;

  lua_newtable(L);
  for (i = 0; all[i].name; i++) {
    lua_pushcfunction(L, all[i].function);
    lua_setfield(L, -2, all[i].name);
  }
  return 1;
}
