#include "formats/kaldi/object_reader.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "base/safe_math.h"

namespace ironscribe::formats::kaldi {
namespace {

// The longest token that Kaldi writes is a component's name; models name theirs in a few dozen.
constexpr size_t kMaxTokenBytes = 1000;

bool IsSpace(std::byte value) {
  const char c = static_cast<char>(value);
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

}  // namespace

ObjectReader::ObjectReader(io::Bytes bytes, std::string_view name) : bytes_(bytes), name_(name) {
  if (bytes.size() >= 2 && bytes[0] == std::byte{0} && bytes[1] == std::byte{'B'}) {
    binary_ = true;
    offset_ = 2;
  }
}

Status ObjectReader::Error(std::string_view what) const {
  return DataLossError(name_ + ", offset " + std::to_string(offset_) + ": " + std::string(what));
}

void ObjectReader::SkipSpace() {
  while (offset_ < bytes_.size() && IsSpace(bytes_[offset_])) ++offset_;
}

bool ObjectReader::AtEnd() {
  if (!binary_) SkipSpace();
  return offset_ == bytes_.size();
}

Result<std::string_view> ObjectReader::TextWord() {
  SkipSpace();
  const size_t begin = offset_;
  while (offset_ < bytes_.size() && !IsSpace(bytes_[offset_])) {
    if (offset_ - begin >= kMaxTokenBytes) return Error("a word without an end");
    ++offset_;
  }
  if (begin == offset_) return Error("the file ends where a word was expected");
  return std::string_view(reinterpret_cast<const char*>(bytes_.data()) + begin, offset_ - begin);
}

Result<std::string_view> ObjectReader::ReadToken() {
  ASSIGN_OR_RETURN(const std::string_view word, TextWord());
  if (binary_ && offset_ < bytes_.size()) ++offset_;
  return word;
}

Status ObjectReader::Expect(std::string_view token) {
  ASSIGN_OR_RETURN(const std::string_view word, ReadToken());
  if (word == token) return OkStatus();
  return Error("'" + std::string(token) + "' was expected, not '" +
               std::string(word.substr(0, 40)) + "'");
}

bool ObjectReader::NextIs(std::string_view token) {
  const size_t start = offset_;
  const Result<std::string_view> word = TextWord();
  offset_ = start;
  return word.ok() && *word == token;
}

Result<std::string_view> ObjectReader::ReadLine() {
  const size_t begin = offset_;
  while (offset_ < bytes_.size() && bytes_[offset_] != std::byte{'\n'}) ++offset_;
  if (offset_ == bytes_.size()) return Error("a line without an end");
  std::string_view line(reinterpret_cast<const char*>(bytes_.data()) + begin, offset_ - begin);
  ++offset_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

template <typename T>
Result<T> ObjectReader::ReadRaw() {
  if (remaining() < sizeof(T)) return Error("the file ends within a value");
  T value;
  std::memcpy(&value, bytes_.data() + offset_, sizeof(T));
  offset_ += sizeof(T);
  return value;
}

template Result<float> ObjectReader::ReadRaw<float>();
template Result<int32_t> ObjectReader::ReadRaw<int32_t>();
template Result<uint16_t> ObjectReader::ReadRaw<uint16_t>();
template Result<uint8_t> ObjectReader::ReadRaw<uint8_t>();

Result<int32_t> ObjectReader::ReadInt() {
  if (!binary_) {
    ASSIGN_OR_RETURN(const std::string_view word, TextWord());
    int32_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size()) return Error("not an integer");
    return value;
  }
  ASSIGN_OR_RETURN(const int8_t size, ReadRaw<int8_t>());
  // Unsigned values have their size negated.
  if (size != 4 && size != -4) return Error("not an integer of 4 bytes");
  return ReadRaw<int32_t>();
}

Result<double> ObjectReader::ReadFloat() {
  double value = 0;
  if (!binary_) {
    ASSIGN_OR_RETURN(const std::string_view word, TextWord());
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size()) return Error("not a number");
  } else {
    ASSIGN_OR_RETURN(const uint8_t size, ReadRaw<uint8_t>());
    if (size == sizeof(float)) {
      ASSIGN_OR_RETURN(const float single, ReadRaw<float>());
      value = single;
    } else if (size == sizeof(double)) {
      ASSIGN_OR_RETURN(value, ReadRaw<double>());
    } else {
      return Error("not a number of 4 or 8 bytes");
    }
  }
  if (!std::isfinite(value)) return Error("a number that is not finite");
  return value;
}

Result<bool> ObjectReader::ReadBool() {
  if (!binary_) SkipSpace();
  ASSIGN_OR_RETURN(const uint8_t value, ReadRaw<uint8_t>());
  if (value == 'T') return true;
  if (value == 'F') return false;
  return Error("neither T nor F");
}

// A count that raw values of that size follow.
Result<int64_t> ObjectReader::ReadCount(uint64_t element_bytes) {
  ASSIGN_OR_RETURN(const int32_t count, ReadRaw<int32_t>());
  if (count < 0 || static_cast<uint64_t>(count) > remaining() / element_bytes) {
    return Error("too short for " + std::to_string(count) + " values");
  }
  return int64_t{count};
}

Result<std::vector<int32_t>> ObjectReader::ReadInts() {
  std::vector<int32_t> values;
  if (!binary_) {
    RETURN_IF_ERROR(Expect("["));
    while (!NextIs("]")) {
      ASSIGN_OR_RETURN(const int32_t value, ReadInt());
      values.push_back(value);
    }
    RETURN_IF_ERROR(Expect("]"));
    return values;
  }
  ASSIGN_OR_RETURN(const uint8_t size, ReadRaw<uint8_t>());
  if (size != sizeof(int32_t)) return Error("not a list of integers of 4 bytes");
  ASSIGN_OR_RETURN(const int64_t count, ReadCount(sizeof(int32_t)));
  values.resize(static_cast<size_t>(count));
  if (values.empty()) return values;
  std::memcpy(values.data(), bytes_.data() + offset_, values.size() * sizeof(int32_t));
  offset_ += values.size() * sizeof(int32_t);
  return values;
}

Result<std::vector<std::pair<int32_t, int32_t>>> ObjectReader::ReadIntPairs() {
  std::vector<std::pair<int32_t, int32_t>> pairs;
  if (!binary_) {  // [ 1,2 3,4 ]
    RETURN_IF_ERROR(Expect("["));
    while (!NextIs("]")) {
      ASSIGN_OR_RETURN(const std::string_view word, TextWord());
      std::pair<int32_t, int32_t> pair;
      const char* end = word.data() + word.size();
      const auto first = std::from_chars(word.data(), end, pair.first);
      if (first.ec != std::errc() || first.ptr == end || *first.ptr != ',') {
        return Error("not a pair of integers");
      }
      const auto second = std::from_chars(first.ptr + 1, end, pair.second);
      if (second.ec != std::errc() || second.ptr != end) return Error("not a pair of integers");
      pairs.push_back(pair);
    }
    RETURN_IF_ERROR(Expect("]"));
    return pairs;
  }
  ASSIGN_OR_RETURN(const uint8_t size, ReadRaw<uint8_t>());
  if (size != sizeof(int32_t)) return Error("not a list of pairs of 4 bytes");
  ASSIGN_OR_RETURN(const int64_t count, ReadCount(2 * sizeof(int32_t)));
  for (int64_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const int32_t first, ReadRaw<int32_t>());
    ASSIGN_OR_RETURN(const int32_t second, ReadRaw<int32_t>());
    pairs.emplace_back(first, second);
  }
  return pairs;
}

}  // namespace ironscribe::formats::kaldi
