// OpenAI's audio API: entry of this folder.
#pragma once

#include <string>

#include "api/backend.h"
#include "api/router.h"

namespace ironscribe::api::openai {

// POST /v1/audio/transcriptions and /v1/audio/translations, GET /v1/models and /v1/models/{id}, and
// the paths of Azure. `backend` outlives the router.
void AddRoutes(Router& router, Backend& backend);

// docs/protocols/openai.md, made of the table that requests are read by.
std::string WriteDocument();

}  // namespace ironscribe::api::openai
