/* The same load on libcurl alone: one curl_multi_perform a frame, as its tutorials have
 * it. What it takes is the table that ours stands beside.
 *   frame_raw DIR QUEUE_URL MEDIA_URL FRAME_SECONDS
 *     → "cpu wall preempted", one line a step
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define POLLING 100
#define BURST 500
#define DOWNLOADS 4
#define JOBS (POLLING + BURST)

struct job {
  CURL *easy;
  double due; /* negative: under way, or done */
  int fetching; /* the result */
  int index;
  char answer[4096];
  size_t len;
};

static CURLM *multi;
static const char *dir, *queue_url, *media_url;
static struct curl_slist *headers;
static struct job jobs[JOBS];
static FILE *files[DOWNLOADS];
static int completed, downloaded, failed;

static double now(clockid_t which) {
  struct timespec t;

  clock_gettime(which, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static long preempted(void) {
  struct rusage usage;

  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nivcsw;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  struct job *j = context;
  size_t len = size * count;

  if (j->len + len >= sizeof j->answer) return 0;
  memcpy(j->answer + j->len, bytes, len);
  j->len += len;
  j->answer[j->len] = '\0';
  return len;
}

static CURL *make(void) {
  char path[512];
  CURL *easy = curl_easy_init();

  snprintf(path, sizeof path, "%s/cert.pem", dir);
  curl_easy_setopt(easy, CURLOPT_CAINFO, path);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  return easy;
}

static void ask(struct job *j) {
  char url[512];

  snprintf(url, sizeof url, "%s/queue/acme/%s/requests/%032x%s", queue_url,
           j->index < POLLING ? "run" : "burst", j->index, j->fetching ? "" : "/status");
  curl_easy_setopt(j->easy, CURLOPT_URL, url);
  j->len = 0;
  j->due = -1;
  curl_multi_add_handle(multi, j->easy);
}

static void start(double begun) {
  char path[512];
  int i;

  for (i = 0; i < JOBS; i++) {
    jobs[i].index = i;
    jobs[i].due = begun + (i < POLLING ? (double)i / POLLING : 0);
    jobs[i].easy = make();
    curl_easy_setopt(jobs[i].easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(jobs[i].easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(jobs[i].easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(jobs[i].easy, CURLOPT_WRITEDATA, &jobs[i]);
    curl_easy_setopt(jobs[i].easy, CURLOPT_PRIVATE, &jobs[i]);
  }
  for (i = 0; i < DOWNLOADS; i++) {
    CURL *easy = make();

    snprintf(path, sizeof path, "%s/out-raw-%d", dir, i);
    files[i] = fopen(path, "wb");
    unlink(path);
    snprintf(path, sizeof path, "%s/film", media_url);
    curl_easy_setopt(easy, CURLOPT_URL, path);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, files[i]);
    curl_multi_add_handle(multi, easy);
  }
}

static void ended(struct job *j, double at) {
  if (j->fetching) {
    completed++;
  } else if (strstr(j->answer, "COMPLETED")) {
    j->fetching = 1;
    j->due = at;
  } else {
    j->due = at + 1;
  }
}

static void step(void) {
  CURLMsg *message;
  int running, left, i;
  double at = now(CLOCK_MONOTONIC);

  for (i = 0; i < JOBS; i++) {
    if (jobs[i].due >= 0 && jobs[i].due <= at) ask(&jobs[i]);
  }
  curl_multi_perform(multi, &running);
  while ((message = curl_multi_info_read(multi, &left)) != NULL) {
    CURL *easy = message->easy_handle;
    struct job *j = NULL;

    if (message->data.result != CURLE_OK) failed = 1;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&j);
    curl_multi_remove_handle(multi, easy);
    if (j) ended(j, at);
    else downloaded++;
  }
}

static void complete(void) {
  char from[512], to[512];
  FILE *file;

  snprintf(from, sizeof from, "%s/status/new.json", dir);
  snprintf(to, sizeof to, "%s/status/burst.json", dir);
  file = fopen(from, "w");
  fputs("{\"status\":\"COMPLETED\",\"request_id\":\"1\"}", file);
  fclose(file);
  rename(from, to);
}

int main(int argc, char **argv) {
  double begun, frame;
  int flipped = 0;

  if (argc < 5) return 2;
  dir = argv[1];
  queue_url = argv[2];
  media_url = argv[3];
  frame = atof(argv[4]);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  multi = curl_multi_init();
  headers = curl_slist_append(NULL, "Authorization: Key bench:key");
  begun = now(CLOCK_MONOTONIC);
  start(begun);
  while (!failed && (completed < BURST || downloaded < DOWNLOADS)) {
    long before = preempted();
    double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_THREAD_CPUTIME_ID), left;

    step();
    cpu = now(CLOCK_THREAD_CPUTIME_ID) - cpu;
    printf("%.9f %.9f %ld\n", cpu, now(CLOCK_MONOTONIC) - wall, preempted() - before);
    if (!flipped && wall - begun > 2.5) {
      flipped = 1;
      complete();
    }
    if (wall - begun > 120) return 1;
    left = wall + frame - now(CLOCK_MONOTONIC);
    if (left > 0) usleep((useconds_t)(left * 1e6));
  }
  return failed;
}
