#include "apps/cli/serve_pool.h"

#include <filesystem>
#include <utility>

#include "apps/cli/model_error.h"
#include "apps/cli/open_voice_activity.h"
#include "apps/cli/served_jobs.h"
#include "engine/model_store.h"
#include "io/file.h"

namespace ironscribe::cli {
namespace {

// A chain of certificates has a few kilobytes.
constexpr uint64_t kMaxCertificateBytes = 1 << 20;

engine::StoreOptions StoreOf(const ServeOptions& options) {
  return {.models_folder = options.models_folder, .cache_folder = options.recognizer.cache_folder};
}

// What clients call it: a path's last part says nothing of the machine.
std::string PublicName(const std::string& name) {
  const std::filesystem::path path(name);
  std::error_code error;
  const bool is_path = name.find('/') != std::string::npos && std::filesystem::exists(path, error);
  if (!is_path) return name;
  return path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
}

Status AddModels(engine::ModelPool& pool, const ServeOptions& options) {
  for (const ServedModel& model : options.models) {
    ASSIGN_OR_RETURN(const auto path, engine::ResolveModel(model.name, StoreOf(options)));
    const Status added = pool.Add({.name = PublicName(model.name),
                                   .path = path,
                                   .sha256 = model.sha256,
                                   .load_at_start = !options.load_on_demand});
    if (!added.ok()) return added.Annotate("--model");
  }
  for (const ServedAlias& alias : options.aliases) {
    Status added = pool.PointAlias(alias.name, alias.model);
    if (added.ok() && !alias.candidate.empty()) {
      added = pool.TryAlias(alias.name, alias.candidate, alias.share);
    }
    if (!added.ok()) return added.Annotate("--alias");
  }
  return OkStatus();
}

}  // namespace

Result<ServePool> MakeServePool(const ServeOptions& options, const EngineWatchers& watchers) {
  ServePool made;
  engine::ModelPoolOptions pool_options;
  pool_options.recognizer = options.recognizer;
  pool_options.memory_bytes = options.memory_bytes;
  pool_options.idle_unload = options.idle_unload;
  pool_options.on_step = watchers.on_step;
  pool_options.recognizer.profile = watchers.profile;
  ASSIGN_OR_RETURN(pool_options.recognizer.voice_activity,
                   OpenVoiceActivity({}, StoreOf(options), options.recognizer.cpu_level));
  if (pool_options.recognizer.voice_activity == nullptr) {
    made.note =
        "without silero-vad, silence and noise are more likely to become text; `ironscribe models "
        "pull silero-vad` fetches it";
  }
  made.pool = std::make_unique<engine::ModelPool>(std::move(pool_options));
  RETURN_IF_ERROR(AddModels(*made.pool, options));
  made.default_name = PublicName(options.models[0].name);
  return made;
}

Status CheckServeOptions(const ServeOptions& options) {
  RETURN_IF_ERROR(MakeServePool(options, {}).status());
  for (const server::ListenerOptions& listener : options.listeners) {
    if (!listener.tls.has_value() || listener.tls->self_signed) continue;
    for (const auto& path : {listener.tls->certificate_file, listener.tls->key_file}) {
      const auto file = io::ReadFile(path, kMaxCertificateBytes);
      if (!file.ok()) return file.status().Annotate("--tls-listen");
    }
  }
  RETURN_IF_ERROR(ReadCallbackSecrets(options.jobs).status());
  if (options.jobs.ca_file.empty()) return OkStatus();
  return io::ReadFile(options.jobs.ca_file, kMaxCertificateBytes)
      .status()
      .Annotate("--outbound-ca-file");
}

Status LoadAtStart(engine::ModelPool& pool, const ServeOptions& options, std::stop_token stop) {
  if (options.load_on_demand) return OkStatus();
  for (const ServedModel& model : options.models) {
    const Status loaded = pool.Load(PublicName(model.name), stop);
    if (loaded.ok()) continue;
    ASSIGN_OR_RETURN(const auto path, engine::ResolveModel(model.name, StoreOf(options)));
    return ExplainModelError(loaded, model.name, path, options.models_folder);
  }
  return OkStatus();
}

}  // namespace ironscribe::cli
