// The protocol of whisper.cpp's server (ggml-org/whisper.cpp, examples/server): everything in one
// form. Entry of this folder.
#pragma once

#include <string>

#include "api/backend.h"
#include "api/health.h"
#include "api/router.h"

namespace ironscribe::api::whispercpp {

// POST /inference, GET /health. `backend` and `health` outlive the router.
void AddRoutes(Router& router, Backend& backend, const Health& health);

// docs/protocols/whispercpp.md, made of the table that requests are read by.
std::string WriteDocument();

}  // namespace ironscribe::api::whispercpp
