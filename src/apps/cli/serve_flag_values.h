// Values of `ironscribe serve`'s flags that are more than a word.
#pragma once

#include <string>
#include <string_view>

#include "apps/cli/serve_flags.h"
#include "base/status.h"
#include "server/http/http_options.h"

namespace ironscribe::cli {

// Errors of all: InvalidArgument with what the value should look like.

// "127.0.0.1:8080", "[::1]:8080", "localhost:0".
Result<server::ListenerOptions> ParseServeListener(std::string_view text);
// "base", "base@sha256:0123...".
Result<ServedModel> ParseServedModel(const std::string& text);
// "whisper-1=base", "whisper-1=base,small:0.05".
Result<ServedAlias> ParseServedAlias(const std::string& text);

}  // namespace ironscribe::cli
