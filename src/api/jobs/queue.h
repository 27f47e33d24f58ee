// The durable queue under a name that does not collide with this folder's own.
#pragma once

#include "jobs/job_queue.h"

namespace ironscribe::api::jobs {

namespace queue = ::ironscribe::jobs;

}  // namespace ironscribe::api::jobs
