// The models of a server, each loaded once at the start.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "api/recognition.h"
#include "apps/cli/serve_flags.h"

namespace ironscribe::cli {

class ServedModels final : public api::SpeechModels {
 public:
  explicit ServedModels(const ServeOptions& options) : options_(options) {}

  // Blocks. Errors: the first model that cannot be opened. `on_note` is told what the operator
  // should know of them.
  Status Load(std::stop_token stop, const std::function<void(const std::string&)>& on_note);

  std::vector<api::ModelEntry> List() const override;
  Result<std::shared_ptr<api::SpeechModel>> Open(std::string_view name,
                                                 std::stop_token stop) override;

 private:
  const ServeOptions& options_;
  mutable std::mutex mutex_;
  std::vector<api::ModelEntry> entries_;
  std::map<std::string, std::shared_ptr<api::SpeechModel>, std::less<>> models_;
};

}  // namespace ironscribe::cli
