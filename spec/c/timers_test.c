#include "timers.h"

#include "check.h"

static void empty_has_no_first(void) {
  struct timers t;
  uint64_t id;
  double due;

  timers_init(&t);
  CHECK(!timers_first(&t, &id, &due));
  CHECK(!timers_remove(&t, 1));
  timers_free(&t);
}

static void equal_deadlines_keep_their_order(void) {
  struct timers t;
  uint64_t id, expected;
  double due;
  int wrong = 0;

  timers_init(&t);
  for (id = 1; id <= 100; id++) wrong += !timers_add(&t, id, 5.0);
  for (expected = 1; expected <= 100; expected++) {
    wrong += !timers_first(&t, &id, &due) || id != expected;
    wrong += !timers_remove(&t, id);
  }
  CHECK(wrong == 0);
  timers_free(&t);
}

static unsigned draw(unsigned *seed, unsigned below) {
  *seed = *seed * 1103515245u + 12345u;
  return *seed / 65536u % below;
}

static void comes_out_sorted_with_removals_in_between(void) {
  struct timers t;
  unsigned seed = 7;
  uint64_t id;
  double due, last = -1;
  int wrong = 0, left = 0;

  timers_init(&t);
  for (id = 1; id <= 5000; id++) {
    wrong += !timers_add(&t, id, (double)draw(&seed, 1000));
  }
  for (id = 3; id <= 5000; id += 3) wrong += !timers_remove(&t, id);
  while (timers_first(&t, &id, &due)) {
    wrong += due < last || id % 3 == 0;
    last = due;
    wrong += !timers_remove(&t, id);
    left++;
  }
  CHECK(wrong == 0);
  CHECK(left == 5000 - 1666);
  timers_free(&t);
}

#define MANY 2000

/* As the jobs of a client: one is set, now and then one is taken back, wherever it is. */
static void comes_out_sorted_where_some_come_and_others_go(void) {
  struct timers t;
  unsigned seed = 7;
  uint64_t id, next;
  double due, last;
  int wrong = 0, round;

  for (round = 0; round < 20; round++) {
    timers_init(&t);
    for (next = 1; next <= MANY; next++) {
      wrong += !timers_add(&t, next, (double)draw(&seed, 100));
      if (draw(&seed, 2)) (void)timers_remove(&t, 1 + draw(&seed, (unsigned)next));
    }
    for (last = -1; timers_first(&t, &id, &due); last = due) {
      wrong += due < last;
      wrong += !timers_remove(&t, id);
    }
    timers_free(&t);
  }
  CHECK(wrong == 0);
}

int main(void) {
  empty_has_no_first();
  equal_deadlines_keep_their_order();
  comes_out_sorted_with_removals_in_between();
  comes_out_sorted_where_some_come_and_others_go();
  return check_report();
}
