// SHA-256 of bytes and files, in lower-case hex. Digests identify model files: what was fetched,
// what is installed, what a packed cache was made from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/status.h"
#include "io/digest.h"

namespace ironscribe::engine {

using io::Digest;

// SHA-256 of a whole file. Errors: NotFound and so on, Cancelled.
Result<std::string> Sha256OfFile(const std::filesystem::path& path, std::stop_token stop = {});

// The name git gives a file of this content: SHA-1 of "blob SIZE\0" and the bytes. Model hubs list
// it for small files. It is used against damage only, SHA-1 is no protection from an attacker.
Result<std::string> GitBlobIdOfFile(const std::filesystem::path& path);

// Whether `text` is a SHA-256 in hex, either case.
bool IsSha256(std::string_view text);

}  // namespace ironscribe::engine
