#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/header_parameters.h"
#include "api/multipart.h"

namespace {

class Counter final : public ironscribe::api::PartSink {
 public:
  ironscribe::Status BeginPart(const ironscribe::api::PartHead&) override { return {}; }
  ironscribe::Status TakePart(std::string_view bytes) override {
    bytes_ += bytes.size();
    return {};
  }
  ironscribe::Status EndPart() override { return {}; }

 private:
  size_t bytes_ = 0;
};

}  // namespace

// The first byte says how the body is cut into pieces.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t step = size_t{data[0]} + 1;
  std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)ironscribe::api::ParseParameterizedValue(body.substr(0, 200));
  Counter counter;
  auto parser =
      ironscribe::api::MultipartParser::Create("multipart/form-data; boundary=XY", counter);
  while (!body.empty() && parser->Take(body.substr(0, step)).ok()) {
    body.remove_prefix(std::min(step, body.size()));
  }
  (void)parser->Finish();
  return 0;
}
