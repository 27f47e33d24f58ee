// A form as it arrives: its fields in memory, its one file in the spool, in any order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/multipart.h"
#include "api/spool.h"
#include "base/status.h"

namespace ironscribe::api {

struct FormField {
  std::string name;
  std::string value;
};

struct Form {
  std::vector<FormField> fields;    // In the order they came; names may repeat.
  std::unique_ptr<SpoolFile> file;  // Null if there was none.
};

inline constexpr size_t kMaxFieldBytes = 256 * 1024;        // A list of what is to be redacted.
inline constexpr size_t kMaxFieldsBytes = 2 * 1024 * 1024;  // All of a form.

// Not thread-safe.
class FormReader final : private PartSink {
 public:
  // The part of the name `file_field` is the file, whether it has a file name or not; every other
  // is a field. `owner`: whose share of the spool it takes. Errors: InvalidArgument, see
  // MultipartParser.
  static Result<std::unique_ptr<FormReader>> Create(std::string_view content_type,
                                                    std::string file_field,
                                                    std::shared_ptr<Spool> spool,
                                                    std::string owner = "");

  // Errors: InvalidArgument for what is no form, holds two files, or fields that are not UTF-8;
  // OutOfRange for fields or a file above their limits; ResourceExhausted when the spool is full.
  Status Take(std::string_view piece) { return parser_->Take(piece); }
  // The end of the body; once.
  Result<Form> Finish();

 private:
  FormReader(std::string file_field, std::shared_ptr<Spool> spool, std::string owner)
      : file_field_(std::move(file_field)), spool_(std::move(spool)), owner_(std::move(owner)) {}

  Status BeginPart(const PartHead& head) override;
  Status TakePart(std::string_view bytes) override;
  Status EndPart() override;

  const std::string file_field_;
  const std::shared_ptr<Spool> spool_;
  const std::string owner_;
  std::optional<MultipartParser> parser_;
  Form form_;
  bool in_file_ = false;
  size_t fields_bytes_ = 0;
};

}  // namespace ironscribe::api
