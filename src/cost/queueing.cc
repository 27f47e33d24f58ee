#include "cost/queueing.h"

#include <algorithm>
#include <cmath>

namespace ironscribe::cost {
namespace {

// Where Erlang C of the mean variability is wrong by the shape of arrivals and service and by the
// number of servers: W. Whitt, "Approximations for the GI/G/m queue", Production and Operations
// Management 2(2), 1993, equations 2.16 to 2.25. All constants are his. 1 for M/M/m; above it for
// bursts, below it for regular arrivals and for very unequal service of many servers.
double WhittFactor(const Variability& variability, int servers, double utilization) {
  const double arrivals = variability.arrivals;
  const double service = variability.service;
  if (arrivals + service <= 0) return 1;
  const double idle = 1 - utilization;
  const double gamma = std::min(0.24, idle * (servers - 1) * (std::sqrt(4 + 5.0 * servers) - 2) /
                                          (16 * servers * utilization));
  const double equal_service = 1 + gamma;  // M/D/m
  // D/D/m, where all that is left to wait for is the order.
  const double equal = (1 - 4 * gamma) * std::exp(-2 * idle / (3 * utilization));
  const double mean = (arrivals + service) / 2;
  const double between =
      mean >= 1 ? 1 : std::pow(std::min(1.0, (equal_service + equal) / 2), 2 * (1 - mean));
  if (arrivals >= service) {
    const double share = service / (4 * arrivals - 3 * service);
    return (1 - share) * equal_service + share * between;
  }
  const double share = (service - arrivals) / (2 * (arrivals + service));
  return share * equal + (1 - share) * between;
}

// One server: exact for independent arrivals (Pollaczek and Khinchine); else W. Kraemer and
// M. Langenbach-Belz, 8th International Teletraffic Congress, 1976.
double OneServerFactor(const Variability& variability, double utilization) {
  const double beyond = 1 - variability.arrivals;
  if (beyond <= 0) return 1;
  const double sum = variability.arrivals + variability.service;
  if (sum <= 0) return 1;
  return std::exp(-2 * (1 - utilization) / (3 * utilization) * beyond * beyond / sum);
}

}  // namespace

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

Seconds AllenCunneenWait(const Queue& queue, int servers) {
  const double load = queue.load();
  const double variability = (queue.variability.arrivals + queue.variability.service) / 2;
  return queue.service * (ErlangC(servers, load) / (servers - load) * variability);
}

Seconds MeanWait(const Queue& queue, int servers) {
  const double utilization = queue.load() / servers;
  if (!(utilization > 0)) return Seconds(0);
  const double factor = servers == 1 ? OneServerFactor(queue.variability, utilization)
                                     : WhittFactor(queue.variability, servers, utilization);
  return AllenCunneenWait(queue, servers) * factor;
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
