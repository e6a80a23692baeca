#include "answer.h"
#include "boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static char folder[] = "/tmp/fal-answer-XXXXXX";
static char path[64], part[80], guard[80], boot[BOOT_MARK];

static struct answer_plan memory_plan(size_t max) {
  struct answer_plan plan = {0};

  plan.max_body = max;
  plan.expect_size = -1;
  return plan;
}

static void of_a_success_only_the_wanted_headers_are_kept(void) {
  struct answer_plan plan = memory_plan(100);
  struct answer a;

  plan.heads = HEADS_OWN;
  answer_init(&a, &plan);
  CHECK(answer_header(&a, "HTTP/1.1 200 OK", 15));
  CHECK(answer_header(&a, "X-Fal-Request-Id: 7", 19));
  CHECK(answer_header(&a, "Server: x", 9));
  CHECK(answer_value(&a, "server") == NULL);
  CHECK(answer_value(&a, "x-fal-request-id") != NULL);
  CHECK(answer_header(&a, "HTTP/1.1 503 No", 15));
  CHECK(answer_header(&a, "Server: x", 9));
  CHECK(answer_value(&a, "server") != NULL);
  answer_free(&a);
}

static struct answer_plan file_plan(bool resume, int64_t expect) {
  struct answer_plan plan = memory_plan(100);

  plan.file = path;
  plan.resume = resume;
  plan.expect_size = expect;
  return plan;
}

static bool line(struct answer *a, const char *text) {
  return answer_header(a, text, strlen(text));
}

static long size_of(const char *name) {
  struct stat s;

  return stat(name, &s) == 0 ? (long)s.st_size : -1;
}

static void keeps_the_last_head(void) {
  struct answer_plan plan = memory_plan(100);
  struct answer a;

  answer_init(&a, &plan);
  CHECK(line(&a, "HTTP/1.1 100 Continue\r\n") && line(&a, "X-Old: 1\r\n"));
  CHECK(line(&a, "HTTP/2 200\r\n") && line(&a, "X-Fal-Request-Id:  abc \r\n"));
  CHECK(a.status == 200);
  CHECK(answer_value(&a, "x-old") == NULL);
  CHECK(strcmp(answer_value(&a, "x-fal-request-id"), "abc") == 0);
  answer_free(&a);
}

static void drops_lines_with_nul(void) {
  struct answer_plan plan = memory_plan(100);
  struct answer a;

  answer_init(&a, &plan);
  CHECK(answer_header(&a, "X-A: b\0c", 8));
  CHECK(answer_value(&a, "x-a") == NULL);
  answer_free(&a);
}

static void endless_headers_are_too_large(void) {
  struct answer_plan plan = memory_plan(100);
  struct answer a;
  int i;

  answer_init(&a, &plan);
  for (i = 0; i < 100000 && line(&a, "X-Name: value"); i++) continue;
  CHECK(i < 100000 && a.failure == OUT_TOO_LARGE);
  answer_free(&a);
}

/* Somebody may be reading those that came before. */
static void no_header_follows_on_a_failure(void) {
  struct answer_plan plan = memory_plan(100);
  struct answer a;

  answer_init(&a, &plan);
  CHECK(line(&a, "HTTP/1.1 200 OK") && line(&a, "X-Fal-Request-Id: 7"));
  answer_fail(&a, OUT_ABORTED, "given up");
  CHECK(!line(&a, "X-More: 1") && !line(&a, "HTTP/1.1 404 No"));
  CHECK(a.status == 200 && answer_value(&a, "x-more") == NULL);
  CHECK(answer_value(&a, "x-fal-request-id") != NULL && a.failure == OUT_ABORTED);
  answer_free(&a);
}

static void a_body_has_a_maximum(void) {
  struct answer_plan plan = memory_plan(10);
  struct answer a;

  answer_init(&a, &plan);
  CHECK(line(&a, "HTTP/1.1 200 OK"));
  CHECK(answer_body(&a, "0123456789", 10) == TAKE_OK);
  CHECK(answer_body(&a, "x", 1) == TAKE_FAIL);
  CHECK(a.failure == OUT_TOO_LARGE);
  answer_free(&a);
}

static void events_pause_when_nobody_fetches_them(void) {
  struct answer_plan plan = memory_plan(2000);
  struct answer a;
  char event[1100];
  int taken = 0;

  memset(event, 'x', sizeof event);
  memcpy(event, "data: ", 6);
  memcpy(event + sizeof event - 2, "\n\n", 2);
  plan.stream = true;
  answer_init(&a, &plan);
  line(&a, "HTTP/1.1 200 OK");
  line(&a, "Content-Type: text/event-stream; charset=utf-8");
  while (taken < 10000 && answer_body(&a, event, sizeof event) == TAKE_OK) taken++;
  CHECK(taken > 100 && taken < 1000 && a.failure == OUT_PENDING);
  CHECK(!answer_wants_resume(&a));
  while (a.events) answer_drop_event(&a);
  CHECK(answer_wants_resume(&a) && !answer_wants_resume(&a));
  CHECK(answer_body(&a, event, sizeof event) == TAKE_OK);
  answer_free(&a);
}

/* Pictures may be in one, as in any other answer. */
static void an_event_may_be_as_large_as_a_body(void) {
  struct answer_plan plan = memory_plan(3000100);
  size_t size = 3000008;
  char *event = malloc(size);
  struct answer a;

  if (!event) return;
  memset(event, 'x', size);
  memcpy(event, "data: ", 6);
  memcpy(event + size - 2, "\n\n", 2);
  plan.stream = true;
  answer_init(&a, &plan);
  line(&a, "HTTP/1.1 200 OK");
  line(&a, "Content-Type: text/event-stream");
  CHECK(answer_body(&a, event, size) == TAKE_OK);
  CHECK(a.events && a.events->len == 3000000);
  answer_free(&a);

  plan.max_body = 2000000;
  answer_init(&a, &plan);
  line(&a, "HTTP/1.1 200 OK");
  line(&a, "Content-Type: text/event-stream");
  CHECK(answer_body(&a, event, size) == TAKE_FAIL && a.failure == OUT_TOO_LARGE);
  answer_free(&a);
  free(event);
}

/* Each takes memory of ours, whatever it says. */
static void events_without_data_have_a_maximum_too(void) {
  static const char *const events[] = {"data:\n\n", "event: name\ndata:\n\n"};
  struct answer_plan plan = memory_plan(100);
  struct answer a;
  int i, taken;

  plan.stream = true;
  for (i = 0; i < 2; i++) {
    answer_init(&a, &plan);
    line(&a, "HTTP/1.1 200 OK");
    line(&a, "Content-Type: text/event-stream");
    taken = 0;
    while (taken < 50000 && answer_body(&a, events[i], strlen(events[i])) == TAKE_OK) taken++;
    CHECK(taken > 1000 && taken < 50000 && a.paused);
    while (a.events) answer_drop_event(&a);
    CHECK(a.events_size == 0 && answer_wants_resume(&a));
    answer_free(&a);
  }
}

static void a_file_gets_its_name_when_whole(void) {
  struct answer_plan plan = file_plan(false, 5);
  struct answer a;

  answer_init(&a, &plan);
  CHECK(answer_open(&a));
  line(&a, "HTTP/1.1 200 OK");
  CHECK(answer_body(&a, "hello", 5) == TAKE_OK);
  CHECK(size_of(part) == 5 && size_of(path) == -1);
  CHECK(answer_complete(&a) && answer_commit(&a));
  CHECK(size_of(part) == -1 && size_of(path) == 5);
  answer_free(&a);
  unlink(path);
}

static void a_short_file_keeps_its_part_and_resumes(void) {
  struct answer_plan plan = file_plan(false, 10);
  struct answer a;

  answer_init(&a, &plan);
  CHECK(answer_open(&a));
  line(&a, "HTTP/1.1 200 OK");
  line(&a, "ETag: \"v1\"");
  CHECK(answer_body(&a, "hello", 5) == TAKE_OK);
  CHECK(!answer_complete(&a) && a.failure == OUT_TRUNCATED);
  answer_free(&a);
  CHECK(size_of(part) == 5 && size_of(path) == -1);

  plan = file_plan(true, 10);
  answer_init(&a, &plan);
  CHECK(answer_open(&a) && a.sink.had == 4);
  line(&a, "HTTP/1.1 206 Partial Content");
  line(&a, "Content-Range: bytes 4-9/10");
  line(&a, "ETag: \"v1\"");
  CHECK(answer_body(&a, "oworld", 6) == TAKE_OK);
  CHECK(answer_received(&a) == 10);
  CHECK(answer_complete(&a) && answer_commit(&a) && size_of(path) == 10);
  CHECK(size_of(guard) == -1);
  answer_free(&a);
  unlink(path);
}

static void another_part_of_the_file_is_refused(void) {
  struct answer_plan plan = file_plan(false, -1);
  struct answer a;

  answer_init(&a, &plan);
  CHECK(answer_open(&a));
  line(&a, "HTTP/1.1 206 Partial Content");
  line(&a, "Content-Range: bytes 3-9/10");
  CHECK(answer_body(&a, "oworld", 6) == TAKE_FAIL && a.failure == OUT_PROTOCOL);
  answer_free(&a);
  CHECK(size_of(path) == -1 && size_of(part) == -1);
}

static void a_part_that_ends_early_is_no_whole_file(void) {
  struct answer_plan plan = file_plan(false, -1);
  static const char *const ranges[] = {"Content-Range: bytes 0-4/10",
                                       "Content-Range: bytes 0-4/5",
                                       "Content-Range: bytes 0-4/*"};
  struct answer a;
  int i;

  for (i = 0; i < 3; i++) {
    answer_init(&a, &plan);
    CHECK(answer_open(&a));
    line(&a, "HTTP/1.1 206 Partial Content");
    line(&a, ranges[i]);
    CHECK(answer_body(&a, "hello", 5) == TAKE_OK);
    CHECK(answer_complete(&a) == (i > 0));
    CHECK(a.failure == (i > 0 ? OUT_PENDING : OUT_TRUNCATED));
    answer_free(&a);
    CHECK(size_of(part) == 5);
    unlink(part);
  }
}

static void put(const char *where, const char *text) {
  FILE *f = fopen(where, "w");

  CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* As sink_mark notes a version. */
static void put_guard(const char *version, const char *start) {
  char note[200];

  CHECK(snprintf(note, sizeof note, "%s\n%s", version, start) < (int)sizeof note);
  put(guard, note);
}

static void another_version_is_refused(void) {
  struct answer_plan plan = file_plan(true, -1);
  static const char *const etags[] = {"ETag: \"v2\"", "ETag: W/\"v1\"", "X: y"};
  struct answer a;
  int i;

  for (i = 0; i < 3; i++) {
    put(part, "hello");
    put_guard("\"v1\"", boot);
    answer_init(&a, &plan);
    CHECK(answer_open(&a) && a.sink.had == 4);
    line(&a, "HTTP/1.1 206 Partial Content");
    line(&a, "Content-Range: bytes 4-9/10");
    line(&a, etags[i]);
    CHECK(answer_body(&a, "oworld", 6) == TAKE_FAIL && a.failure == OUT_PROTOCOL);
    answer_free(&a);
  }
  unlink(part);
  unlink(guard);
}

static void a_part_of_unknown_version_is_not_continued(void) {
  static const char *const notes[] = {"", "\"v\r\nX: 1\"", NULL, "\"v1\"",
                                      "\"v1\"\nanother boot"};
  struct answer_plan plan = file_plan(true, -1);
  struct answer a;
  int i;

  for (i = 0; i < 5; i++) {
    put(part, "hello");
    if (notes[i]) put(guard, notes[i]);
    else unlink(guard);
    answer_init(&a, &plan);
    CHECK(answer_open(&a) && a.sink.had == 0);
    answer_free(&a);
    CHECK(size_of(part) == -1 && size_of(guard) == -1);
  }
}

/* What tells the version: a strong ETag, or a date that is older than the answer. */
static void a_version_is_noted_where_it_is_certain(void) {
  static const struct {
    const char *line, *more;
    int64_t noted;
  } cases[] = {{"ETag: \"v1\"", "Date: b", 4}, {"ETag: W/\"v1\"", "Date: b", -1},
               {"Last-Modified: a", "Date: b", 1}, {"Last-Modified: b", "Date: b", -1},
               {"Last-Modified: a", "X: y", -1}};
  struct answer_plan plan = file_plan(false, -1);
  struct answer a;
  size_t i;

  for (i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t noted = cases[i].noted < 0 ? -1 : cases[i].noted + 1 + (int64_t)strlen(boot);

    answer_init(&a, &plan);
    CHECK(answer_open(&a));
    line(&a, "HTTP/1.1 200 OK");
    line(&a, cases[i].line);
    line(&a, cases[i].more);
    CHECK(answer_body(&a, "hello", 5) == TAKE_OK && 
          size_of(guard) == noted);
    answer_free(&a);
    unlink(part);
    unlink(guard);
  }
}

static void a_changed_file_starts_anew(void) {
  struct answer_plan plan = file_plan(true, -1);
  struct answer a;

  put(part, "old old old");
  put_guard("\"v0\"", boot);
  answer_init(&a, &plan);
  CHECK(answer_open(&a) && a.sink.had == 10);
  line(&a, "HTTP/1.1 200 OK");
  CHECK(answer_body(&a, "new", 3) == TAKE_OK);
  CHECK(size_of(guard) == -1);
  CHECK(answer_complete(&a) && answer_commit(&a) && size_of(path) == 3);
  answer_free(&a);
  unlink(path);
}

static void a_refusal_leaves_no_file(void) {
  struct answer_plan plan = file_plan(false, -1);
  struct answer a;

  answer_init(&a, &plan);
  CHECK(answer_open(&a));
  line(&a, "HTTP/1.1 403 Forbidden");
  CHECK(answer_body(&a, "expired", 7) == TAKE_OK);
  CHECK(answer_complete(&a) && answer_commit(&a));
  CHECK(strcmp(buf_str(&a.sink.memory), "expired") == 0);
  answer_free(&a);
  CHECK(size_of(path) == -1 && size_of(part) == -1);
}

static void two_writers_of_one_file_are_refused(void) {
  struct answer_plan plan = file_plan(false, -1);
  struct answer a, b;

  answer_init(&a, &plan);
  answer_init(&b, &plan);
  CHECK(answer_open(&a));
  CHECK(!answer_open(&b) && b.failure == OUT_FILE);
  answer_free(&b);
  CHECK(size_of(part) == 0); /* still the first one's */
  answer_free(&a);
}

static void a_link_in_the_way_stays(void) {
  struct answer_plan plan = file_plan(false, -1);
  struct stat there;
  struct answer a;

  CHECK(symlink("elsewhere", path) == 0);
  answer_init(&a, &plan);
  CHECK(!answer_open(&a) && a.failure == OUT_FILE);
  answer_free(&a);
  CHECK(lstat(path, &there) == 0 && S_ISLNK(there.st_mode));
  unlink(path);
}

static void a_folder_in_the_way_is_said(void) {
  struct answer_plan plan = file_plan(false, -1);
  struct answer a;

  plan.file = folder;
  answer_init(&a, &plan);
  CHECK(!answer_open(&a) && a.failure == OUT_FILE && a.message[0]);
  answer_free(&a);
}

int main(void) {
  of_a_success_only_the_wanted_headers_are_kept();
  if (!mkdtemp(folder)) return 2;
  snprintf(path, sizeof path, "%s/clip.mp4", folder);
  snprintf(part, sizeof part, "%s.part", path);
  snprintf(guard, sizeof guard, "%s.part.etag", path);
  boot_mark(boot);
  keeps_the_last_head();
  drops_lines_with_nul();
  endless_headers_are_too_large();
  no_header_follows_on_a_failure();
  a_body_has_a_maximum();
  events_pause_when_nobody_fetches_them();
  an_event_may_be_as_large_as_a_body();
  events_without_data_have_a_maximum_too();
  a_file_gets_its_name_when_whole();
  a_short_file_keeps_its_part_and_resumes();
  another_part_of_the_file_is_refused();
  a_part_that_ends_early_is_no_whole_file();
  another_version_is_refused();
  a_part_of_unknown_version_is_not_continued();
  a_version_is_noted_where_it_is_certain();
  a_changed_file_starts_anew();
  a_refusal_leaves_no_file();
  two_writers_of_one_file_are_refused();
  a_folder_in_the_way_is_said();
  a_link_in_the_way_stays();
  rmdir(folder);
  return check_report();
}
