/* What a host sees that watches the engine's one descriptor, without any network. */
#include "engine.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"

static struct engine *open_engine(void) {
  struct engine_options options = {4, 0, "auto", NULL, NULL, 60};

  return engine_new(&options);
}

static bool readable(int fd, int timeout_ms) {
  struct pollfd p = {fd, POLLIN, 0};

  return poll(&p, 1, timeout_ms) == 1;
}

/* Fetches what is ready; the number of things. */
static int drain(struct engine *e) {
  struct ready_view view;
  int n = 0;

  for (engine_peek(e, &view); view.kind != READY_NONE; engine_peek(e, &view)) {
    engine_pop(e, &view);
    n++;
  }
  return n;
}

static void idle_is_not_readable(void) {
  struct engine *e = open_engine();

  CHECK(!readable(engine_fd(e), 20));
  engine_free(e);
}

static void readable_when_a_timer_is_due(void) {
  struct engine *e = open_engine();
  int fd = engine_fd(e);
  double due = clock_now() + 0.05;

  CHECK(engine_timer(e, 0.05) != 0);
  CHECK(readable(fd, 2000));
  CHECK(clock_now() >= due); /* and not before */
  engine_step(e, 0, 0.01);
  CHECK(drain(e) == 1);
  CHECK(!readable(fd, 20));
  engine_free(e);
}

/* A host that got it would wait for timers that never ring. */
static void not_lent_where_no_alarm_can_be_had(void) {
  struct engine *e = open_engine();
  struct rlimit all, none;
  int fd, next = dup(0);

  close(next);
  CHECK(getrlimit(RLIMIT_NOFILE, &all) == 0);
  none = all;
  none.rlim_cur = (rlim_t)next;
  CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
  fd = engine_fd(e);
  CHECK(engine_timer(e, 0.01) != 0);
  CHECK(fd < 0 || readable(fd, 500));
  CHECK(setrlimit(RLIMIT_NOFILE, &all) == 0);
  CHECK(readable(engine_fd(e), 2000));
  engine_free(e);
}

static void an_earlier_timer_moves_the_alarm(void) {
  struct engine *e = open_engine();
  int fd = engine_fd(e);
  uint64_t early;

  CHECK(engine_timer(e, 60) != 0);
  early = engine_timer(e, 0.02);
  CHECK(readable(fd, 2000));
  CHECK(engine_abort(e, early));
  engine_step(e, 0, 0.01);
  CHECK(drain(e) == 0);
  CHECK(!readable(fd, 20));
  engine_free(e);
}

static struct request to_nowhere(void) {
  struct request request = {0};

  request.method = "GET";
  request.url = "http://127.0.0.1:1/";
  request.answer.expect_size = request.body_size = -1;
  return request;
}

static void readable_while_something_waits_to_be_fetched(void) {
  struct engine *e = open_engine();
  struct request request = to_nowhere();
  int fd = engine_fd(e);
  uint64_t id;

  id = engine_add(e, &request);
  CHECK(id != 0 && readable(fd, 2000)); /* it is to be started */
  CHECK(engine_abort(e, id));
  CHECK(readable(fd, 2000));
  CHECK(drain(e) == 1);
  CHECK(!readable(fd, 20));
  engine_free(e);
}

static void a_due_timer_does_not_wait_for_the_end_of_a_rush(void) {
  struct engine *e = open_engine();
  struct request request = to_nowhere();
  struct ready_view view;
  int i;

  for (i = 0; i < 3; i++) CHECK(engine_abort(e, engine_add(e, &request)));
  for (i = 0; i < 2; i++) CHECK(engine_timer(e, 0) != 0);
  engine_step(e, 0, 0.01);
  for (i = 0; i < 4; i++) {
    CHECK(engine_peek(e, &view) == (i % 2 ? READY_DONE : READY_TIMER));
    engine_pop(e, &view);
  }
  CHECK(drain(e) == 1);
  engine_free(e);
}

static void a_sync_does_not_wait_for_the_end_of_a_rush(void) {
  struct engine *e = open_engine();
  struct request request = to_nowhere();
  struct ready_view view;
  FILE *file = tmpfile();
  int i;

  CHECK(file && engine_sync(e, fileno(file)) != 0);
  for (i = 0; i < 1000 && engine_peek(e, &view) == READY_NONE; i++) engine_step(e, 0.01, 0.01);
  CHECK(view.kind == READY_SYNC);
  CHECK(engine_abort(e, engine_add(e, &request)));
  CHECK(engine_peek(e, &view) == READY_SYNC);
  CHECK(drain(e) == 2);
  if (file) fclose(file);
  engine_free(e);
}

static void a_host_is_never_told_to_wait_for_ages(void) {
  struct engine *e = open_engine();

  CHECK(engine_timer(e, 1e300) != 0);
  CHECK(engine_timeout(e) > 1e5 && engine_timeout(e) <= 1e6);
  engine_free(e);
}

/* Takes connections and never says a word. */
static int open_mute(int *port) {
  struct sockaddr_in address = {0};
  socklen_t size = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM, 0);

  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, 16) == 0);
  CHECK(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
  *port = ntohs(address.sin_port);
  return fd;
}

static int accept_all(int fd) {
  int count = 0;

  while (readable(fd, 0)) {
    close(accept(fd, NULL, NULL));
    count++;
  }
  return count;
}

static void a_frame_opens_tls_connections_one_by_one(void) {
  struct engine *e = open_engine();
  struct request request = to_nowhere();
  char url[64];
  int port, opened, i;
  int mute = open_mute(&port);
  double began;

  request.url = url;
  (void)snprintf(url, sizeof url, "https://127.0.0.1:%d/", port);
  request.lasting = true; /* or the first would be alone to open one */
  for (i = 0; i < 3; i++) CHECK(engine_add(e, &request) != 0);
  began = clock_now();
  for (i = 0; i < 5; i++) engine_step(e, 0, 0.0005);
  opened = accept_all(mute);
  /* One more for each tenth of a second that the machine was away. */
  CHECK(opened <= 1 + (int)((clock_now() - began) * 10) || !engine_has_prerequest());
  CHECK(opened >= 1);
  /* Each takes long where valgrind runs it. */
  for (i = 0; i < 1000 && opened < 3; i++) {
    engine_step(e, 0, 1);
    opened += accept_all(mute);
  }
  CHECK(opened == 3);
  engine_free(e);
  close(mute);
}

/* A server's end that has taken a connection and its request, and does not block. */
static int answer_to(int server) {
  static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
  int fd = accept(server, NULL, NULL);

  CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
  CHECK(write(fd, head, sizeof head - 1) == (ssize_t)sizeof head - 1);
  return fd;
}

/* Nothing else would tell a host that a step has something to do. */
static void a_stream_that_has_room_again_is_work_to_do(void) {
  struct engine *e = open_engine();
  struct request request = to_nowhere();
  const struct transfer *t;
  char url[64], event[8192];
  int port, peer, i;
  int server = open_mute(&port);

  memset(event, 'x', sizeof event);
  memcpy(event, "data: ", 6);
  memcpy(event + sizeof event - 2, "\n\n", 2);
  (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/", port);
  request.url = url;
  request.timeout = 0;
  request.answer.stream = true;
  request.answer.max_body = sizeof event;
  t = engine_find(e, engine_add(e, &request));
  while (!readable(server, 0)) engine_step(e, 0.01, -1);
  peer = answer_to(server);
  for (i = 0; i < 1000 && !t->answer.paused; i++) {
    (void)!write(peer, event, sizeof event);
    engine_step(e, 0, 0.01);
  }
  CHECK(t->answer.paused);
  CHECK(drain(e) > 10);
  CHECK(engine_timeout(e) == 0 && readable(engine_fd(e), 20));
  engine_step(e, 0, 0.01);
  CHECK(!t->answer.paused);
  engine_free(e);
  close(peer);
  close(server);
}

/* Has the engine closed it? What came before is read. */
static bool is_closed(int peer) {
  char bytes[4096];
  ssize_t n;

  while ((n = recv(peer, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) continue;
  return n == 0;
}

static int count_closed(const int *peers, int count) {
  int closed = 0, i;

  for (i = 0; i < count; i++) closed += is_closed(peers[i]);
  return closed;
}

/* Each may be a TLS connection to say goodbye on. */
static void connections_that_are_given_up_keep_the_budget(void) {
  struct engine *e = open_engine();
  struct request request = to_nowhere();
  uint64_t ids[4];
  int peers[4];
  char url[64];
  int port, i, n = 0;
  int server = open_mute(&port);

  (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/", port);
  request.url = url;
  for (i = 0; i < 4; i++) ids[i] = engine_add(e, &request);
  for (i = 0; i < 1000 && n < 4; i++) {
    engine_step(e, 0.01, 0.01);
    while (n < 4 && readable(server, 0)) peers[n++] = accept(server, NULL, NULL);
  }
  for (i = 0; i < n; i++) { /* none is given up before it has asked */
    int left = 1000;

    while (left-- > 0 && !readable(peers[i], 0)) engine_step(e, 0.01, 0.01);
    CHECK(readable(peers[i], 0));
  }
  for (i = 0; i < 4; i++) CHECK(engine_abort(e, ids[i]));
  CHECK(n == 4 && drain(e) == 4 && count_closed(peers, n) == 0);
  engine_step(e, 0, 0);
  CHECK(count_closed(peers, n) <= 2 && engine_timeout(e) == 0);
  for (i = 0; i < 4; i++) engine_step(e, 0, 0);
  CHECK(count_closed(peers, n) == n && engine_timeout(e) != 0);
  for (i = 0; i < n; i++) close(peers[i]);
  engine_free(e);
  close(server);
}

static void a_fork_only_abandons(void) {
  struct engine *e = open_engine();
  int status = 0;
  pid_t child = fork();

  if (child == 0) {
    bool refused = engine_trouble(e) != NULL;

    engine_step(e, 0, 0);
    engine_free(e);
    _exit(refused ? 0 : 1);
  }
  while (waitpid(child, &status, 0) < 0) continue;
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  CHECK(engine_trouble(e) == NULL);
  engine_free(e);
}

int main(void) {
  if (!engine_global_init()) return 2;
  idle_is_not_readable();
  readable_when_a_timer_is_due();
  not_lent_where_no_alarm_can_be_had();
  an_earlier_timer_moves_the_alarm();
  readable_while_something_waits_to_be_fetched();
  a_due_timer_does_not_wait_for_the_end_of_a_rush();
  a_sync_does_not_wait_for_the_end_of_a_rush();
  a_host_is_never_told_to_wait_for_ages();
  a_frame_opens_tls_connections_one_by_one();
  a_stream_that_has_room_again_is_work_to_do();
  connections_that_are_given_up_keep_the_budget();
  a_fork_only_abandons();
  return check_report();
}
