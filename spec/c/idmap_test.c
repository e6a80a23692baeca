#include "idmap.h"

#include <stdlib.h>

#include "check.h"

static int values[20000];

static void unknown_ids_are_null(void) {
  struct idmap m;

  idmap_init(&m);
  CHECK(idmap_get(&m, 7) == NULL);
  CHECK(idmap_remove(&m, 7) == NULL);
  idmap_free(&m);
}

/* Against a plain array that knows the truth. */
static void survives_random_work(void) {
  struct idmap m;
  static char in[20001];
  unsigned seed = 42;
  int wrong = 0, i;

  idmap_init(&m);
  for (i = 0; i < 200000; i++) {
    unsigned id = 1 + (seed = seed * 1103515245u + 12345u) / 65536u % 20000u;

    if (!in[id]) {
      wrong += !idmap_put(&m, id, &values[id - 1]);
      in[id] = 1;
    } else if (seed & 256) {
      wrong += idmap_remove(&m, id) != &values[id - 1];
      in[id] = 0;
    }
    wrong += idmap_get(&m, id) != (in[id] ? &values[id - 1] : NULL);
  }
  for (i = 1; i <= 20000; i++) {
    wrong += idmap_get(&m, (unsigned)i) != (in[i] ? &values[i - 1] : NULL);
  }
  CHECK(wrong == 0);
  idmap_free(&m);
}

int main(void) {
  unknown_ids_are_null();
  survives_random_work();
  return check_report();
}
