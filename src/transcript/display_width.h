// What a text takes on a screen: columns, and the parts that must not be cut. Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

namespace ironscribe::transcript {

// One user-perceived character (Unicode UAX #29), cut short above kMaxClusterColumns.
struct Cluster {
  size_t size_bytes = 0;
  int columns = 0;
};

// Hostile text may chain wide letters without end; what people write takes two columns at most.
inline constexpr int kMaxClusterColumns = 4;

// The first cluster. Requires: valid UTF-8, not empty.
Cluster FirstCluster(std::string_view text);

// Columns of the whole text: wide characters (Unicode UAX #11) two, combining marks and controls
// none, emoji that are joined to one picture two together. Requires: valid UTF-8.
int DisplayColumns(std::string_view text);

}  // namespace ironscribe::transcript
