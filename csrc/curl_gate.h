/* Every dependence on libcurl's version, in one place. The floor is 7.68. */
#ifndef FAL_CURL_GATE_H
#define FAL_CURL_GATE_H

#include <curl/curl.h>

#if LIBCURL_VERSION_NUM < 0x074400
#error "fal needs libcurl 7.68 or newer"
#endif

/* A callback right before each sending, the cheap way to refuse a second one. */
#define HAVE_PREREQ (LIBCURL_VERSION_NUM >= 0x075000)

/* Leaves a resolver thread that is stuck behind instead of joining it. */
#define HAVE_QUICK_EXIT (LIBCURL_VERSION_NUM >= 0x075700)

/* Tells where libcurl looks for certificates by default. */
#define HAVE_CA_INFO (LIBCURL_VERSION_NUM >= 0x075400)

/* CURLcode of restricting the schemes: https, and http where `plain`. */
static inline CURLcode gate_protocols(CURL *easy, int plain) {
#if LIBCURL_VERSION_NUM >= 0x075500
  const char *schemes = plain ? "http,https" : "https";
  CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, schemes);

  if (code != CURLE_OK) return code;
  return curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, schemes);
#else
  long schemes = CURLPROTO_HTTPS | (plain ? CURLPROTO_HTTP : 0);
  CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS, schemes);

  if (code != CURLE_OK) return code;
  return curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS, schemes);
#endif
}

#endif
