// How the CPUs of this machine share cores.
#pragma once

namespace ironscribe {

// Threads that share a core, as far as the kernel says; 1 where it does not, as in most virtual
// machines. A CPU of UsableCpus() is such a thread.
int ThreadsPerCore();

}  // namespace ironscribe
