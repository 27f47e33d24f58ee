// The protocol of whisper-asr-webservice (ahmetoner/whisper-asr-webservice), which Bazarr speaks:
// parameters in the query, the recording as `audio_file` of a form. Entry of this folder.
#pragma once

#include <string>
#include <vector>

#include "api/backend.h"
#include "api/parameter_table.h"
#include "api/router.h"

namespace ironscribe::api::asr {

// POST /asr and /detect-language. `backend` outlives the router.
void AddRoutes(Router& router, Backend& backend);

// What a request may say; `detects` is of /detect-language.
std::vector<ParameterDescription> Parameters(bool detects);

// docs/protocols/asr.md, made of the tables that requests are read by.
std::string WriteDocument();

}  // namespace ironscribe::api::asr
