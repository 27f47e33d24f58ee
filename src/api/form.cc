#include "api/form.h"

#include <fmt/format.h>

#include <utility>

#include "text/utf8.h"

namespace ironscribe::api {

Result<std::unique_ptr<FormReader>> FormReader::Create(std::string_view content_type,
                                                       std::string file_field,
                                                       std::shared_ptr<Spool> spool,
                                                       std::string owner) {
  std::unique_ptr<FormReader> reader(
      new FormReader(std::move(file_field), std::move(spool), std::move(owner)));
  ASSIGN_OR_RETURN(reader->parser_, MultipartParser::Create(content_type, *reader));
  return reader;
}

Result<Form> FormReader::Finish() {
  RETURN_IF_ERROR(parser_->Finish());
  return std::move(form_);
}

Status FormReader::BeginPart(const PartHead& head) {
  in_file_ = head.name == file_field_;
  if (!in_file_) {
    fields_bytes_ += head.name.size();
    form_.fields.push_back({head.name, ""});
    return OkStatus();
  }
  if (form_.file != nullptr) {
    return InvalidArgumentError(fmt::format("the form has two files ('{}')", file_field_));
  }
  form_.file = spool_->NewFile(owner_);
  return OkStatus();
}

Status FormReader::TakePart(std::string_view bytes) {
  if (in_file_) return form_.file->Append(bytes);
  std::string& value = form_.fields.back().value;
  fields_bytes_ += bytes.size();
  if (bytes.size() > kMaxFieldBytes - value.size() || fields_bytes_ > kMaxFieldsBytes) {
    return OutOfRangeError(
        fmt::format("a field is larger than {} bytes, or all together than {}; only '{}' may be",
                    kMaxFieldBytes, kMaxFieldsBytes, file_field_));
  }
  value.append(bytes);
  return OkStatus();
}

Status FormReader::EndPart() {
  if (in_file_ || text::IsValidUtf8(form_.fields.back().value)) return OkStatus();
  return InvalidArgumentError("a field is not UTF-8");
}

}  // namespace ironscribe::api
