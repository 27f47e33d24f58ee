// Feeds damaged copies of a valid file to a reader and reads whatever it accepts to the end. A
// reader that leaves the file is found by the address sanitizer, because each copy has exactly its
// own size.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "formats/file_bytes.h"
#include "formats/weight_source.h"

namespace ironscribe::formats::testing {

using Parse = std::function<Result<std::unique_ptr<WeightSource>>(FileBytes)>;

// Parses a copy of `file` that lives as long as this object.
class ParsedCopy {
 public:
  ParsedCopy(const std::string& file, const Parse& parse);
  bool ok() const { return source_.ok(); }
  const Status& status() const { return source_.status(); }
  const WeightSource& source() const { return **source_; }

 private:
  std::vector<std::byte> bytes_;
  Result<std::unique_ptr<WeightSource>> source_;
};

// The whole tensor; fails the test when it cannot be read.
std::vector<float> ReadAll(const WeightSource& source, std::string_view name);

// Reads every tensor in pieces of odd sizes, errors allowed.
void ReadEverything(const WeightSource& source);

// The file cut at every byte. Returns how many cuts were accepted.
int CutEverywhere(const std::string& file, const Parse& parse);

// `rounds` copies with one to four bytes changed, inserted or removed. Returns how many were
// refused.
int Mutate(const std::string& file, const Parse& parse, int rounds, uint64_t seed);

// The same two for readers that yield something else: `accepts` reads all there is and says whether
// it was taken. The bytes live as long as the call.
using Accepts = std::function<bool(io::Bytes)>;
int CutAndTry(const std::string& file, const Accepts& accepts);
int MutateAndTry(const std::string& file, const Accepts& accepts, int rounds, uint64_t seed);

}  // namespace ironscribe::formats::testing
