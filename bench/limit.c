/* The least that any libcurl program must do for submit → status → result: one easy handle
 * a slot, reused; header lists built once; sockets registered once, edge-triggered; the
 * request id found with strstr. No validation, no typed errors, no deadlines, no JSON. What
 * it costs a request is the limit that ours is measured against.
 *
 *   limit URL JOBS SLOTS [CA_FILE]  →  one JSON line: requests, CPU seconds, wall seconds
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

#define BODY "{\"prompt\":\"a cat walks on a wall\",\"duration\":4}"
#define ENDPOINT "acme/demo/make"
#define APP "acme/demo"

enum stage { SUBMIT, STATUS, RESULT };

struct slot {
  CURL *easy;
  enum stage stage;
  char answer[4096];
  size_t len;
  char id[64];
};

static CURLM *multi;
static int epoll_fd;
static long timer_ms = -1;
static const char *base;
static struct curl_slist *post_headers, *get_headers;
static long jobs_left, jobs_done, requests, failures;

static double now(clockid_t which) {
  struct timespec t;

  clock_gettime(which, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  struct slot *s = context;
  size_t len = size * count;

  if (len > sizeof s->answer - 1 - s->len) return 0;
  memcpy(s->answer + s->len, bytes, len);
  s->len += len;
  return len;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known) {
  struct epoll_event event = {EPOLLIN | EPOLLOUT | EPOLLET, {.fd = fd}};

  (void)easy, (void)context;
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, &event);
  } else if (!known) {
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
    curl_multi_assign(multi, fd, &multi);
  }
  return 0;
}

static int on_timer(CURLM *m, long ms, void *context) {
  (void)m, (void)context;
  timer_ms = ms;
  return 0;
}

static void go(struct slot *s) {
  char url[512];

  s->len = 0;
  if (s->stage == SUBMIT) {
    snprintf(url, sizeof url, "%s/queue/" ENDPOINT, base);
    curl_easy_setopt(s->easy, CURLOPT_POSTFIELDSIZE, (long)sizeof BODY - 1);
    curl_easy_setopt(s->easy, CURLOPT_POSTFIELDS, BODY);
    curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, post_headers);
  } else {
    snprintf(url, sizeof url, "%s/queue/" APP "/requests/%s%s", base, s->id,
             s->stage == STATUS ? "/status?logs=0" : "");
    if (s->stage == STATUS) {
      curl_easy_setopt(s->easy, CURLOPT_HTTPGET, 1L);
      curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, get_headers);
    }
  }
  curl_easy_setopt(s->easy, CURLOPT_URL, url);
  curl_multi_add_handle(multi, s->easy);
}

static void begin(struct slot *s) {
  if (jobs_left == 0) return;
  jobs_left--;
  s->stage = SUBMIT;
  go(s);
}

static void take_id(struct slot *s) {
  const char *id = strstr(s->answer, "\"request_id\":\"");
  const char *end = id ? strchr(id + 14, '"') : NULL;

  if (!end || (size_t)(end - id - 14) >= sizeof s->id) {
    failures++;
    return;
  }
  memcpy(s->id, id + 14, (size_t)(end - id - 14));
  s->id[end - id - 14] = '\0';
}

static void ended(struct slot *s, CURLcode code) {
  requests++;
  failures += code != CURLE_OK;
  s->answer[s->len] = '\0';
  if (s->stage == SUBMIT) {
    take_id(s);
    s->stage = STATUS;
  } else if (s->stage == STATUS) {
    if (strstr(s->answer, "\"COMPLETED\"")) s->stage = RESULT;
  } else {
    jobs_done++;
    begin(s);
    return;
  }
  go(s);
}

static void collect(void) {
  CURLMsg *message;
  int left;

  while ((message = curl_multi_info_read(multi, &left)) != NULL) {
    CURL *easy = message->easy_handle;
    CURLcode code = message->data.result;
    struct slot *s;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&s);
    curl_multi_remove_handle(multi, easy);
    ended(s, code);
  }
}

static void drive(long jobs) {
  struct epoll_event events[64];
  int running, i, n;

  while (jobs_done < jobs && failures == 0) {
    n = epoll_wait(epoll_fd, events, 64, timer_ms < 0 ? 1000 : (int)timer_ms);
    for (i = 0; i < n; i++) {
      int flags = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                  (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                  (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);

      curl_multi_socket_action(multi, events[i].data.fd, flags, &running);
    }
    if (n == 0 || timer_ms == 0) {
      timer_ms = -1;
      curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    collect();
  }
}

static void open_slot(struct slot *s, const char *ca_file) {
  s->easy = curl_easy_init();
  curl_easy_setopt(s->easy, CURLOPT_PRIVATE, s);
  curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(s->easy, CURLOPT_WRITEDATA, s);
  curl_easy_setopt(s->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(s->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(s->easy, CURLOPT_PIPEWAIT, 1L);
  if (ca_file) curl_easy_setopt(s->easy, CURLOPT_CAINFO, ca_file);
}

int main(int argc, char **argv) {
  long jobs = argc > 2 ? atol(argv[2]) : 0;
  int slots = argc > 3 ? atoi(argv[3]) : 0;
  struct slot *all;
  double cpu, wall;
  int i;

  if (jobs < 1 || slots < 1) return 2;
  base = argv[1];
  jobs_left = jobs;
  all = calloc((size_t)slots, sizeof *all);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)slots);
  get_headers = curl_slist_append(NULL, "Authorization: Key bench:key");
  get_headers = curl_slist_append(get_headers, "Accept: application/json");
  post_headers = curl_slist_append(NULL, "Authorization: Key bench:key");
  post_headers = curl_slist_append(post_headers, "Accept: application/json");
  post_headers = curl_slist_append(post_headers, "Content-Type: application/json");
  for (i = 0; i < slots; i++) open_slot(&all[i], argc > 4 ? argv[4] : NULL);
  cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  wall = now(CLOCK_MONOTONIC);
  for (i = 0; i < slots; i++) begin(&all[i]);
  drive(jobs);
  printf("{\"jobs\":%ld,\"requests\":%ld,\"failures\":%ld,\"cpu\":%.6f,\"wall\":%.6f}\n",
         jobs_done, requests, failures, now(CLOCK_PROCESS_CPUTIME_ID) - cpu,
         now(CLOCK_MONOTONIC) - wall);
  return failures > 0;
}
