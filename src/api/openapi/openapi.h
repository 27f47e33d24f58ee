// What the server answers to as an OpenAPI 3.1 document, made of the routes themselves and of the
// tables that requests are read by, so that nothing in it can be forgotten or invented.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/parameter_table.h"
#include "api/router.h"

namespace ironscribe::api::openapi {

// What a route reads besides its path. Routes without a row take nothing, or are described by their
// path alone.
struct RouteInput {
  std::string_view method;
  std::string_view pattern;
  enum class Place { kForm, kQuery } place = Place::kForm;
  std::vector<ParameterDescription> parameters;
};

// Pure.
std::string WriteDocument(std::span<const Route> routes, std::span<const RouteInput> inputs,
                          std::string_view version);

// GET /openapi.json, for everyone, with a document of the routes that were added before.
void AddRoute(Router& router, std::span<const RouteInput> inputs, std::string_view version);

}  // namespace ironscribe::api::openapi
