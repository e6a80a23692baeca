/* A TCP relay that cuts connections at a given byte.
 *
 *   cutter PORT        relays to 127.0.0.1:PORT; prints "pid PID data PORT control PORT"
 *
 * The control port takes HTTP requests and answers with a body:
 *   /up/N/fin /up/N/rst       after N more bytes from the client have been passed on
 *   /down/N/fin /down/N/rst   after N more bytes from the server
 *   /count                    "up down first flight": bytes since the last of these four,
 *                             and how many came down before the client's second write
 *   /off                      cut nothing; counts from zero
 * A cut happens once. N = 0 cuts a connection when it is made, or the first byte comes. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS = 256, CHUNK = 65536 };

static int ends[PAIRS][2]; /* client, server; -1: free */
static long limit[2], count[2];
static long first_up, flight;
static int writes_up, reset, target;

static int listener(int *port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof a;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&a, size) || listen(fd, 64) ||
      getsockname(fd, (struct sockaddr *)&a, &size)) {
    perror("cutter");
    exit(1);
  }
  *port = ntohs(a.sin_port);
  return fd;
}

static void undelayed(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static int dial(void) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)},
                          .sin_port = htons((unsigned short)target)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a)) {
    close(fd);
    return -1;
  }
  return fd;
}

static void drop(int i, int hard) {
  struct linger now = {1, 0};
  for (int k = 0; k < 2; k++) {
    if (ends[i][k] < 0) continue;
    if (hard) setsockopt(ends[i][k], SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(ends[i][k]);
    ends[i][k] = -1;
  }
}

static void disarm(void) { limit[0] = limit[1] = -1; }

static void forget_counts(void) {
  count[0] = count[1] = first_up = flight = 0;
  writes_up = 0;
}

static void accepted(int fd) {
  int client = accept(fd, NULL, NULL);
  if (client < 0) return;
  if (limit[0] == 0 || limit[1] == 0) {
    struct linger now = {1, 0};
    if (reset) setsockopt(client, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    disarm();
    close(client);
    return;
  }
  for (int i = 0; i < PAIRS; i++) {
    if (ends[i][0] >= 0) continue;
    ends[i][0] = client;
    ends[i][1] = dial();
    undelayed(client);
    if (ends[i][1] < 0) drop(i, 1);
    else undelayed(ends[i][1]);
    return;
  }
  close(client);
}

static int pass(int to, const char *data, long size) {
  while (size > 0) {
    ssize_t n = send(to, data, (size_t)size, MSG_NOSIGNAL);
    if (n <= 0) return -1;
    data += n;
    size -= n;
  }
  return 0;
}

static void relay(int i, int way) {
  static char chunk[CHUNK];
  ssize_t n = recv(ends[i][way], chunk, sizeof chunk, 0);
  if (n <= 0) {
    drop(i, n < 0);
    return;
  }
  if (way == 0 && writes_up++ == 1) flight = count[1];
  if (writes_up == 1 && way == 0) first_up = n;
  long allowed = limit[way] < 0 || limit[way] > count[way] + n ? n : limit[way] - count[way];
  int cut = limit[way] >= 0 && count[way] + n >= limit[way];
  int failed = allowed > 0 && pass(ends[i][1 - way], chunk, allowed);
  count[way] += allowed;
  if (cut) disarm();
  if (cut || failed) drop(i, cut && reset);
}

static void answer(int fd, const char *text) {
  char out[256];
  int n = snprintf(out, sizeof out, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n"
                   "Connection: close\r\n\r\n%s", strlen(text), text);
  pass(fd, out, n);
}

static void control(int fd) {
  char in[2048], text[128] = "", side[8] = "", how[8] = "";
  long n = 0;
  int client = accept(fd, NULL, NULL);
  if (client < 0) return;
  ssize_t got = recv(client, in, sizeof in - 1, 0);
  in[got > 0 ? got : 0] = 0;
  if (strstr(in, "GET /count")) {
    snprintf(text, sizeof text, "%ld %ld %ld %ld", count[0], count[1], flight, first_up);
  } else if (strstr(in, "GET /off")) {
    disarm();
    forget_counts();
  } else if (sscanf(in, "GET /%7[a-z]/%ld/%7[a-z]", side, &n, how) == 3) {
    disarm();
    forget_counts();
    limit[strcmp(side, "down") == 0] = n;
    reset = strcmp(how, "rst") == 0;
  }
  answer(client, text);
  close(client);
}

int main(int argc, char **argv) {
  int data_port, control_port;
  if (argc != 2) return 2;
  target = atoi(argv[1]);
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int data = listener(&data_port), orders = listener(&control_port);
  for (int i = 0; i < PAIRS; i++) ends[i][0] = ends[i][1] = -1;
  disarm();
  printf("pid %d data %d control %d\n", (int)getpid(), data_port, control_port);
  fflush(stdout);
  for (;;) {
    struct pollfd set[2 + 2 * PAIRS];
    int who[2 + 2 * PAIRS], n = 2;
    set[0] = (struct pollfd){orders, POLLIN, 0};
    set[1] = (struct pollfd){data, POLLIN, 0};
    for (int i = 0; i < PAIRS; i++)
      for (int k = 0; k < 2; k++)
        if (ends[i][k] >= 0) {
          who[n] = i * 2 + k;
          set[n++] = (struct pollfd){ends[i][k], POLLIN, 0};
        }
    if (poll(set, (nfds_t)n, -1) < 0 && errno != EINTR) return 1;
    if (set[0].revents) control(orders);
    if (set[1].revents) accepted(data);
    for (int j = 2; j < n; j++)
      if (set[j].revents && ends[who[j] / 2][who[j] % 2] >= 0) relay(who[j] / 2, who[j] % 2);
  }
}
