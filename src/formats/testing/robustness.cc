#include "formats/testing/robustness.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "base/safe_math.h"

namespace ironscribe::formats::testing {
namespace {

// One edit: mostly changes of single bytes, which keep the structure alive the longest; values that
// sit at limits are likelier than chance would have them.
void Edit(std::string* file, Random* random) {
  constexpr unsigned char kLimits[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe};
  if (file->empty()) return;
  const size_t place = random->Next() % file->size();
  switch (random->Next() % 8) {
    case 0:
      file->erase(place, 1 + random->Next() % 4);
      return;
    case 1:
      file->insert(place, 1 + random->Next() % 4, static_cast<char>(random->Next()));
      return;
    case 2:
    case 3:
      (*file)[place] = static_cast<char>(kLimits[random->Next() % std::size(kLimits)]);
      return;
    case 4:
      (*file)[place] = static_cast<char>((*file)[place] ^ (1 << (random->Next() % 8)));
      return;
    default:
      (*file)[place] = static_cast<char>(random->Next());
  }
}

}  // namespace

ParsedCopy::ParsedCopy(const std::string& file, const Parse& parse)
    : bytes_(reinterpret_cast<const std::byte*>(file.data()),
             reinterpret_cast<const std::byte*>(file.data()) + file.size()),
      source_(parse(FileBytes::Borrow(bytes_, "copy"))) {}

std::vector<float> ReadAll(const WeightSource& source, std::string_view name) {
  const TensorInfo* info = source.Find(name);
  EXPECT_NE(info, nullptr) << name;
  if (info == nullptr) return {};
  std::vector<float> values(*CheckedProduct(info->shape));
  const Status status = source.Read(name, 0, values);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return values;
}

void ReadEverything(const WeightSource& source) {
  constexpr size_t kPiece = 997;  // Prime, so that pieces start everywhere in rows and blocks.
  std::vector<float> piece(kPiece);
  for (const TensorInfo& info : source.tensors()) {
    const auto elements = CheckedProduct(info.shape);
    ASSERT_TRUE(elements) << info.name;
    for (uint64_t offset = 0; offset < *elements; offset += kPiece) {
      const size_t count = std::min<uint64_t>(kPiece, *elements - offset);
      if (!source.Read(info.name, offset, std::span(piece).first(count)).ok()) break;
    }
  }
}

int CutAndTry(const std::string& file, const Accepts& accepts) {
  int accepted = 0;
  for (size_t size = 0; size < file.size(); ++size) {
    // Of exactly this size, or the sanitizer sees nothing.
    const std::vector<char> copy(file.begin(), file.begin() + static_cast<int64_t>(size));
    accepted += accepts(std::as_bytes(std::span(copy)));
  }
  return accepted;
}

int MutateAndTry(const std::string& file, const Accepts& accepts, int rounds, uint64_t seed) {
  Random random(seed);
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string changed = file;
    for (uint64_t edits = 1 + random.Next() % 4; edits > 0; --edits) Edit(&changed, &random);
    const std::vector<char> copy(changed.begin(), changed.end());
    refused += !accepts(std::as_bytes(std::span(copy)));
  }
  return refused;
}

namespace {

Accepts ReadsWith(const Parse& parse) {
  return [&parse](io::Bytes bytes) {
    const auto source = parse(FileBytes::Borrow(bytes, "copy"));
    if (source.ok()) ReadEverything(**source);
    return source.ok();
  };
}

}  // namespace

int CutEverywhere(const std::string& file, const Parse& parse) {
  return CutAndTry(file, ReadsWith(parse));
}

int Mutate(const std::string& file, const Parse& parse, int rounds, uint64_t seed) {
  return MutateAndTry(file, ReadsWith(parse), rounds, seed);
}

}  // namespace ironscribe::formats::testing
