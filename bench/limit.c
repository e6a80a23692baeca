/* The least that any libcurl program must do for submit → status → result: a few easy
 * handles, reused; header lists built once; sockets registered once, edge-triggered; the
 * request id found with strstr. No validation, no typed errors, no deadlines, no JSON. What
 * it costs a request is the limit that ours is measured against.
 *
 *   limit URL JOBS IN_FLIGHT HANDLES [DOOR] [CA_FILE] [RATE]
 *     →  one JSON line: jobs, requests, failures, CPU seconds, wall seconds
 *
 * RATE is how many requests it begins in a second, asleep in between [as many as it can];
 * CA_FILE may be empty.
 *
 * DOOR is what keeps libcurl from sending a submit a second time behind our back when a
 * reused connection dies before the answer: open (nothing does), prereq (a callback before
 * each sending refuses the second), rewind (a body that cannot be sent from its start
 * again), fresh (a connection of its own). Parsed is prereq for a program that knows more
 * of libcurl than its manual recommends: scheme, host and port are parsed once for all
 * requests, which name their path alone. */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#define BODY "{\"duration\":4,\"prompt\":\"a cat walks on a wall\"}"
#define ENDPOINT "acme/demo/make"
#define APP "acme/demo"

enum door { OPEN, PREREQ, REWIND, FRESH, PARSED, DOORS };
enum stage { SUBMIT, STATUS, RESULT };

static const char *const door_names[DOORS] = {"open", "prereq", "rewind", "fresh", "parsed"};

struct job {
  enum stage stage;
  char id[64];
};

struct slot {
  CURL *easy;
  struct job *job;
  size_t sent; /* of the body, by REWIND */
  int sends;
  char answer[4096];
  size_t len;
};

static CURLM *multi;
static int epoll_fd;
static long timer_ms = -1;
static const char *base;
static CURLU *place;
static enum door door;
static struct curl_slist *post_headers, *get_headers;
static long jobs_left, jobs_done, requests, failures;

/* Jobs that wait for a handle, first come first served; as many as are in flight. */
static struct job **waiting;
static long waiting_first, waiting_count, in_flight;

static double gap, next_start; /* by RATE */

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

static size_t on_read(char *into, size_t size, size_t count, void *context) {
  struct slot *s = context;
  size_t len = sizeof BODY - 1 - s->sent;

  if (len > size * count) len = size * count;
  memcpy(into, BODY + s->sent, len);
  s->sent += len;
  return len;
}

static int on_prerequest(void *context, char *peer, char *local, int peer_port,
                         int local_port) {
  struct slot *s = context;

  (void)peer, (void)local, (void)peer_port, (void)local_port;
  s->sends++;
  return s->job->stage != SUBMIT || s->sends == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* Registered once, for good: libcurl's ADD, MOD and REMOVE around each request are not
 * followed. Closing the descriptor takes it out; on_open tells of a new one. */
static int on_open(void *context, curl_socket_t fd, curlsocktype purpose) {
  struct epoll_event event = {EPOLLIN | EPOLLOUT | EPOLLET, {.fd = fd}};

  (void)context, (void)purpose;
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
  return CURL_SOCKOPT_OK;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known) {
  (void)easy, (void)fd, (void)what, (void)context, (void)known;
  return 0;
}

static int on_timer(CURLM *m, long ms, void *context) {
  (void)m, (void)context;
  timer_ms = ms;
  return 0;
}

static void set_body(struct slot *s) {
  curl_easy_setopt(s->easy, CURLOPT_POSTFIELDSIZE, (long)sizeof BODY - 1);
  if (door == REWIND) {
    s->sent = 0;
    curl_easy_setopt(s->easy, CURLOPT_POST, 1L);
  } else {
    curl_easy_setopt(s->easy, CURLOPT_POSTFIELDS, BODY);
  }
  curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, post_headers);
  if (door == FRESH) curl_easy_setopt(s->easy, CURLOPT_FRESH_CONNECT, 1L);
}

static void set_get(struct slot *s) {
  curl_easy_setopt(s->easy, CURLOPT_HTTPGET, 1L);
  curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, get_headers);
  if (door == FRESH) curl_easy_setopt(s->easy, CURLOPT_FRESH_CONNECT, 0L);
}

static void go(struct slot *s, struct job *job) {
  const char *root = door == PARSED ? "" : base;
  char url[512];

  s->job = job;
  s->len = 0;
  s->sends = 0;
  if (job->stage == SUBMIT) {
    snprintf(url, sizeof url, "%s/queue/" ENDPOINT, root);
    set_body(s);
  } else {
    snprintf(url, sizeof url, "%s/queue/" APP "/requests/%s%s", root, job->id,
             job->stage == STATUS ? "/status?logs=0" : "");
    set_get(s);
  }
  curl_easy_setopt(s->easy, door == PARSED ? CURLOPT_REQUEST_TARGET : CURLOPT_URL, url);
  curl_multi_add_handle(multi, s->easy);
}

static void enqueue(struct job *job) {
  waiting[(waiting_first + waiting_count++) % in_flight] = job;
}

static void keep_pace(void) {
  double wait = next_start - now(CLOCK_MONOTONIC);

  if (wait > 0) {
    struct timespec t = {(time_t)wait, (long)((wait - (double)(time_t)wait) * 1e9)};

    nanosleep(&t, NULL);
  } else {
    next_start -= wait; /* what is late is not made up for */
  }
  next_start += gap;
}

static void take_next(struct slot *s) {
  struct job *job;

  if (waiting_count == 0) return;
  if (gap > 0) keep_pace();
  job = waiting[waiting_first];
  waiting_first = (waiting_first + 1) % in_flight;
  waiting_count--;
  go(s, job);
}

static void begin(struct job *job) {
  if (jobs_left == 0) return;
  jobs_left--;
  job->stage = SUBMIT;
  enqueue(job);
}

static void take_id(struct slot *s) {
  const char *id = strstr(s->answer, "\"request_id\":\"");
  const char *end = id ? strchr(id + 14, '"') : NULL;

  if (!end || (size_t)(end - id - 14) >= sizeof s->job->id) {
    failures++;
    return;
  }
  memcpy(s->job->id, id + 14, (size_t)(end - id - 14));
  s->job->id[end - id - 14] = '\0';
}

static void ended(struct slot *s, CURLcode code) {
  struct job *job = s->job;

  requests++;
  failures += code != CURLE_OK;
  s->answer[s->len] = '\0';
  if (job->stage == RESULT) {
    jobs_done++;
    begin(job);
  } else {
    if (job->stage == SUBMIT) take_id(s);
    if (job->stage == SUBMIT) job->stage = STATUS;
    else if (strstr(s->answer, "\"COMPLETED\"")) job->stage = RESULT;
    enqueue(job);
  }
  take_next(s);
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
  curl_easy_setopt(s->easy, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(s->easy, CURLOPT_READDATA, s);
  curl_easy_setopt(s->easy, CURLOPT_SOCKOPTFUNCTION, on_open);
  curl_easy_setopt(s->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(s->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(s->easy, CURLOPT_PIPEWAIT, 1L);
  if (door == PARSED) curl_easy_setopt(s->easy, CURLOPT_CURLU, place);
  if (door == PREREQ || door == PARSED) {
    curl_easy_setopt(s->easy, CURLOPT_PREREQFUNCTION, on_prerequest);
    curl_easy_setopt(s->easy, CURLOPT_PREREQDATA, s);
  }
  if (ca_file) curl_easy_setopt(s->easy, CURLOPT_CAINFO, ca_file);
}

static bool open_multi(int handles) {
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  multi = curl_multi_init();
  if (!multi || epoll_fd < 0) return false;
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)handles);
  get_headers = curl_slist_append(NULL, "Authorization: Key bench:key");
  get_headers = curl_slist_append(get_headers, "Accept: application/json");
  post_headers = curl_slist_append(NULL, "Authorization: Key bench:key");
  post_headers = curl_slist_append(post_headers, "Accept: application/json");
  post_headers = curl_slist_append(post_headers, "Content-Type: application/json");
  return true;
}

static enum door door_named(const char *name) {
  int i;

  for (i = 0; i < DOORS; i++) {
    if (strcmp(door_names[i], name) == 0) return (enum door)i;
  }
  return DOORS;
}

static void run(long jobs, struct slot *slots, int handles) {
  struct job *all = calloc((size_t)in_flight, sizeof *all);
  double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  double wall = now(CLOCK_MONOTONIC);
  long i;

  waiting = calloc((size_t)in_flight, sizeof *waiting);
  for (i = 0; i < in_flight; i++) begin(&all[i]);
  for (i = 0; i < handles; i++) take_next(&slots[i]);
  drive(jobs);
  printf("{\"jobs\":%ld,\"requests\":%ld,\"failures\":%ld,\"cpu\":%.6f,\"wall\":%.6f}\n",
         jobs_done, requests, failures, now(CLOCK_PROCESS_CPUTIME_ID) - cpu,
         now(CLOCK_MONOTONIC) - wall);
}

int main(int argc, char **argv) {
  long jobs = argc > 2 ? atol(argv[2]) : 0;
  int handles = argc > 4 ? atoi(argv[4]) : 0;
  struct slot *slots;
  int i;

  in_flight = argc > 3 ? atol(argv[3]) : 0;
  door = argc > 5 ? door_named(argv[5]) : OPEN;
  if (argc > 7 && atof(argv[7]) > 0) gap = 1 / atof(argv[7]);
  if (jobs < 1 || in_flight < 1 || handles < 1 || door == DOORS) return 2;
  base = argv[1];
  jobs_left = jobs;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  place = curl_url();
  if (!place || curl_url_set(place, CURLUPART_URL, base, 0) != CURLUE_OK) return 1;
  slots = calloc((size_t)handles, sizeof *slots);
  if (!slots || !open_multi(handles)) return 1;
  for (i = 0; i < handles; i++) open_slot(&slots[i], argc > 6 && *argv[6] ? argv[6] : NULL);
  run(jobs, slots, handles);
  return failures > 0;
}
