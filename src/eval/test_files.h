// For the tests of this folder: tables of testdata, and words from a line.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "io/test_folder.h"

namespace ironscribe::eval {

using io::TestFolder;

// The tab-separated lines of a file of testdata.
inline std::vector<std::vector<std::string>> ReadTable(const std::string& name) {
  std::ifstream file(std::string(IRONSCRIBE_SOURCE_DIR) + "/src/eval/testdata/" + name);
  EXPECT_TRUE(file.good()) << name;
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    rows.emplace_back();
    for (size_t begin = 0;;) {
      const size_t end = line.find('\t', begin);
      rows.back().push_back(line.substr(begin, end - begin));
      if (end == std::string::npos) break;
      begin = end + 1;
    }
  }
  return rows;
}

inline bool Holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace ironscribe::eval
