#include "glance.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

static bool look(const char *text, struct glance *g) {
  return glance_at(text, strlen(text), g);
}

static bool equals(struct span s, const char *text) {
  return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

static void reads_an_acceptance(void) {
  struct glance g;

  CHECK(look("{\"status\":\"IN_QUEUE\",\"request_id\":\"a-1_b.c:2\",\"response_url\":\"https://q/a\","
             "\"status_url\":\"https://q/a/status\",\"cancel_url\":\"https://q/a/cancel\","
             "\"queue_position\":12}", &g));
  CHECK(strcmp(g.status, "IN_QUEUE") == 0);
  CHECK(equals(g.request_id, "a-1_b.c:2"));
  CHECK(equals(g.address, "https://q/a"));
  CHECK(g.position == 12);
  CHECK(g.inference_time < 0);
}

static void reads_a_status(void) {
  struct glance g;

  CHECK(look(" { \"logs\" : null , \"metrics\":{\"inference_time\": 81.25 },\n"
             "\"status\":\"COMPLETED\" } ", &g));
  CHECK(strcmp(g.status, "COMPLETED") == 0);
  CHECK(g.inference_time > 81.24 && g.inference_time < 81.26);
  CHECK(g.position == -1);
  CHECK(g.request_id.at == NULL);
  CHECK(look("{\"status\":\"IN_PROGRESS\",\"metrics\":{},\"queue_position\":null,\"logs\":[]}", &g));
}

static double time_of(const char *number) {
  char text[200];
  struct glance g;

  snprintf(text, sizeof text, "{\"status\":\"COMPLETED\",\"metrics\":{\"inference_time\":%s}}",
           number);
  return look(text, &g) ? g.inference_time : -1;
}

static bool is_near(double a, double b) {
  return a > b * (1 - 1e-12) && a < b * (1 + 1e-12);
}

static void reads_times_of_any_length(void) {
  CHECK(time_of("0") == 0);
  CHECK(time_of("0.0") == 0);
  CHECK(is_near(time_of("81.52340602874756"), 81.52340602874756));
  CHECK(is_near(time_of("0.000123456789012345678901234567890"), 0.00012345678901234568));
  CHECK(is_near(time_of("7.1844e-05"), 7.1844e-05));
  CHECK(is_near(time_of("1.5E+2"), 150));
  CHECK(time_of("1e999") < 0);
  CHECK(time_of("1.") < 0);
  CHECK(time_of(".5") < 0);
  CHECK(time_of("1e") < 0);
  CHECK(time_of("00") < 0);
  CHECK(time_of("-1") < 0);
}

/* Each is right or wrong in a way that a reader of JSON has to judge. */
static const char *const unusual[] = {
    "", "{", "{}", "[]", "null", "{\"status\":\"COMPLETED\"", "{\"status\":\"COMPLETED\"}x",
    "{\"status\":\"COMPLETED\",}", "{\"status\":\"DONE\"}", "{\"status\":null}",
    "{\"status\":\"COMPLETED\",\"error\":\"x\"}",
    "{\"status\":\"COMPLETED\",\"error_type\":null}",
    "{\"status\":\"COMPLETED\",\"status\":\"IN_QUEUE\"}",
    "{\"status\":\"COMPLETE\\u0044\"}", "{\"st\\u0061tus\":\"COMPLETED\"}",
    "{\"status\":\"IN_QUEUE\",\"logs\":[{\"message\":\"x\"}]}",
    "{\"status\":\"IN_QUEUE\",\"request_id\":\"../x\"}",
    "{\"status\":\"IN_QUEUE\",\"request_id\":\"..\"}",
    "{\"status\":\"IN_QUEUE\",\"request_id\":\"\"}",
    "{\"status\":\"IN_QUEUE\",\"request_id\":7}",
    "{\"status\":\"IN_QUEUE\",\"queue_position\":-1}",
    "{\"status\":\"IN_QUEUE\",\"queue_position\":1.5}",
    "{\"status\":\"IN_QUEUE\",\"queue_position\":1e3}",
    "{\"status\":\"IN_QUEUE\",\"queue_position\":01}",
    "{\"status\":\"IN_QUEUE\",\"queue_position\":}",
    "{\"status\":\"IN_QUEUE\",\"queue_position\":12345678901234567890}",
    "{\"status\":\"COMPLETED\",\"metrics\":{\"inference_time\":1,\"more\":2}}",
    "{\"status\":\"IN_QUEUE\",\"status_url\":\"https://q/a/status\"}",
    "{\"status\":\"IN_QUEUE\",\"response_url\":\"https://q/a\",\"cancel_url\":\"https://q/b/cancel\"}",
    "{\"status\":\"IN_QUEUE\",\"response_url\":\"https://q/\xC3\xA4\"}",
    "{\"status\":\"IN_QUEUE\",\"response_url\":\"https://q/\n\"}",
    "{\"status\":\"IN_QUEUE\",\"response_url\":\"https://q/\\\"\"}",
    "{\"status\":\"IN_QUEUE\",\"cancel_url\":\"https://q/\\\\\"}",
};

static void leaves_the_unusual_alone(void) {
  struct glance g;
  size_t i;

  for (i = 0; i < sizeof unusual / sizeof *unusual; i++) {
    if (look(unusual[i], &g)) printf("taken: %s\n", unusual[i]);
    CHECK(!look(unusual[i], &g));
  }
}

static void takes_no_id_with_a_nul_in_it(void) {
  static const char text[] = "{\"status\":\"IN_QUEUE\",\"request_id\":\"a\0b\"}";
  struct glance g;

  CHECK(!glance_at(text, sizeof text - 1, &g));
}

/* In memory of its very size, so that a sanitizer sees a byte too far. */
static void stays_within_a_text_that_was_cut(void) {
  const char *whole = "{\"status\":\"IN_QUEUE\",\"request_id\":\"a\",\"queue_position\":12,"
                      "\"metrics\":{\"inference_time\":1.5},\"logs\":null}";
  size_t len = strlen(whole), cut;
  int taken = 0;

  for (cut = 0; cut <= len; cut++) {
    char *text = malloc(cut + 1);
    struct glance g;

    memcpy(text, whole, cut);
    text = realloc(text, cut ? cut : 1);
    taken += glance_at(text, cut, &g);
    free(text);
  }
  CHECK(taken == 1);
}

int main(void) {
  reads_an_acceptance();
  reads_a_status();
  reads_times_of_any_length();
  leaves_the_unusual_alone();
  takes_no_id_with_a_nul_in_it();
  stays_within_a_text_that_was_cut();
  return check_report();
}
