// A model hub for tests on top of the stub HTTP server: one repository, whose files are strings.
// Tests change the fields to make it lie.
#pragma once

#include <map>
#include <string>

#include "net/stub_http_server.h"

namespace ironscribe::engine {

using net::StubHttpServer;

struct StubHub {
  static constexpr const char* kRepository = "owner/name";
  static constexpr const char* kCommit = "0123456789abcdef0123456789abcdef01234567";

  std::map<std::string, std::string> files;  // By name; model.bin is in large-file storage.
  std::map<std::string, std::string> listed_sha256 = {};   // Instead of the true ones.
  std::map<std::string, std::string> listed_blob_id = {};  // Instead of the true ones.
  bool lists_digests = true;

  std::string Listing() const;
  StubHttpServer::Answer Answer(const StubHttpServer::Request& request) const;
};

}  // namespace ironscribe::engine
