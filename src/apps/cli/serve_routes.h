// All that a server answers to, by listener.
#pragma once

#include "api/backend.h"
#include "api/health.h"
#include "api/router.h"

namespace ironscribe::cli {

// Of every listener but the one of administration. Everything outlives the router.
void AddServedRoutes(api::Router& router, api::Backend& backend, const api::Health& health);

// Of the admin listener.
void AddAdminRoutes(api::Router& router, const api::Health& health);

}  // namespace ironscribe::cli
