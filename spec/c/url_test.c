#include "url.h"

#include <string.h>

#include "check.h"

static void bases(void) {
  CHECK(url_is_base("https://queue.fal.run"));
  CHECK(url_is_base("http://127.0.0.1:80/queue"));
  CHECK(!url_is_base("https://queue.fal.run/"));
  CHECK(!url_is_base("https://user@queue.fal.run"));
  CHECK(!url_is_base("https://queue.fal.run?x=1"));
  CHECK(!url_is_base("https://queue.fal.run#x"));
  CHECK(!url_is_base("https://queue fal.run"));
  CHECK(!url_is_base("https://queue.fal.run\r\nHost: x"));
  CHECK(!url_is_base("ftp://queue.fal.run"));
  CHECK(!url_is_base("https://"));
  CHECK(!url_is_base("https://:80"));
}

static void loopback(void) {
  CHECK(url_is_loopback("http://127.0.0.1"));
  CHECK(url_is_loopback("http://127.8.9.1:8080/x"));
  CHECK(url_is_loopback("http://localhost:1"));
  CHECK(url_is_loopback("http://LocalHost/x"));
  CHECK(url_is_loopback("http://[::1]:9/x"));
  CHECK(!url_is_loopback("http://127.0.0.1.evil.net"));
  CHECK(!url_is_loopback("http://127.evil.net"));
  CHECK(!url_is_loopback("http://localhost.evil.net"));
  CHECK(!url_is_loopback("http://10.0.0.1"));
  CHECK(!url_is_loopback("http://[::1].evil.net"));
}

static void below(void) {
  const char *base = "https://queue.fal.run";

  CHECK(url_is_below(base, "https://queue.fal.run"));
  CHECK(url_is_below(base, "https://queue.fal.run/a"));
  CHECK(url_is_below(base, "https://queue.fal.run?a"));
  CHECK(!url_is_below(base, "https://queue.fal.run.evil.net/a"));
  CHECK(!url_is_below(base, "https://queue.fal.running/a"));
  CHECK(!url_is_below(base, "https://queue.fal.run@evil.net/a"));
  CHECK(!url_is_below(base, "http://queue.fal.run/a"));
  CHECK(!url_is_below("http://127.0.0.1:80", "http://127.0.0.1:8080/a"));
}

static bool target_is(const char *url, const char *target) {
  const char *got = url_target(url);

  return target ? got && strcmp(got, target) == 0 : got == NULL;
}

static void targets(void) {
  CHECK(target_is("https://q/a/b?c=d/e", "/a/b?c=d/e"));
  CHECK(target_is("http://q:80/", "/"));
  CHECK(target_is("https://q/a.b/c%20d/~@:", "/a.b/c%20d/~@:"));
  CHECK(target_is("https://q", NULL));
  CHECK(target_is("https://q?a", NULL));
  CHECK(target_is("https://q#a/b", NULL));
  CHECK(target_is("https://q/a#b", NULL));
  CHECK(target_is("https://me:secret@q/a", NULL));
  CHECK(target_is("https://q/a/../b", NULL));
  CHECK(target_is("https://q/a/.", NULL));
  CHECK(target_is("https://q/a/%2E%2e/b", NULL));
  CHECK(target_is("https://q/a b", NULL));
  CHECK(target_is("https://q r/a", NULL));
  CHECK(target_is("https://q/a\r\nX: y", NULL));
  CHECK(target_is("https://q/\xC3\xA4", NULL));
  CHECK(target_is("https://q/\x7F", NULL));
  CHECK(target_is("ftp://q/a", NULL));
  CHECK(target_is("q/a", NULL));
}

static void ids(void) {
  CHECK(url_is_id("fal-ai/sora-2/text-to-video/pro"));
  CHECK(url_is_id("workflows/jane/poster/run"));
  CHECK(url_is_id("4242-demo-app"));
  CHECK(url_is_id("fal-ai/veo3.1"));
  CHECK(!url_is_id(""));
  CHECK(!url_is_id("/a"));
  CHECK(!url_is_id("a/"));
  CHECK(!url_is_id("a//b"));
  CHECK(!url_is_id("a/../b"));
  CHECK(!url_is_id("a/./b"));
  CHECK(!url_is_id("a/b?c"));
  CHECK(!url_is_id("a/b c"));
  CHECK(!url_is_id("a/b%2f"));
}

static void escapes(void) {
  struct buf b;

  buf_init(&b, 100);
  CHECK(url_escape(&b, "aZ9-._~ /?#%\xC3\xA9"));
  CHECK(strcmp(buf_str(&b), "aZ9-._~%20%2F%3F%23%25%C3%A9") == 0);
  buf_free(&b);
}

static void told_urls(void) {
  CHECK(url_names_request("https://q/a/requests/id-1", "id-1"));
  CHECK(url_names_request("https://q/a/requests/id-1/status", "id-1"));
  CHECK(url_names_request("https://q/a/requests/id-1?logs=1", "id-1"));
  CHECK(!url_names_request("https://q/a/requests/id-12", "id-1"));
  CHECK(!url_names_request("https://q/a/requests/xid-1", "id-1"));
  CHECK(!url_names_request("https://q/a?x=/id-1", "id-1"));
  CHECK(!url_names_request("https://q/a/../b/id-1", "id-1"));
  CHECK(!url_names_request("https://q/a/%2e%2E/id-1", "id-1"));
  CHECK(!url_names_request("https://q/a/id-1 x", "id-1"));
  CHECK(!url_names_request("https://q/a/id-1\r\nX: y", "id-1"));
  CHECK(!url_names_request("https://q@evil/id-1", "id-1"));
  CHECK(!url_names_request("https://q/a/requests/id-1", "other"));
  CHECK(!url_names_request("", "id-1"));
}

int main(void) {
  bases();
  loopback();
  below();
  targets();
  ids();
  escapes();
  told_urls();
  return check_report();
}
