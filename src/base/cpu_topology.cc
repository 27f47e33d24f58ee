#include "base/cpu_topology.h"

#include <algorithm>
#include <fstream>

namespace ironscribe {

int ThreadsPerCore() {
  // "0" or "0,32" or "0-1".
  std::ifstream file("/sys/devices/system/cpu/cpu0/topology/thread_siblings_list");
  int threads = 0;
  int first = 0;
  while (file >> first) {
    int last = first;
    if (file.peek() == '-') {
      file.ignore();
      file >> last;
    }
    threads += std::max(0, last - first) + 1;
    if (file.peek() == ',') file.ignore();
  }
  return std::max(1, threads);
}

}  // namespace ironscribe
