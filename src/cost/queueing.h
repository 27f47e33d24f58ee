// How long a recording waits for a machine, and how many streams find none. Formulas: A. K. Erlang
// 1917 (B and C); A. O. Allen and C. T. Cunneen (Allen, "Probability, Statistics, and Queueing
// Theory", 1990) for general arrivals and service, with the factors of W. Kraemer and M.
// Langenbach-Belz 1976 for one machine and of W. Whitt 1993 for several. Pure functions.
#pragma once

#include "cost/units.h"

namespace ironscribe::cost {

// Share of callers that find all of `servers` taken, who then go away. `load` is arrival rate times
// service time.
double ErlangB(int servers, double load);

// Share of callers that wait, who stay. Requires: load < servers.
double ErlangC(int servers, double load);

// Squared coefficients of variation: variance over squared mean. 1 is a Poisson stream and
// exponential service.
struct Variability {
  double arrivals = 1;
  double service = 1;
};

struct Queue {
  double arrivals_per_second = 0;
  Seconds service = {};
  Variability variability = {};
  double load() const { return arrivals_per_second * service.value(); }
};

// Mean wait before service begins, by Erlang C and the mean of both variabilities. Requires: load <
// servers.
Seconds AllenCunneenWait(const Queue& queue, int servers);

// The same with the factors of Kraemer and Langenbach-Belz, and of Whitt, which matter where there
// are many servers or the two variabilities differ. Requires: load < servers.
Seconds MeanWait(const Queue& queue, int servers);

// What `share` of all callers wait at most, taking the waits of those who wait as exponential.
Seconds WaitQuantile(const Queue& queue, int servers, double share);

// The fewest servers with a blocked share of at most `blocked`.
int ServersForBlocking(double load, double blocked);

}  // namespace ironscribe::cost
