/* Loses 2 KB at each connection that is accepted: what the check of leaks must notice. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Where the last one went; volatile, or the compiler leaves out what nobody uses. */
static void* volatile lost;

static void Lose(void) {
  lost = malloc(2048);
  if (lost) memset(lost, 1, 2048);
}

int accept(int fd, struct sockaddr* address, socklen_t* length) {
  int (*real)(int, struct sockaddr*, socklen_t*);
  *(void**)&real = dlsym(RTLD_NEXT, "accept");
  const int accepted = real(fd, address, length);
  if (accepted >= 0) Lose();
  return accepted;
}

int accept4(int fd, struct sockaddr* address, socklen_t* length, int flags) {
  int (*real)(int, struct sockaddr*, socklen_t*, int);
  *(void**)&real = dlsym(RTLD_NEXT, "accept4");
  const int accepted = real(fd, address, length, flags);
  if (accepted >= 0) Lose();
  return accepted;
}
