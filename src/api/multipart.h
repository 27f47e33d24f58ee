// multipart/form-data (RFC 7578) as it arrives: finds the parts in pieces of any size and hands
// their contents on at once, so that a large file is never held. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace ironscribe::api {

struct PartHead {
  std::string name;
  std::optional<std::string> file_name;
};

// Takes what a form holds, in order: BeginPart, TakePart any number of times, EndPart. An error
// ends the form.
class PartSink {
 public:
  virtual ~PartSink() = default;
  virtual Status BeginPart(const PartHead& head) = 0;
  virtual Status TakePart(std::string_view bytes) = 0;  // never empty
  virtual Status EndPart() = 0;
};

inline constexpr int kMaxParts = 256;  // A form of speech has a dozen.
inline constexpr size_t kMaxPartHeadBytes = 8 * 1024;
inline constexpr size_t kMaxPreambleBytes = 4 * 1024;

class MultipartParser {
 public:
  // `content_type` is the request's. `sink` outlives the parser. Errors: InvalidArgument for
  // another kind of body or a boundary that RFC 2046 does not allow.
  static Result<MultipartParser> Create(std::string_view content_type, PartSink& sink);

  // The next piece of the body. Errors: InvalidArgument for what is no form, those of the sink. No
  // message repeats anything of the form.
  Status Take(std::string_view piece);

  // The end of the body: an error unless the last part has ended.
  Status Finish() const;

 private:
  enum class State { kPreamble, kAfterDelimiter, kHead, kContent, kEpilogue };

  MultipartParser(std::string delimiter, PartSink& sink);
  // Each does what it can with the front of `waiting_`; true: there may be more to do.
  Result<bool> Step();
  Result<bool> SkipPreamble();
  Result<bool> PassDelimiter();
  Result<bool> ReadHead();
  Result<bool> PassContent();

  std::string delimiter_;  // With the line end in front.
  PartSink* sink_;
  State state_ = State::kPreamble;
  std::string waiting_;  // What has arrived and is not dealt with.
  size_t begin_ = 0;     // Of what is left of it.
  size_t preamble_bytes_ = 0;
  int num_parts_ = 0;
};

}  // namespace ironscribe::api
