// Something wrong with an input that does not stop the rest.
#pragma once

#include <string>

namespace ironscribe::eval {

struct Problem {
  std::string place;    // "manifest.jsonl:12", or a file.
  std::string message;  // What is wrong, and what helps. Never the text of a recording.
  // The line or file is left out of the result; else it is only worth knowing.
  bool is_error = true;
};

}  // namespace ironscribe::eval
