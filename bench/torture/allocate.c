/* Makes every allocation of a client's life fail in turn, Lua's or those of the C side, and
 * looks at what comes of it: a memory error or nil and an error, no crash and no leak.
 *
 *   allocate lua|c [--step N] [--first N] [--window N] URL FOLDER
 *
 * Each try is a process of its own, forked after a few whole lives, so that what libraries
 * make once is there already. malloc and its relatives are defined here and so stand before
 * the C library's for everybody in the process. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#ifdef LUA_JITLIBNAME
#include <luajit.h>
#endif
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SCRIPT "bench/torture/lifecycle.lua"
#define WARM_UPS 3
#define PATIENCE 30   /* seconds of one try */
#define FRAMES 14
#define SLOTS (1u << 17)

/* ---- what is failed -------------------------------------------------------------------- */

enum side { SIDE_LUA, SIDE_C };

static enum side side;
static long until_failure = -1; /* negative: not armed */
static long window = 1;         /* how many in a row fail */
static long counted;            /* since it was armed */
static bool armed;
static bool failed_once;
static __thread int in_lua; /* Lua's own allocator is on the stack */
static bool tracing;

static bool is_due(enum side from) {
  long n;

  if (!armed || from != side) return false;
  n = __sync_add_and_fetch(&counted, 1);
  if (n < until_failure || n - until_failure >= window) return false;
  failed_once = true;
  return true;
}

static void arm(long n) {
  counted = 0;
  failed_once = false;
  until_failure = n;
  armed = n > 0;
}

/* Whose failures and leaks would be their own: lua-cjson ends the process when a buffer
 * cannot grow, and loses its buffers to a memory error of Lua; OpenLDAP, which curl_version
 * asks, leaks what it had; libgcc, told by LuaJIT of compiled code, does not look; and
 * Lua loses the handle of a module that it has just opened. */
static bool is_spared(void *caller) {
  static const char *const names[] = {"cjson", "liblber", "libldap", "libgcc_s", "ld-linux",
                                      NULL};
  const char *const *name;
  Dl_info info;

  if (dladdr(caller, &info) == 0 || !info.dli_fname) return false;
  for (name = names; *name; name++) {
    if (strstr(info.dli_fname, *name)) return true;
  }
  return false;
}

static bool refuses(void *caller) {
  if (!armed || side != SIDE_C || in_lua || is_spared(caller)) return false;
  if (!is_due(SIDE_C)) return false;
  errno = ENOMEM;
  return true;
}

/* ---- the C side's blocks ----------------------------------------------------------------- */

struct block {
  void *at;
  size_t size;
  void *frames[FRAMES];
  int depth;
  long born;
};

static struct block blocks[SLOTS];
static long live_blocks;
static long born; /* so far */
static size_t stream_size;
static int lock;

static void enter(void) {
  while (__sync_lock_test_and_set(&lock, 1)) continue;
}

static void leave(void) {
  __sync_lock_release(&lock);
}

static size_t slot_of(void *at) {
  size_t i = ((uintptr_t)at >> 4) * 0x9E3779B97F4A7C15ull >> 47;

  while (blocks[i].at && blocks[i].at != at) i = (i + 1) & (SLOTS - 1);
  return i;
}

static void *noted(void *at, size_t size, void *caller) {
  size_t i;

  if (!at || in_lua || (armed && is_spared(caller))) return at;
  enter();
  i = slot_of(at);
  blocks[i].at = at;
  blocks[i].size = size;
  blocks[i].depth = 0;
  blocks[i].born = ++born;
  live_blocks++;
  leave();
  if (tracing) {
    in_lua++; /* unwinding may allocate */
    blocks[i].depth = backtrace(blocks[i].frames, FRAMES);
    in_lua--;
  }
  return at;
}

/* Linear probing: whoever probed past the hole moves into it. */
static void forgotten(void *at) {
  size_t hole, i;

  if (!at) return;
  enter();
  hole = slot_of(at);
  if (blocks[hole].at) {
    live_blocks--;
    for (i = (hole + 1) & (SLOTS - 1); blocks[i].at; i = (i + 1) & (SLOTS - 1)) {
      size_t home = ((uintptr_t)blocks[i].at >> 4) * 0x9E3779B97F4A7C15ull >> 47;

      if (((i - home) & (SLOTS - 1)) < ((i - hole) & (SLOTS - 1))) continue;
      blocks[hole] = blocks[i];
      hole = i;
    }
    blocks[hole].at = NULL;
  }
  leave();
}

/* What comes after us: the C library's, or a sanitizer's. */
static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void (*next_free)(void *);
static char early[4096]; /* dlsym allocates */
static size_t early_used;

static void find_next(void) {
  static bool finding;

  if (next_free || finding) return;
  finding = true;
  next_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  next_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
  next_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
  next_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
}

static void *early_block(size_t size) {
  void *at = early + early_used;

  early_used += (size + 15) & ~(size_t)15;
  if (early_used > sizeof early) abort();
  return at;
}

static bool is_early(const void *at) {
  return (const char *)at >= early && (const char *)at < early + sizeof early;
}

#define CALLER __builtin_return_address(0)

void *malloc(size_t size) {
  find_next();
  if (!next_malloc) return early_block(size);
  return refuses(CALLER) ? NULL : noted(next_malloc(size), size, CALLER);
}

void *calloc(size_t n, size_t size) {
  find_next();
  if (!next_calloc) return early_block(n * size);
  return refuses(CALLER) ? NULL : noted(next_calloc(n, size), n * size, CALLER);
}

void *realloc(void *old, size_t size) {
  void *grown;

  find_next();
  if (is_early(old)) abort();
  if (refuses(CALLER)) return NULL;
  if (!in_lua) forgotten(old);
  grown = next_realloc(old, size);
  if (!grown && size > 0) (void)noted(old, size, CALLER);
  return noted(grown, size, CALLER);
}

void free(void *at) {
  if (!at || is_early(at)) return;
  if (!in_lua) forgotten(at);
  next_free(at);
}

/* ---- Lua's blocks ------------------------------------------------------------------------ */

static long live_bytes; /* of Lua */

static void *lua_allocate(void *context, void *old, size_t old_size, size_t size) {
  void *out = NULL;

  (void)context;
  if (!old) old_size = 0;
  if (size > old_size && is_due(SIDE_LUA)) return NULL;
  in_lua++;
  if (size == 0) free(old);
  else out = realloc(old, size);
  in_lua--;
  if (size == 0 || out) live_bytes += (long)size - (long)old_size;
  return out;
}

static void measure_stream(void) {
  long since = born;
  FILE *file = fopen("/dev/null", "r");
  size_t i;

  for (i = 0; i < SLOTS; i++) {
    if (blocks[i].at && blocks[i].born > since) stream_size = blocks[i].size;
  }
  if (file) fclose(file);
}

/* ---- one life ---------------------------------------------------------------------------- */

static const char *url, *folder;
static char tag[32];

/* On top of the stack: what lifecycle.lua returned, or an error. */
static bool load(lua_State *L) {
  luaL_openlibs(L);
  if (luaL_loadstring(L, "package.path = './lua/?.lua;./lua/?/init.lua;' .. package.path "
                         "package.cpath = os.getenv 'CORE' .. ';' .. package.cpath") != 0 ||
      lua_pcall(L, 0, 0, 0) != 0 || luaL_loadfile(L, SCRIPT) != 0) {
    return false;
  }
  lua_pushstring(L, url);
  lua_pushstring(L, tag);
  lua_pushstring(L, folder);
  return lua_pcall(L, 3, 4, 0) == 0;
}

static bool is_memory_error(const char *text) {
  return text && strstr(text, "not enough memory");
}

/* The interpreter's own way to say that it could not open a file. */
static bool is_not_loaded(const char *text) {
  return text && (strstr(text, "module '") || strstr(text, "error loading module"));
}

/* Keeps the traceback of what is no memory error; allocating is allowed again by then. */
static int trace(lua_State *L) {
  armed = false;
  if (is_memory_error(lua_tostring(L, 1))) return 1;
  lua_getglobal(L, "debug");
  lua_getfield(L, -1, "traceback");
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

static int print_findings(lua_State *L, int at) {
  int i, n = 0;

  for (i = 1;; i++) {
    lua_rawgeti(L, at, i);
    if (lua_isnil(L, -1)) break;
    printf("  %s\n", lua_tostring(L, -1));
    lua_pop(L, 1);
    n++;
  }
  lua_pop(L, 1);
  return n;
}

static void print_tally(lua_State *L, int at) {
  lua_pushnil(L);
  while (lua_next(L, at)) {
    printf("+ %s %d\n", lua_tostring(L, -2), (int)lua_tonumber(L, -1));
    lua_pop(L, 1);
  }
}

/* LuaJIT itself loses a few bytes in some places, and the stream of a chunk that it has
 * just opened: both are seen with no code of ours loaded. */
static int interpreters_bytes(void) {
#ifdef LUAJIT_VERSION
  return 256;
#else
  return 0;
#endif
}

static long interpreters_streams(long since) {
  long n = 0;
#ifdef LUAJIT_VERSION
  size_t i;

  for (i = 0; i < SLOTS; i++) {
    if (blocks[i].at && blocks[i].born > since && blocks[i].size == stream_size) n++;
  }
#else
  (void)since;
#endif
  return n;
}

/* 0: as it should be. */
static int live(long n) {
  lua_State *L = lua_newstate(lua_allocate, NULL);
  int findings = 0, base, status;

  if (!L) {
    printf("  no Lua state with an allocator of one's own\n");
    return 1;
  }
  lua_gc(L, LUA_GCSTOP, 0);
  if (!load(L)) {
    printf("  %s\n", lua_tostring(L, -1));
    return 1;
  }
  lua_gc(L, LUA_GCRESTART, 0);
  base = lua_gettop(L) - 3;
  lua_pushcfunction(L, trace);
  lua_pushvalue(L, base);
  arm(n);
  status = lua_pcall(L, 0, 0, base + 4);
  armed = false;
  if (status != 0) {
    const char *text = lua_tostring(L, -1);

    if (status == LUA_ERRMEM || is_memory_error(text)) {
      printf("+ raised 1\n");
    } else if (side == SIDE_C && is_not_loaded(text)) {
      printf("+ not_loaded 1\n");
    } else {
      printf("  raised %s\n", text ? text : "(no text)");
      findings++;
    }
    lua_pop(L, 1);
  }
  lua_pushvalue(L, base + 1);
  if (lua_pcall(L, 0, 0, base + 4) != 0) {
    printf("  close raised %s\n", lua_tostring(L, -1));
    findings++;
  }
  findings += print_findings(L, base + 2);
  print_tally(L, base + 3);
  lua_close(L);
  if (live_bytes > interpreters_bytes()) {
    printf("  Lua keeps %ld bytes\n", live_bytes);
    findings++;
  }
  return findings;
}

static void print_leaks(long since) {
  size_t i;

  fflush(stdout);
  for (i = 0; i < SLOTS; i++) {
    if (!blocks[i].at || blocks[i].born <= since || blocks[i].depth == 0) continue;
    printf("  leaked %zu bytes from\n", blocks[i].size);
    fflush(stdout);
    backtrace_symbols_fd(blocks[i].frames, blocks[i].depth, 1);
  }
}

/* The C library keeps the text of the last error until it is asked for. */
static void forget_dlerror(void) {
  (void)dlerror();
  (void)dlerror();
}

/* In the child: exit code 0 as it should be, 1 a finding, 2 nothing was left to fail. */
static int one_try(long n) {
  long before, since = born;
  int findings;

  forget_dlerror();
  before = live_blocks;
  snprintf(tag, sizeof tag, "%d/%ld/", side, n);
  findings = live(n);
  forget_dlerror();
  if (live_blocks > before + interpreters_streams(since)) {
    printf("  the C side keeps %ld blocks\n", live_blocks - before);
    print_leaks(since);
    findings++;
  }
  fflush(stdout);
  return findings ? 1 : failed_once ? 0 : 2;
}

/* ---- all of them --------------------------------------------------------------------------- */

static long number(const char *text) {
  return strtol(text, NULL, 10);
}

static int in_child(long n) {
  int status = 0;
  pid_t child;

  fflush(stdout);
  child = fork();
  if (child == 0) {
    alarm(PATIENCE);
    _exit(one_try(n));
  }
  if (child < 0) abort();
  while (waitpid(child, &status, 0) < 0) continue;
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  printf("  ended by signal %d\n", WTERMSIG(status));
  return 1;
}

int main(int argc, char **argv) {
  long step = 1, first = 1, tries = 0, bad = 0, n;
  void *frames[FRAMES];
  int i = 1, code;

  if (argc < 4) return 64;
  side = strcmp(argv[i++], "c") == 0 ? SIDE_C : SIDE_LUA;
  for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
    if (strcmp(argv[i], "--step") == 0) step = number(argv[i + 1]);
    if (strcmp(argv[i], "--first") == 0) first = number(argv[i + 1]);
    if (strcmp(argv[i], "--window") == 0) window = number(argv[i + 1]);
  }
  if (i + 2 != argc) return 64;
  url = argv[i];
  folder = argv[i + 1];
  (void)backtrace(frames, FRAMES);
  measure_stream();
  tzset(); /* the C library keeps what it read of a time zone */
  for (i = 0; i < WARM_UPS; i++) {
    snprintf(tag, sizeof tag, "warm/%d/%d/", (int)getpid(), i);
    if (live(0) != 0) return 1;
  }
  tracing = getenv("TRACE") != NULL;
  for (n = first;; n += step) {
    code = in_child(n);
    if (code == 2) break;
    tries++;
    if (code == 0) continue;
    bad++;
    printf("%s allocation %ld: NOT OK\n", side == SIDE_C ? "C" : "Lua", n);
  }
  printf("%ld of %ld allocations of the %s side failed in turn, %ld NOT OK\n", tries, n - 1,
         side == SIDE_C ? "C" : "Lua", bad);
  return bad > 0;
}
