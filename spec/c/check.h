/* A check that counts itself. Each test program ends with `return check_report();`. */
#ifndef FAL_CHECK_H
#define FAL_CHECK_H

#include <stdio.h>

static int check_passed, check_failed;

#define CHECK(condition) \
  do { \
    if (condition) { \
      check_passed++; \
    } else { \
      check_failed++; \
      printf("%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
    } \
  } while (0)

static int check_report(void) {
  printf("%d passed, %d failed\n", check_passed, check_failed);
  return check_failed != 0;
}

#endif
