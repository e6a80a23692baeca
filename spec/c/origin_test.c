/* Who may start, without any network: what is sent is said by hand. */
#include "origin.h"

#include <stdio.h>
#include <string.h>

#include "check.h"

#define CONNECTIONS 4

static struct transfer *enter(struct origins *o, const char *url, bool urgent, bool file) {
  static uint64_t last_id;
  struct request request = {0};
  struct transfer *t;

  request.method = "GET";
  request.url = url;
  request.urgent = urgent;
  request.answer.file = file ? "name" : NULL;
  t = transfer_new(&request, ++last_id);
  CHECK(t && origins_enter(o, t));
  return t;
}

static void start(struct origins *o, struct transfer *t) {
  CHECK(origins_next(o, 0) == t);
  origins_start(o, t, 0);
}

static void end(struct origins *o, struct transfer *t) {
  origins_end(o, t);
  transfer_free(t);
}

static struct transfer *enter_look(struct origins *o) {
  struct request request = {0};
  struct transfer *t;

  request.method = "GET";
  request.url = "http://one/status";
  request.look = true;
  t = transfer_new(&request, 1);
  CHECK(t && origins_enter(o, t));
  return t;
}

/* Of a hundred thousand jobs more looks are due than can be taken: a submit that came
 * behind them all would wait for minutes, and so would the looks behind as many submits. */
static void looks_and_the_rest_take_turns(void) {
  struct transfer *looks[3], *others[2], *urgent;
  struct origins o;
  int i;

  origins_init(&o, 6, 0);
  for (i = 0; i < 3; i++) looks[i] = enter_look(&o);
  for (i = 0; i < 2; i++) others[i] = enter(&o, "http://one/submit", false, false);
  start(&o, looks[0]);
  urgent = enter(&o, "http://one/result", true, false);
  start(&o, urgent);
  start(&o, others[0]);
  start(&o, looks[1]);
  start(&o, others[1]);
  start(&o, looks[2]);
  for (i = 0; i < 3; i++) end(&o, looks[i]);
  for (i = 0; i < 2; i++) end(&o, others[i]);
  end(&o, urgent);
  origins_free(&o);
}

static void the_urgent_goes_first_and_origins_take_turns(void) {
  struct transfer *a, *b, *c, *urgent;
  struct origins o;

  origins_init(&o, CONNECTIONS, 0);
  a = enter(&o, "http://one/1", false, false);
  b = enter(&o, "http://one/2", false, false);
  c = enter(&o, "http://two/1", false, false);
  urgent = enter(&o, "http://one/3", true, false);
  start(&o, urgent);
  start(&o, c);
  start(&o, a);
  start(&o, b);
  CHECK(!origins_any(&o) && !origins_next(&o, 0));
  end(&o, a), end(&o, b), end(&o, c), end(&o, urgent);
  origins_free(&o);
}

static void files_leave_connections_to_others(void) {
  struct transfer *files[CONNECTIONS], *call;
  struct origins o;
  int i;

  origins_init(&o, CONNECTIONS, 0);
  for (i = 0; i < CONNECTIONS; i++) files[i] = enter(&o, "http://media/f", false, true);
  for (i = 0; i < CONNECTIONS - 1; i++) start(&o, files[i]);
  CHECK(!origins_next(&o, 0));
  call = enter(&o, "http://queue/", false, false);
  start(&o, call);
  end(&o, files[0]);
  start(&o, files[CONNECTIONS - 1]);
  for (i = 1; i < CONNECTIONS; i++) end(&o, files[i]);
  end(&o, call);
  origins_free(&o);
}

static struct transfer *enter_run(struct origins *o) {
  static uint64_t last_id = 1000;
  struct request request = {0};
  struct transfer *t;

  request.method = "POST";
  request.url = "https://run/";
  request.lasting = true;
  t = transfer_new(&request, ++last_id);
  CHECK(t && origins_enter(o, t));
  return t;
}

static void start_sent(struct origins *o, struct transfer *t) {
  start(o, t);
  t->sends = 1;
}

/* However many connections are allowed: what is long shares one with the others. */
static void a_long_one_starts_beside_any_number_of_connections(void) {
  struct transfer *first, *second;
  struct origins o;

  origins_init(&o, 10000, 0);
  first = enter_run(&o);
  start_sent(&o, first);
  origins_learn(&o, first, true);
  second = enter_run(&o);
  start_sent(&o, second);
  end(&o, first), end(&o, second);
  origins_free(&o);
}

/* What shares a connection for hours holds none of those that files need. */
static void files_do_not_wait_for_long_ones_that_share(void) {
  struct transfer *runs[2 * CONNECTIONS], *file;
  struct origins o;
  int i;

  origins_init(&o, CONNECTIONS, 0);
  for (i = 0; i < 2 * CONNECTIONS; i++) {
    runs[i] = enter_run(&o);
    start_sent(&o, runs[i]);
    if (i == 1) origins_learn(&o, runs[0], true);
  }
  file = enter(&o, "http://media/f", false, true);
  start(&o, file);
  for (i = 0; i < 2 * CONNECTIONS; i++) end(&o, runs[i]);
  end(&o, file);
  CHECK(o.connections == 0 && o.long_connections == 0 && o.active_long == 0);
  origins_free(&o);
}

/* In a burst each would open a connection, until none is left to anybody. */
static void long_ones_share_what_is_known_to_be_shared(void) {
  struct transfer *runs[3], *file;
  struct origins o;
  int i;

  origins_init(&o, CONNECTIONS, 0);
  for (i = 0; i < 3; i++) runs[i] = enter_run(&o);
  CHECK(!origin_may_multiplex(runs[0])); /* it may have to wait for hours */
  start_sent(&o, runs[0]);
  origins_learn(&o, runs[0], true);
  CHECK(origin_may_multiplex(runs[1]));
  start(&o, runs[1]);
  CHECK(!origins_next(&o, 0)); /* it may have a connection to open */
  runs[1]->sends = 1;
  start(&o, runs[2]);
  file = enter(&o, "https://run/f", false, true);
  CHECK(!origin_may_multiplex(file));
  start(&o, file);
  for (i = 0; i < 3; i++) end(&o, runs[i]);
  end(&o, file);
  origins_free(&o);
}

static void files_leave_one_of_two_connections(void) {
  struct transfer *files[2], *call;
  struct origins o;
  int i;

  origins_init(&o, 2, 0);
  for (i = 0; i < 2; i++) files[i] = enter(&o, "http://media/f", false, true);
  start(&o, files[0]);
  CHECK(!origins_next(&o, 0));
  call = enter(&o, "http://queue/", false, false);
  start(&o, call);
  end(&o, files[0]);
  start(&o, files[1]);
  end(&o, files[1]), end(&o, call);
  origins_free(&o);
}

/* Whatever libcurl is given beyond that waits within it. */
static void one_at_a_time_opens_a_shared_connection(void) {
  struct transfer *t[5];
  struct origins o;
  int i;

  origins_init(&o, CONNECTIONS, 0);
  for (i = 0; i < 5; i++) t[i] = enter(&o, "https://queue/", false, false);
  start(&o, t[0]);
  CHECK(!origins_next(&o, 0));
  t[0]->sends = 1;
  start(&o, t[1]);
  t[1]->sends = 1;
  origins_learn(&o, t[0], true);
  start(&o, t[2]);
  CHECK(!origins_next(&o, 0)); /* the connection is full, t[2] opens the next */
  end(&o, t[0]);
  start(&o, t[3]); /* in its place */
  CHECK(!origins_next(&o, 0));
  end(&o, t[2]); /* in vain */
  start(&o, t[4]);
  for (i = 1; i < 5; i++) {
    if (i != 2) end(&o, t[i]);
  }
  origins_free(&o);
}

static void connections_without_sharing_open_side_by_side(void) {
  struct transfer *t[CONNECTIONS + 1];
  struct origins o;
  int i;

  origins_init(&o, CONNECTIONS, 0);
  for (i = 0; i <= CONNECTIONS; i++) t[i] = enter(&o, "https://queue/", false, false);
  start(&o, t[0]);
  origins_learn(&o, t[0], false);
  for (i = 1; i < CONNECTIONS; i++) start(&o, t[i]);
  CHECK(!origins_next(&o, 0));
  end(&o, t[0]);
  start(&o, t[CONNECTIONS]);
  for (i = 1; i <= CONNECTIONS; i++) end(&o, t[i]);
  origins_free(&o);
}

/* Nothing interrupts a handshake, and of several libcurl may do all in one go. */
static void no_more_handshakes_go_on_than_may(void) {
  struct transfer *first, *file, *other, *plain;
  struct origins o;

  origins_init(&o, CONNECTIONS, 0);
  o.at_once = 1;
  first = enter(&o, "https://queue/", false, false);
  start(&o, first);
  file = enter(&o, "https://media/f", false, true);
  CHECK(!origins_next(&o, 0) && origins_due(&o, 0) == 0.1);
  plain = enter(&o, "http://local/", false, false);
  start(&o, plain);
  first->sends = 1;
  CHECK(origins_due(&o, 0) < 0);
  start(&o, file);
  other = enter(&o, "https://other/", false, false);
  CHECK(!origins_next(&o, 0));
  o.at_once = 2;
  CHECK(origins_next(&o, 0) == other);
  o.at_once = 1;
  end(&o, file); /* it came to nothing */
  start(&o, other);
  end(&o, first), end(&o, plain), end(&o, other);
  origins_free(&o);
}

/* What was left open needs no handshake, unless the server has closed it meanwhile. */
static void who_finds_a_connection_does_not_wait_for_a_handshake(void) {
  struct transfer *t[6];
  struct origins o;
  int i;

  origins_init(&o, 8, 0);
  for (i = 0; i < 6; i++) t[i] = enter(&o, "https://queue/", false, true);
  start(&o, t[0]), start(&o, t[1]);
  t[0]->sends = t[1]->sends = 1;
  t[0]->answer.status = t[1]->answer.status = 200;
  end(&o, t[0]), end(&o, t[1]);
  o.at_once = 1;
  start(&o, t[2]);
  CHECK(!origins_next(&o, 0)); /* it opened one all the same */
  t[2]->sends = 1;
  start(&o, t[3]);
  t[3]->sends = 1;
  start(&o, t[4]); /* opens one */
  CHECK(!origins_next(&o, 0));
  t[3]->answer.status = 200;
  end(&o, t[3]);
  start(&o, t[5]); /* while t[4] still does */
  end(&o, t[2]), end(&o, t[4]), end(&o, t[5]);
  origins_free(&o);
}

static void a_dead_host_holds_nobody_back_for_long(void) {
  struct transfer *dead[2], *other;
  struct origins o;

  origins_init(&o, CONNECTIONS, 0);
  o.at_once = 1;
  dead[0] = enter(&o, "https://dead/f", false, true);
  start(&o, dead[0]);
  dead[1] = enter(&o, "https://dead/g", false, true);
  other = enter(&o, "https://queue/", false, false);
  CHECK(!origins_next(&o, 0.09) && origins_next(&o, 0.1) == other);
  origins_start(&o, other, 0.1);
  CHECK(!origins_next(&o, 0.1) && origins_due(&o, 0.1) == 0.2);
  other->sends = 1;
  CHECK(origins_next(&o, 0.1) == dead[1]);
  origins_start(&o, dead[1], 0.1);
  end(&o, dead[0]), end(&o, dead[1]), end(&o, other);
  origins_free(&o);
}

static void with_http2_others_go_on_meanwhile(void) {
  struct transfer *file, *first, *call;
  struct origins o;

  origins_init(&o, CONNECTIONS, 0);
  o.at_once = 1;
  first = enter(&o, "https://queue/", false, false);
  start(&o, first);
  first->sends = 1;
  origins_learn(&o, first, true);
  file = enter(&o, "https://media/f", false, true);
  start(&o, file);
  call = enter(&o, "https://queue/", false, false);
  start(&o, call);
  end(&o, first), end(&o, call), end(&o, file);
  origins_free(&o);
}

static void a_file_says_nothing_of_what_its_origin_speaks(void) {
  struct transfer *file, *call;
  struct origins o;

  origins_init(&o, CONNECTIONS, 0);
  file = enter(&o, "https://host/f", false, true);
  start(&o, file);
  CHECK(!origin_wants_to_learn(file));
  call = enter(&o, "https://host/", false, false);
  start(&o, call);
  CHECK(origin_wants_to_learn(call));
  origins_learn(&o, call, true);
  CHECK(!origin_wants_to_learn(call) && o.connections == 1);
  end(&o, call);
  CHECK(o.connections == 1);
  end(&o, file);
  CHECK(o.connections == 0);
  origins_free(&o);
}

static void the_pace_is_kept(void) {
  struct request request = {0};
  struct transfer *t[2];
  struct origins o;
  int i;

  origins_init(&o, CONNECTIONS, 10);
  request.method = "GET";
  request.url = "http://queue/";
  request.paced = true;
  for (i = 0; i < 2; i++) {
    t[i] = transfer_new(&request, (uint64_t)i + 1);
    CHECK(t[i] && origins_enter(&o, t[i]));
  }
  CHECK(origins_next(&o, 5) == t[0]);
  origins_start(&o, t[0], 5);
  CHECK(!origins_next(&o, 5.05) && origins_due(&o, 5.05) > 5.09);
  CHECK(origins_next(&o, 5.11) == t[1] && origins_due(&o, 5.11) < 0);
  origins_leave(&o, t[1]);
  transfer_free(t[1]);
  end(&o, t[0]);
  origins_free(&o);
}

/* Fetched later than it ended: by then others may have its origin's place. */
static void the_end_may_be_told_again_when_the_origin_is_gone(void) {
  struct transfer *first, *others[MAX_ORIGINS];
  struct origins o;
  char url[32];
  int i;

  origins_init(&o, CONNECTIONS, 0);
  first = enter(&o, "http://first/", false, false);
  start(&o, first);
  origins_end(&o, first);
  for (i = 0; i < MAX_ORIGINS; i++) {
    snprintf(url, sizeof url, "http://other%d/", i);
    others[i] = enter(&o, url, false, false);
  }
  end(&o, first);
  for (i = 0; i < MAX_ORIGINS; i++) {
    origins_leave(&o, others[i]);
    transfer_free(others[i]);
  }
  origins_free(&o);
}

int main(void) {
  the_urgent_goes_first_and_origins_take_turns();
  looks_and_the_rest_take_turns();
  files_leave_connections_to_others();
  files_leave_one_of_two_connections();
  a_long_one_starts_beside_any_number_of_connections();
  files_do_not_wait_for_long_ones_that_share();
  long_ones_share_what_is_known_to_be_shared();
  one_at_a_time_opens_a_shared_connection();
  connections_without_sharing_open_side_by_side();
  no_more_handshakes_go_on_than_may();
  who_finds_a_connection_does_not_wait_for_a_handshake();
  a_dead_host_holds_nobody_back_for_long();
  with_http2_others_go_on_meanwhile();
  a_file_says_nothing_of_what_its_origin_speaks();
  the_pace_is_kept();
  the_end_may_be_told_again_when_the_origin_is_gone();
  return check_report();
}
