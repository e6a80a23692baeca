#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sink.h"

#define MAX_FLUSHES 16 /* waiting at a time; beyond, a later one takes their range along */

struct flush {
  int fd; /* its own: the transfer's may be closed meanwhile */
  int64_t from;
  int64_t len;
};

struct writer {
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  bool running;
  bool closing;
  int pipe[2]; /* a byte for each commit and sync that has ended */
  struct flush flushes[MAX_FLUSHES];
  int flush_count;
  struct sink *commits; /* to do */
  struct sink *ended;
  struct sync *syncs; /* to do */
  struct sync *synced;
};

static bool open_pipe(int ends[2]) {
  int i;

  if (pipe(ends) != 0) return false;
  for (i = 0; i < 2; i++) {
    (void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[i], F_SETFL, O_NONBLOCK);
  }
  return true;
}

struct writer *writer_new(void) {
  struct writer *w = calloc(1, sizeof *w);

  if (!w) return NULL;
  if (!open_pipe(w->pipe)) {
    free(w);
    return NULL;
  }
  (void)pthread_mutex_init(&w->lock, NULL);
  (void)pthread_cond_init(&w->wake, NULL);
  return w;
}

int writer_fd(const struct writer *w) {
  return w->pipe[0];
}

/* ---- the thread ---------------------------------------------------------------------- */

static void append(struct sink **list, struct sink *s) {
  while (*list) list = &(*list)->next;
  s->next = NULL;
  *list = s;
}

static struct sink *shift(struct sink **list) {
  struct sink *s = *list;

  if (s) *list = s->next;
  return s;
}

static void append_sync(struct sync **list, struct sync *s) {
  while (*list) list = &(*list)->next;
  s->next = NULL;
  *list = s;
}

static struct sync *shift_sync(struct sync **list) {
  struct sync *s = *list;

  if (s) *list = s->next;
  return s;
}

static void flush(struct flush f) {
#ifdef SYNC_FILE_RANGE_WRITE
  (void)sync_file_range(f.fd, (off_t)f.from, (off_t)f.len, SYNC_FILE_RANGE_WRITE);
#endif
  close(f.fd);
}

/* A full pipe is readable already. */
static void tell(struct writer *w) {
  if (write(w->pipe[1], "", 1) < 0) return;
}

/* Somebody waits for it, and what is begun next may wait for that. */
static void sync_one(struct writer *w) {
  struct sync *s = shift_sync(&w->syncs);

  pthread_mutex_unlock(&w->lock);
  s->error = fsync(s->fd) == 0 ? 0 : errno;
  pthread_mutex_lock(&w->lock);
  append_sync(&w->synced, s);
  tell(w);
}

/* Does one thing with the lock released. */
static void work(struct writer *w) {
  if (w->syncs) {
    sync_one(w);
  } else if (w->flush_count > 0) {
    struct flush f = w->flushes[0];

    memmove(w->flushes, w->flushes + 1, (size_t)--w->flush_count * sizeof f);
    pthread_mutex_unlock(&w->lock);
    flush(f);
    pthread_mutex_lock(&w->lock);
  } else {
    struct sink *s = shift(&w->commits);

    pthread_mutex_unlock(&w->lock);
    (void)sink_commit(s);
    pthread_mutex_lock(&w->lock);
    append(&w->ended, s);
    tell(w);
  }
}

static void *run(void *context) {
  struct writer *w = context;

  pthread_mutex_lock(&w->lock);
  for (;;) {
    if (w->syncs || w->flush_count > 0 || w->commits) work(w);
    else if (w->closing) break;
    else pthread_cond_wait(&w->wake, &w->lock);
  }
  pthread_mutex_unlock(&w->lock);
  return NULL;
}

/* We are a guest in somebody's process: its signals are not for this thread. */
static bool start(struct writer *w) {
  sigset_t all, old;

  if (w->running) return true;
  sigfillset(&all);
  if (pthread_sigmask(SIG_SETMASK, &all, &old) != 0) return false;
  w->running = pthread_create(&w->thread, NULL, run, w) == 0;
  (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
  return w->running;
}

/* ---- work for it --------------------------------------------------------------------- */

bool writer_flush(struct writer *w, int fd, int64_t from, int64_t len) {
  struct flush f = {-1, from, len};
  bool taken;

  if (!start(w)) return false;
  pthread_mutex_lock(&w->lock);
  taken = w->flush_count < MAX_FLUSHES;
  if (taken) f.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (taken && f.fd >= 0) w->flushes[w->flush_count++] = f;
  pthread_cond_signal(&w->wake);
  pthread_mutex_unlock(&w->lock);
  return taken;
}

bool writer_commit(struct writer *w, struct sink *s) {
  if (!start(w)) return false;
  pthread_mutex_lock(&w->lock);
  append(&w->commits, s);
  pthread_cond_signal(&w->wake);
  pthread_mutex_unlock(&w->lock);
  return true;
}

bool writer_sync(struct writer *w, struct sync *s) {
  if (!start(w)) return false;
  pthread_mutex_lock(&w->lock);
  append_sync(&w->syncs, s);
  pthread_cond_signal(&w->wake);
  pthread_mutex_unlock(&w->lock);
  return true;
}

void writer_heard(struct writer *w) {
  char bytes[64];

  while (read(w->pipe[0], bytes, sizeof bytes) > 0) continue;
}

struct sync *writer_next_sync(struct writer *w) {
  struct sync *s;

  pthread_mutex_lock(&w->lock);
  s = shift_sync(&w->synced);
  pthread_mutex_unlock(&w->lock);
  return s;
}

struct sink *writer_next(struct writer *w) {
  struct sink *s;

  pthread_mutex_lock(&w->lock);
  s = shift(&w->ended);
  pthread_mutex_unlock(&w->lock);
  return s;
}

void writer_free(struct writer *w) {
  if (!w) return;
  if (w->running) {
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    (void)pthread_join(w->thread, NULL);
  }
  (void)pthread_cond_destroy(&w->wake);
  (void)pthread_mutex_destroy(&w->lock);
  close(w->pipe[0]);
  close(w->pipe[1]);
  free(w);
}
