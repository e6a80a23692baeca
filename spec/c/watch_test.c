#include "watch.h"

#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

struct pair {
  struct poller *poller;
  struct watch watch;
  int here, there;
};

static struct pair open_pair(void) {
  struct pair p = {0};
  int fds[2] = {-1, -1};

  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
  p.here = fds[0];
  p.there = fds[1];
  p.poller = p.watch.poller = poller_new();
  return p;
}

static void close_pair(struct pair *p) {
  close(p->here);
  close(p->there);
  watch_free(&p->watch);
  poller_free(p->poller);
}

static int fired(const struct pair *p) {
  struct poller_event events[4];

  return poller_wait(p->poller, 0, events, 4);
}

static void a_connection_stays_watched_between_requests(void) {
  struct pair p = open_pair();

  watch_opened(&p.watch, p.here);
  CHECK(watch_want(&p.watch, p.here, POLLER_READ));
  CHECK(watch_want(&p.watch, p.here, 0));
  CHECK(write(p.there, "x", 1) == 1);
  CHECK(fired(&p) == 1);
  CHECK(watch_want(&p.watch, p.here, POLLER_READ));
  CHECK(watch_is_wanted(&p.watch, p.here));
  close_pair(&p);
}

static void what_happens_to_an_idle_connection_is_said_once(void) {
  struct pair p = open_pair();

  watch_opened(&p.watch, p.here);
  CHECK(watch_want(&p.watch, p.here, POLLER_READ));
  CHECK(watch_want(&p.watch, p.here, 0));
  CHECK(shutdown(p.there, SHUT_RDWR) == 0);
  CHECK(fired(&p) == 1);
  CHECK(!watch_is_wanted(&p.watch, p.here));
  CHECK(fired(&p) == 0);
  CHECK(watch_want(&p.watch, p.here, POLLER_READ));
  CHECK(fired(&p) == 1);
  close_pair(&p);
}

static void anything_else_is_watched_to_the_letter(void) {
  struct pair p = open_pair();

  CHECK(watch_want(&p.watch, p.here, POLLER_READ));
  CHECK(write(p.there, "x", 1) == 1);
  CHECK(fired(&p) == 1);
  CHECK(watch_is_wanted(&p.watch, p.here));
  CHECK(watch_want(&p.watch, p.here, 0));
  CHECK(fired(&p) == 0);
  close_pair(&p);
}

/* The number may come back as a resolver's, whose opening nobody tells. */
static void one_that_was_let_go_while_it_sent_is_forgotten(void) {
  struct pair p = open_pair();

  watch_opened(&p.watch, p.here);
  CHECK(watch_want(&p.watch, p.here, POLLER_WRITE));
  CHECK(fired(&p) == 1);
  CHECK(watch_want(&p.watch, p.here, 0));
  CHECK(fired(&p) == 0);
  CHECK(watch_want(&p.watch, p.here, POLLER_READ));
  CHECK(watch_want(&p.watch, p.here, 0));
  CHECK(write(p.there, "x", 1) == 1);
  CHECK(fired(&p) == 0);
  close_pair(&p);
}

static void a_number_that_was_closed_begins_anew(void) {
  struct pair p = open_pair();

  watch_opened(&p.watch, p.here);
  CHECK(watch_want(&p.watch, p.here, POLLER_READ));
  CHECK(watch_want(&p.watch, p.here, 0));
  watch_closed(&p.watch, p.here);
  CHECK(write(p.there, "x", 1) == 1);
  CHECK(fired(&p) == 0);
  CHECK(watch_want(&p.watch, p.here, POLLER_READ));
  CHECK(fired(&p) == 1);
  close_pair(&p);
}

static void wishes_that_change_are_followed(void) {
  struct pair p = open_pair();

  watch_opened(&p.watch, p.here);
  CHECK(watch_want(&p.watch, p.here, POLLER_READ));
  CHECK(fired(&p) == 0);
  CHECK(watch_want(&p.watch, p.here, POLLER_READ | POLLER_WRITE));
  CHECK(fired(&p) == 1);
  CHECK(watch_want(&p.watch, p.here, POLLER_READ));
  CHECK(fired(&p) == 0);
  close_pair(&p);
}

int main(void) {
  a_connection_stays_watched_between_requests();
  what_happens_to_an_idle_connection_is_said_once();
  anything_else_is_watched_to_the_letter();
  one_that_was_let_go_while_it_sent_is_forgotten();
  a_number_that_was_closed_begins_anew();
  wishes_that_change_are_followed();
  return check_report();
}
