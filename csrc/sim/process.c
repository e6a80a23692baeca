#include "process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stopping;

static void on_stop(int number) {
  (void)number;
  stopping = 1;
}

static void on_child(int number) {
  (void)number;
}

void process_signals(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_stop;
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  action.sa_handler = on_child;
  sigaction(SIGCHLD, &action, NULL);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, NULL);
}

int process_stopping(void) {
  return stopping;
}

int process_unheard(void) {
  struct pollfd out = { .fd = STDOUT_FILENO, .events = 0, .revents = 0 };
  return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

int process_follow_parent(void) {
  pid_t parent = getppid();
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  return parent != 1 && getppid() == parent;
}

unsigned long process_raise_files(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return 0;
  }
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return (unsigned long)limit.rlim_cur;
}

static void run_child(char *const argv[]) {
  int null = open("/dev/null", O_RDWR);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (null >= 0) {
    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
  }
  signal(SIGPIPE, SIG_DFL);
  execvp(argv[0], argv);
  _exit(127);
}

long process_spawn(char *const argv[]) {
  pid_t pid = fork();
  if (pid == 0) {
    run_child(argv);
  }
  return (long)pid;
}

long process_reap(int *status) {
  int raw = 0;
  pid_t pid = waitpid(-1, &raw, WNOHANG);
  if (pid <= 0) {
    return 0;
  }
  *status = WIFSIGNALED(raw) ? 256 + WTERMSIG(raw) : WEXITSTATUS(raw);
  return (long)pid;
}

void process_kill(long pid) {
  if (pid > 1) {
    kill((pid_t)pid, SIGKILL);
  }
}

double process_cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double process_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double process_wall(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
