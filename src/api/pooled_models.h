// The models of a server, out of the engine's pool: loaded when they are needed, under their names
// and aliases.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/recognition.h"
#include "engine/model_pool.h"

namespace ironscribe::api {

// Safe from every thread.
class PooledModels final : public SpeechModels {
 public:
  // `pool` outlives it and every model it gave out. `default_name` is a model or an alias of it.
  PooledModels(engine::ModelPool& pool, std::string default_name, int64_t created_unix_seconds)
      : pool_(pool),
        default_name_(std::move(default_name)),
        created_unix_seconds_(created_unix_seconds) {}

  // Models, then aliases; the default first.
  std::vector<ModelEntry> List() const override;
  Result<std::string> Resolve(std::string_view name, std::string_view request_id) const override;
  Result<std::shared_ptr<SpeechModel>> Open(std::string_view name, std::stop_token stop) override;

 private:
  engine::ModelPool& pool_;
  const std::string default_name_;
  const int64_t created_unix_seconds_;
};

}  // namespace ironscribe::api
