#include "cost/queueing.h"

#include <algorithm>
#include <cmath>

namespace ironscribe::cost {

double ErlangB(int servers, double load) {
  // The recursion over servers neither overflows nor cancels, unlike the quotient of factorials.
  double blocked = 1;
  for (int i = 1; i <= servers; ++i) blocked = load * blocked / (i + load * blocked);
  return blocked;
}

double ErlangC(int servers, double load) {
  const double blocked = ErlangB(servers, load);
  const double utilization = load / servers;
  return blocked / (1 - utilization * (1 - blocked));
}

Seconds MeanWait(const Queue& queue, int servers) {
  const double load = queue.load();
  const double variability = (queue.variability.arrivals + queue.variability.service) / 2;
  return queue.service * (ErlangC(servers, load) / (servers - load) * variability);
}

Seconds WaitQuantile(const Queue& queue, int servers, double share) {
  const double waiting = ErlangC(servers, queue.load());
  const double rest = 1 - share;
  if (waiting <= rest) return Seconds(0);
  const Seconds mean_of_waiting = MeanWait(queue, servers) / waiting;
  return mean_of_waiting * std::log(waiting / rest);
}

int ServersForBlocking(double load, double blocked) {
  double share = 1;
  int servers = 0;
  while (share > blocked) {
    ++servers;
    share = load * share / (servers + load * share);
  }
  return servers;
}

}  // namespace ironscribe::cost
