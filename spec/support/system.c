/* What specs need of the system and Lua does not have: forks, threads, states of Lua. */
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_THREADS 16

/* fork() → 0 in the child, else its number */
static int L_fork(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)fork());
  return 1;
}

/* exit(code): at once, nothing is closed */
static int L_exit(lua_State *L) {
  _exit((int)luaL_checkinteger(L, 1));
  return 0;
}

/* vanish(): killed, so that not even valgrind looks for what was left behind */
static int L_vanish(lua_State *L) {
  (void)L;
  (void)kill(getpid(), SIGKILL);
  return 0;
}

/* wait(pid) → its exit code, or minus the signal that ended it */
static int L_wait(lua_State *L) {
  pid_t pid = (pid_t)luaL_checkinteger(L, 1);
  int status = 0;

  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  lua_pushinteger(L, WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
  return 1;
}

static int L_pid(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)getpid());
  return 1;
}

/* sigpipe_kills(): as in a program that has not said otherwise */
static int L_sigpipe_kills(lua_State *L) {
  (void)L;
  (void)signal(SIGPIPE, SIG_DFL);
  return 0;
}

/* ---- states of their own ---------------------------------------------------------------- */

struct life {
  const char *script;
  const char *path, *cpath;
  char *result; /* what the script returned, or its error behind "raised: " */
};

static char *copy(const char *prefix, const char *text) {
  size_t n = strlen(prefix), len = text ? strlen(text) : 0;
  char *out = malloc(n + len + 1);

  if (!out) return NULL;
  memcpy(out, prefix, n);
  if (len > 0) memcpy(out + n, text, len);
  out[n + len] = '\0';
  return out;
}

static void set_paths(lua_State *L, const struct life *life) {
  lua_getglobal(L, "package");
  lua_pushstring(L, life->path);
  lua_setfield(L, -2, "path");
  lua_pushstring(L, life->cpath);
  lua_setfield(L, -2, "cpath");
  lua_pop(L, 1);
}

static void *live(void *context) {
  struct life *life = context;
  lua_State *L = luaL_newstate();

  if (!L) return NULL;
  luaL_openlibs(L);
  set_paths(L, life);
  if (luaL_loadstring(L, life->script) == 0 && lua_pcall(L, 0, 1, 0) == 0) {
    life->result = copy("", lua_tostring(L, -1));
  } else {
    life->result = copy("raised: ", lua_tostring(L, -1));
  }
  lua_close(L);
  return NULL;
}

static void take_paths(lua_State *L, struct life *life) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "path");
  life->path = lua_tostring(L, -1);
  lua_getfield(L, -2, "cpath");
  life->cpath = lua_tostring(L, -1);
}

static void push_result(lua_State *L, struct life *life) {
  lua_pushstring(L, life->result ? life->result : "no state");
  free(life->result);
}

/* state(script) → what it returned, once its state is closed */
static int L_state(lua_State *L) {
  struct life life = {luaL_checkstring(L, 1), NULL, NULL, NULL};

  take_paths(L, &life);
  (void)live(&life);
  push_result(L, &life);
  return 1;
}

/* threads(script, n) → n results: as many states, each in a thread, all at once */
static int L_threads(lua_State *L) {
  const char *script = luaL_checkstring(L, 1);
  int n = (int)luaL_checkinteger(L, 2), i;
  struct life lives[MAX_THREADS] = {{0}};
  pthread_t threads[MAX_THREADS];

  luaL_argcheck(L, n >= 1 && n <= MAX_THREADS, 2, "too many");
  luaL_checkstack(L, n + 8, NULL);
  for (i = 0; i < n; i++) {
    lives[i].script = script;
    take_paths(L, &lives[i]);
    lua_pop(L, 1);
  }
  for (i = 0; i < n; i++) {
    if (pthread_create(&threads[i], NULL, live, &lives[i]) != 0) abort();
  }
  for (i = 0; i < n; i++) (void)pthread_join(threads[i], NULL);
  for (i = 0; i < n; i++) push_result(L, &lives[i]);
  return n;
}

/* ---- memory ------------------------------------------------------------------------------ */

static lua_Alloc allocate;
static size_t largest;

static void *allocate_some(void *context, void *block, size_t from, size_t to) {
  if (block ? to > from && to > largest : to > largest) return NULL;
  return allocate(context, block, from, to);
}

/* limit(bytes): of one block, for this state; 0: no longer */
static int L_limit(lua_State *L) {
  size_t bytes = (size_t)luaL_checkinteger(L, 1);
  void *context;
  lua_Alloc now = lua_getallocf(L, &context);

  if (!allocate) allocate = now;
  largest = bytes;
  lua_setallocf(L, bytes > 0 ? allocate_some : allocate, context);
  return 0;
}

static const luaL_Reg functions[] = {
    {"fork", L_fork}, {"exit", L_exit}, {"vanish", L_vanish}, {"wait", L_wait}, {"pid", L_pid},
    {"sigpipe_kills", L_sigpipe_kills}, {"state", L_state}, {"threads", L_threads},
    {"limit", L_limit},
    {NULL, NULL}};

__attribute__((visibility("default"))) int luaopen_support_system(lua_State *L);

int luaopen_support_system(lua_State *L) {
  const luaL_Reg *f;

  lua_newtable(L);
  for (f = functions; f->name; f++) {
    lua_pushcfunction(L, f->func);
    lua_setfield(L, -2, f->name);
  }
  return 1;
}
