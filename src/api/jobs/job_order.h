// What a client orders with a job: the table of parameters, an order made of a form's fields or of
// a line of a manifest, and the payload it is kept as in the queue.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/form.h"
#include "api/parameter_table.h"
#include "api/recognition.h"
#include "base/status.h"

namespace ironscribe::api::jobs {

inline constexpr std::string_view kFileField = "file";
inline constexpr std::string_view kManifestField = "manifest";
// Lines of subtitles do not show it; it is for people and lists only.
inline constexpr size_t kMaxNameBytes = 200;

struct JobOrder {
  RecognitionRequest recognition;
  std::string name;
  std::string path;  // In the operator's folder of recordings; empty: an upload.
  int priority = 0;
  double retention_hours = 0;   // 0: the server's.
  std::string audio_url;        // In place of an upload and `path`; empty: none.
  std::string callback_url;     // Told when the job is final; empty: nobody.
  std::string callback_result;  // The format of the transcript that is told; empty: none.
};

// As the client sent it, so that it is read again by the same table when the job runs.
struct OrderText {
  std::string key_id{};  // Whose quota and usage it is.
  std::vector<FormField> fields{};
  std::string options{};  // The header X-Ironscribe-Options; empty: none.
};

std::span<const Parameter<JobOrder>> OrderParameters();

// `order` with all that its results need. Requires: texts are UTF-8.
ParameterError ReadOrder(const OrderText& text, JobOrder& order);

// The text as JSON, and back. Errors: DataLoss.
std::string WritePayload(const OrderText& text);
Result<OrderText> ReadPayload(std::string_view payload);

// The orders of a batch: lines of JSON objects with parameters by name, which replace those of
// `common`. Errors: InvalidArgument with the line, also for what is no UTF-8, for no lines and for
// more than `max_items`.
Result<std::vector<OrderText>> ReadManifest(std::string_view manifest, const OrderText& common,
                                            size_t max_items);

}  // namespace ironscribe::api::jobs
