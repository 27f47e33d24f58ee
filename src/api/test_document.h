// For tests: documents that are made from tables stay what the tables say.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace ironscribe::api {

// Compares docs/protocols/`name` with `text`, which is left in the build folder to be copied.
inline void ExpectDocument(const std::string& name, const std::string& text) {
  const std::string path = std::string(IRONSCRIBE_SOURCE_DIR) + "/docs/protocols/" + name;
  std::ifstream file(path, std::ios::binary);
  const std::string written(std::istreambuf_iterator<char>(file), {});
  const std::string made = std::string(IRONSCRIBE_BINARY_DIR) + "/" + name;
  if (written != text) std::ofstream(made, std::ios::binary) << text;
  EXPECT_TRUE(written == text) << path << " is not what its table says; copy " << made
                               << " over it";
}

}  // namespace ironscribe::api
