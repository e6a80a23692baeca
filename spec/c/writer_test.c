#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "sink.h"
#include "writer.h"

#define COUNT 8
#define SIZE (9 << 20) /* more than is written back at a time */

static char folder[64] = "/tmp/fal-writer-XXXXXX";
static char paths[COUNT][96];
static char *bytes;

static int64_t size_of(const char *where) {
  struct stat there;

  return stat(where, &there) == 0 ? (int64_t)there.st_size : -1;
}

static void fill(struct writer *w, struct sink *s, const char *path) {
  sink_init(s, 0);
  CHECK(sink_open(s, path, false));
  s->writer = w;
  CHECK(sink_write_file(s, bytes, SIZE) && s->flushed == SIZE);
}

static bool is_readable(const struct writer *w, int milliseconds) {
  struct pollfd fd = {writer_fd(w), POLLIN, 0};

  return poll(&fd, 1, milliseconds) == 1;
}

static void finishes_files_and_says_so(void) {
  struct writer *w = writer_new();
  struct sink sinks[COUNT], *s;
  int i, done = 0;

  CHECK(w != NULL && !is_readable(w, 0));
  for (i = 0; i < COUNT; i++) {
    fill(w, &sinks[i], paths[i]);
    CHECK(writer_commit(w, &sinks[i]));
  }
  while (done < COUNT) {
    CHECK(is_readable(w, 10000));
    writer_heard(w);
    while ((s = writer_next(w)) != NULL) {
      CHECK(s == &sinks[done] && s->error == 0 && size_of(paths[done]) == SIZE);
      done++;
    }
  }
  CHECK(!is_readable(w, 0) && writer_next(w) == NULL);
  for (i = 0; i < COUNT; i++) {
    sink_free(&sinks[i]);
    unlink(paths[i]);
  }
  writer_free(w);
}

static void finishes_what_it_has_before_it_ends(void) {
  struct writer *w = writer_new();
  struct sink sinks[COUNT];
  int i;

  for (i = 0; i < COUNT; i++) {
    fill(w, &sinks[i], paths[i]);
    CHECK(writer_commit(w, &sinks[i]));
  }
  writer_free(w);
  for (i = 0; i < COUNT; i++) {
    CHECK(size_of(paths[i]) == SIZE);
    sink_free(&sinks[i]);
    unlink(paths[i]);
  }
}

static void says_what_failed(void) {
  struct writer *w = writer_new();
  struct sink s;
  char inner[96], path[128];

  snprintf(inner, sizeof inner, "%s/gone", folder);
  snprintf(path, sizeof path, "%s/clip.mp4", inner);
  CHECK(mkdir(inner, 0700) == 0);
  fill(w, &s, path);
  unlink(s.part);
  CHECK(rmdir(inner) == 0 && writer_commit(w, &s) && is_readable(w, 10000));
  CHECK(writer_next(w) == &s && s.error != 0);
  CHECK(strcmp(sink_reason(&s), "the folder does not exist") == 0);
  sink_free(&s);
  writer_free(w);
}

/* An attempt that broke off lets go of the part at once, for the next to take up. */
static void a_part_is_free_while_it_is_written_back(void) {
  struct writer *w = writer_new();
  struct sink s;
  int i;

  for (i = 0; i < 50; i++) {
    fill(w, &s, paths[0]);
    sink_free(&s);
  }
  writer_free(w);
  unlink(paths[0]);
  snprintf(paths[0] + strlen(paths[0]), 6, ".part");
  CHECK(unlink(paths[0]) == 0);
}

/* What ends while one kind is asked for must not be lost with the other's word. */
static void asking_for_one_kind_leaves_word_of_the_other(void) {
  struct writer *w = writer_new();
  struct sync good = {7, open(paths[2], O_WRONLY | O_CREAT, 0600), 1, NULL};
  struct sink s;

  CHECK(writer_sync(w, &good) && is_readable(w, 10000));
  CHECK(writer_next(w) == NULL && is_readable(w, 0));
  writer_heard(w);
  CHECK(writer_next_sync(w) == &good);
  fill(w, &s, paths[3]);
  CHECK(writer_commit(w, &s) && is_readable(w, 10000));
  CHECK(writer_next_sync(w) == NULL && is_readable(w, 0));
  writer_heard(w);
  CHECK(writer_next(w) == &s && !is_readable(w, 0));
  sink_free(&s);
  close(good.fd);
  unlink(paths[2]);
  writer_free(w);
}

static void syncs_files_and_says_so(void) {
  struct writer *w = writer_new();
  struct sync good = {7, open(paths[2], O_WRONLY | O_CREAT, 0600), 1, NULL};
  struct sync bad = {8, writer_fd(w), 0, NULL};

  CHECK(writer_sync(w, &good));
  CHECK(is_readable(w, 10000) && writer_next_sync(w) == &good && good.error == 0);
  writer_heard(w);
  CHECK(!is_readable(w, 0) && writer_sync(w, &bad));
  CHECK(is_readable(w, 10000) && writer_next_sync(w) == &bad && bad.error != 0);
  CHECK(writer_next_sync(w) == NULL);
  close(good.fd);
  unlink(paths[2]);
  writer_free(w);
}

static volatile sig_atomic_t thread_of_signal;
static pthread_t main_thread;

static void on_signal(int number) {
  (void)number;
  thread_of_signal = pthread_equal(pthread_self(), main_thread) ? 1 : 2;
}

/* The host's signals are for the host's threads. */
static void takes_no_signals(void) {
  struct writer *w = writer_new();
  struct sink s;
  int i;

  main_thread = pthread_self();
  signal(SIGUSR1, on_signal);
  fill(w, &s, paths[1]);
  for (i = 0; i < 20; i++) {
    thread_of_signal = 0;
    kill(getpid(), SIGUSR1);
    while (!thread_of_signal) usleep(100);
    CHECK(thread_of_signal == 1);
  }
  CHECK(writer_commit(w, &s));
  writer_free(w);
  sink_free(&s);
  unlink(paths[1]);
}

int main(void) {
  int i;

  bytes = calloc(1, SIZE);
  if (!bytes || !mkdtemp(folder)) return 2;
  for (i = 0; i < COUNT; i++) snprintf(paths[i], 90, "%s/%d", folder, i);
  finishes_files_and_says_so();
  asking_for_one_kind_leaves_word_of_the_other();
  syncs_files_and_says_so();
  finishes_what_it_has_before_it_ends();
  says_what_failed();
  takes_no_signals();
  a_part_is_free_while_it_is_written_back();
  rmdir(folder);
  free(bytes);
  return check_report();
}
