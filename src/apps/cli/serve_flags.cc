#include "apps/cli/serve_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "apps/cli/config_flags.h"
#include "apps/cli/flag_source.h"
#include "apps/cli/help_formatter.h"
#include "apps/cli/serve_flag_values.h"
#include "base/cpu.h"
#include "models/compute_type.h"

namespace ironscribe::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  ironscribe serve --model base --no-auth\n"
    "      On http://127.0.0.1:8080, for programs of this machine only.\n"
    "  ironscribe serve --model base --listen 0.0.0.0:8080 --no-auth-listen 127.0.0.1:8090\n"
    "      For everyone who has a key; for programs of this machine without. The first start\n"
    "      prints a key for administration; `ironscribe keys` makes others.\n"
    "  ironscribe serve --model large-v3 --model base --tls-listen 0.0.0.0:8443 \\\n"
    "                   --tls-cert server.pem --tls-key server.key \\\n"
    "                   --admin-listen 127.0.0.1:8081 --data-dir /var/lib/ironscribe\n"
    "      Two models, the first for those who name none; TLS with a certificate of your own.\n"
    "  curl http://127.0.0.1:8080/v1/audio/transcriptions -F model=base -F file=@talk.mp4\n"
    "      A request. Clients of OpenAI work with base_url http://127.0.0.1:8080/v1.\n\n"
    "Every flag can also be set as an environment variable (--max-upload-mb is\n"
    "IRONSCRIBE_MAX_UPLOAD_MB) and in the configuration file (serve: max-upload-mb: 500).\n"
    "SIGTERM finishes what runs and ends, SIGHUP reads the "
    "certificates\n"
    "again. The log, JSON lines without speech, goes to standard error. docs/server.md has more.\n"
    "Exit status: 0 ended as asked, 1 failed, 2 wrong usage.";

constexpr const char* kDefaultListen = "127.0.0.1:8080";
constexpr const char* kDefaultModel = "base";
constexpr uint64_t kMegabyte = 1'000'000;
constexpr double kSecondsPerMinute = 60;

struct RawServe {
  std::string config;
  bool check_config = false;
  bool print_schema = false;
  std::vector<std::string> models;
  std::vector<std::string> aliases;
  double memory_mb = 0;
  double idle_unload_minutes = 0;
  std::vector<std::string> listen;
  std::vector<std::string> tls_listen;
  std::vector<std::string> no_auth_listen;
  std::vector<std::string> no_auth_from;
  std::string admin_listen;
  bool admin_tls = false;
  std::vector<std::string> callback_hosts;
  std::vector<std::string> audio_hosts;
  double job_audio_mb = 100'000;
  bool no_auth = false;
  std::string tls_cert;
  std::string tls_key;
  bool tls_self_signed = false;
  std::string models_folder;
  std::string cache_folder;
  std::string data_folder;
  std::string compute = "auto";
  std::string cpu_level = "auto";
  uint64_t max_upload_mb = 2147;  // 2 GiB, the largest file that Amazon Transcribe takes.
  uint64_t spool_mb = 16'000;
  uint64_t spool_per_key_mb = 8'000;
  double max_audio_hours = 24;
  double drain_delay_seconds = 0;
  double drain_seconds = 30;
};

void AddModelFlags(CLI::App& app, ServeOptions& options, RawServe& raw) {
  app.option_defaults()->group("Models and machine");
  app.add_option("-m,--model", raw.models,
                 "Installed model's name, or a path; may be repeated, the first serves those who "
                 "name none (default base). NAME@sha256:DIGEST serves these weights only")
      ->allow_extra_args(false);
  app.add_option("--alias", raw.aliases,
                 "NAME=MODEL: another name for a model; NAME=MODEL,CANDIDATE:SHARE has another "
                 "model serve that share of requests, such as 0.05; may be repeated")
      ->allow_extra_args(false);
  app.add_flag("--load-on-demand", options.load_on_demand,
               "Load models when they are asked for first, not at the start");
  app.add_option("--idle-unload", raw.idle_unload_minutes,
                 "Minutes after which a model that nobody uses is unloaded (default 0: never)")
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--memory-mb", raw.memory_mb,
                 "Memory for models and what works on them; models that nobody uses make room for "
                 "others (default 0: four fifths of what is free)")
      ->check(CLI::Range(0.0, 1e9));
  app.add_option("--models-dir", raw.models_folder, "Folder of installed models");
  app.add_option("--cache-dir", raw.cache_folder, "Folder of packed models");
  app.add_option("--compute", raw.compute, "auto, float32, bfloat16 or int8 (auto is int8)");
  app.add_option("--threads", options.recognizer.num_threads,
                 "Threads of a model; 0 takes as many as this process may use (default)")
      ->check(CLI::Range(0, 1024));
  app.add_option("--batch-size", options.recognizer.batch_size,
                 "Windows of a model worked on at once at most, of all requests (default 8)")
      ->check(CLI::Range(1, 256));
  app.add_option("--cpu-level", raw.cpu_level, "Force a kernel level, as `transcribe` has it");
}

void AddNetworkFlags(CLI::App& app, ServeOptions& options, RawServe& raw) {
  app.option_defaults()->group("Network");
  app.add_option("-l,--listen", raw.listen,
                 "HOST:PORT without TLS, HTTP/1.1 and HTTP/2; may be repeated (default "
                 "127.0.0.1:8080, unless there is another)")
      ->allow_extra_args(false);
  app.add_option("--tls-listen", raw.tls_listen, "HOST:PORT with TLS; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--tls-cert", raw.tls_cert, "PEM file: the certificate and its chain");
  app.add_option("--tls-key", raw.tls_key, "PEM file: the certificate's key");
  app.add_flag("--tls-self-signed", raw.tls_self_signed,
               "A certificate made at start, for trials: clients have to be told not to check it");
  app.add_option("--otlp-traces", options.trace_url,
                 "URL of a collector that takes OTLP over HTTP in JSON, such as "
                 "http://127.0.0.1:4318/v1/traces (default: nothing is traced)");
  app.add_option("--otlp-share", options.trace_share,
                 "Share of requests that are traced where clients do not say (default 1)")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--max-connections", options.http.max_connections,
                 "Connections at once (default 1024)")
      ->check(CLI::Range(1, 100'000));
}

void AddAccessFlags(CLI::App& app, RawServe& raw) {
  app.option_defaults()->group("Access");
  app.add_flag("--no-auth", raw.no_auth,
               "Ask nobody for a key who reaches a port of --listen or --tls-listen");
  app.add_option("--no-auth-listen", raw.no_auth_listen,
                 "HOST:PORT without TLS on which nobody is asked for a key; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--no-auth-from", raw.no_auth_from,
                 "Let in without a key only who comes from these addresses, such as 10.0.0.0/8; "
                 "may be repeated (default: everybody)")
      ->allow_extra_args(false);
  app.add_option("--admin-listen", raw.admin_listen,
                 "HOST:PORT for administration and metrics, which are nowhere else and always need "
                 "a key (default: none)");
  app.add_flag("--admin-tls", raw.admin_tls,
               "TLS on --admin-listen too, with the certificate of --tls-cert or "
               "--tls-self-signed");
}

void AddJobFlags(CLI::App& app, ServedJobsOptions& jobs, RawServe& raw) {
  app.option_defaults()->group("Jobs");
  app.add_option("--job-workers", jobs.num_workers,
                 "Recordings of jobs worked on at once; 0: the server takes no jobs (default 2)")
      ->check(CLI::Range(0, 1024));
  app.add_option("--job-retention-hours", jobs.retention_hours,
                 "How long finished jobs are kept, with recording and result (default 168)")
      ->check(CLI::Range(0.01, 24.0 * 366));
  app.add_option("--recordings-dir", jobs.recordings_folder,
                 "Everyone who may submit jobs may name recordings below this folder");
  app.add_option("--job-audio-mb", raw.job_audio_mb,
                 "Room for the recordings of all jobs; beyond it 507 (default 100000)")
      ->check(CLI::Range(1.0, 1e12));
}

void AddOutboundFlags(CLI::App& app, ServedJobsOptions& jobs, RawServe& raw) {
  app.option_defaults()->group("Requests to hosts that clients name");
  app.add_option("--callback-host", raw.callback_hosts,
                 "[http://]HOST[:PORT][@RANGE]: jobs may have this host told when they are final; "
                 "*.NAME is all hosts below it, addresses that are not public need RANGE, such as "
                 "10.0.0.0/8; may be repeated (default: nobody is told)")
      ->allow_extra_args(false);
  app.add_option(
      "--callback-secret-file", jobs.secret_file,
      "File with the secret that signs callbacks, one a line while it is being replaced");
  app.add_option("--audio-url-host", raw.audio_hosts,
                 "As --callback-host: jobs may name recordings on this host by URL; may be "
                 "repeated (default: nothing is fetched)")
      ->allow_extra_args(false);
  app.add_option("--audio-url-timeout", jobs.audio_timeout_seconds,
                 "Seconds until a recording has to be fetched (default 600)")
      ->check(CLI::Range(1.0, 86'400.0));
  app.add_option("--outbound-ca-file", jobs.ca_file,
                 "PEM file of the authorities that these hosts' certificates are checked by "
                 "(default: the system's)");
}

void AddLimitFlags(CLI::App& app, ServeOptions& options, RawServe& raw) {
  app.option_defaults()->group("Limits and files");
  app.add_option("--data-dir", raw.data_folder, "Where the server keeps its files");
  app.add_option("--max-upload-mb", raw.max_upload_mb, "Largest recording (default 2147)")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--spool-mb", raw.spool_mb,
                 "Room for all uploads under way; beyond it 507 (default 16000)")
      ->check(CLI::Range(1, 100'000'000));
  app.add_option("--spool-per-key-mb", raw.spool_per_key_mb,
                 "Of it, room for the uploads of one key (default 8000)")
      ->check(CLI::Range(1, 100'000'000));
  app.add_option("--max-waiting", options.queue.max_waiting,
                 "Requests that wait for their turn; beyond it 503 (default 256)")
      ->check(CLI::Range(1, 10'000));
  app.add_option("--max-waiting-per-key", options.queue.max_waiting_per_key,
                 "Of these, requests of one key; beyond it 429 (default 64)")
      ->check(CLI::Range(1, 10'000));
  app.add_option("--max-audio-hours", raw.max_audio_hours, "Longest recording (default 24)")
      ->check(CLI::Range(0.001, 1000.0));
  app.add_option("--drain-delay", raw.drain_delay_seconds,
                 "After SIGTERM, seconds that the server still takes requests while /readyz says "
                 "no (default 0)")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--drain-timeout", raw.drain_seconds,
                 "After SIGTERM, seconds until what still runs is given up (default 30)")
      ->check(CLI::Range(0.0, 86'400.0));
}

// Not flags of the work: they have no variable and do not stand in the file.
void AddConfigFlags(CLI::App& app, RawServe& raw) {
  app.option_defaults()->group("Configuration");
  app.add_option("--config", raw.config,
                 "YAML file whose section 'serve:' holds flags by their long names (default: "
                 "config.yaml in the XDG folder)");
  app.add_flag("--check-config", raw.check_config,
               "Say whether flags, configuration, models and certificates are good, and end");
  app.add_flag("--print-config-schema", raw.print_schema,
               "Print the JSON Schema of the configuration, and end");
}

Status ApplyConfig(CLI::App& app, const RawServe& raw, const Folders& folders,
                   ConfigSource& source) {
  std::error_code error;
  const std::filesystem::path path =
      raw.config.empty() ? folders.config_file : std::filesystem::path(raw.config);
  if (raw.config.empty() && !std::filesystem::exists(path, error)) return OkStatus();
  return ApplyConfigFlags(app, {.path = path, .section = "serve"}, source);
}

Result<server::TlsOptions> TlsOf(const RawServe& raw) {
  const bool has_files = !raw.tls_cert.empty() || !raw.tls_key.empty();
  if (has_files == raw.tls_self_signed) {
    return InvalidArgumentError(
        "TLS needs --tls-cert and --tls-key, or --tls-self-signed for trials");
  }
  if (has_files && (raw.tls_cert.empty() || raw.tls_key.empty())) {
    return InvalidArgumentError("--tls-cert and --tls-key go together");
  }
  server::TlsOptions tls;
  tls.certificate_file = raw.tls_cert;
  tls.key_file = raw.tls_key;
  tls.self_signed = raw.tls_self_signed;
  return tls;
}

// Adds a listener of HOST:PORT. Errors name the flag.
Result<server::ListenerOptions*> AddListener(std::string_view flag, std::string_view text,
                                             std::string_view kind, ServeOptions& options) {
  auto listener = ParseServeListener(text);
  if (!listener.ok()) return listener.status().Annotate(std::string(flag));
  listener->name = fmt::format("{}-{}", kind, options.listeners.size() + 1);
  options.listeners.push_back(*std::move(listener));
  return &options.listeners.back();
}

Status AddTlsListeners(const RawServe& raw, ServeOptions& options) {
  const bool has_tls = !raw.tls_cert.empty() || !raw.tls_key.empty() || raw.tls_self_signed;
  if (raw.tls_listen.empty() && has_tls && !raw.admin_tls) {
    return InvalidArgumentError("a certificate needs --tls-listen HOST:PORT");
  }
  for (const std::string& text : raw.tls_listen) {
    ASSIGN_OR_RETURN(server::ListenerOptions* const listener,
                     AddListener("--tls-listen", text, "https", options));
    ASSIGN_OR_RETURN(listener->tls, TlsOf(raw));
    if (raw.tls_self_signed) listener->tls->self_signed_names = {listener->host};
  }
  return OkStatus();
}

Status ConvertListeners(const RawServe& raw, ServeOptions& options) {
  std::vector<std::string> plain = raw.listen;
  if (plain.empty() && raw.tls_listen.empty() && raw.no_auth_listen.empty()) {
    plain = {kDefaultListen};
  }
  for (const std::string& text : plain) {
    RETURN_IF_ERROR(AddListener("--listen", text, "http", options).status());
  }
  RETURN_IF_ERROR(AddTlsListeners(raw, options));
  std::set<std::string>& anonymous = options.access.anonymous_listeners;
  if (raw.no_auth) {
    for (const server::ListenerOptions& listener : options.listeners) {
      anonymous.insert(listener.name);
    }
  }
  for (const std::string& text : raw.no_auth_listen) {
    ASSIGN_OR_RETURN(const server::ListenerOptions* const listener,
                     AddListener("--no-auth-listen", text, "http", options));
    anonymous.insert(listener->name);
  }
  if (raw.admin_listen.empty()) {
    return raw.admin_tls ? InvalidArgumentError("--admin-tls: goes with --admin-listen")
                         : OkStatus();
  }
  ASSIGN_OR_RETURN(server::ListenerOptions* const admin,
                   AddListener("--admin-listen", raw.admin_listen, "admin", options));
  if (raw.admin_tls) {
    const auto tls = TlsOf(raw);
    if (!tls.ok()) return tls.status().Annotate("--admin-tls");
    admin->tls = *tls;
    if (raw.tls_self_signed) admin->tls->self_signed_names = {admin->host};
  }
  options.access.admin_listener = admin->name;
  return OkStatus();
}

Status ConvertAccess(const RawServe& raw, ServeOptions& options) {
  for (const std::string& text : raw.no_auth_from) {
    auto range = net::AddressRange::Parse(text);
    if (!range.ok()) return range.status().Annotate("--no-auth-from");
    options.access.anonymous_addresses.push_back(*std::move(range));
  }
  if (!raw.no_auth_from.empty() && options.access.anonymous_listeners.empty()) {
    return InvalidArgumentError("--no-auth-from: goes with --no-auth or --no-auth-listen");
  }
  return OkStatus();
}

std::chrono::milliseconds Milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
}

std::filesystem::path FolderOr(const std::string& typed, const std::filesystem::path& otherwise) {
  return typed.empty() ? otherwise : std::filesystem::path(typed);
}

Status ConvertModels(const RawServe& raw, ServeOptions& options) {
  for (const std::string& text : raw.models) {
    auto model = ParseServedModel(text);
    if (!model.ok()) return model.status().Annotate("--model");
    options.models.push_back(*std::move(model));
  }
  if (options.models.empty()) options.models = {{kDefaultModel, ""}};
  for (const std::string& text : raw.aliases) {
    auto alias = ParseServedAlias(text);
    if (!alias.ok()) return alias.status().Annotate("--alias");
    options.aliases.push_back(*std::move(alias));
  }
  options.memory_bytes = static_cast<int64_t>(raw.memory_mb * kMegabyte);
  options.idle_unload =
      std::chrono::seconds(static_cast<int64_t>(raw.idle_unload_minutes * kSecondsPerMinute));
  return OkStatus();
}

// Requires: the spool's limits are settled.
Status ConvertJobs(const RawServe& raw, ServeOptions& options) {
  ServedJobsOptions& jobs = options.jobs;
  jobs.max_audio_bytes = static_cast<uint64_t>(raw.job_audio_mb * kMegabyte);
  jobs.max_file_bytes = options.spool.max_file_bytes;
  auto callbacks = net::OutboundRules::Parse(raw.callback_hosts);
  if (!callbacks.ok()) return callbacks.status().Annotate("--callback-host");
  jobs.callback_hosts = *std::move(callbacks);
  auto recordings = net::OutboundRules::Parse(raw.audio_hosts);
  if (!recordings.ok()) return recordings.status().Annotate("--audio-url-host");
  jobs.audio_hosts = *std::move(recordings);
  if (jobs.callback_hosts.empty() != jobs.secret_file.empty()) {
    return InvalidArgumentError("--callback-host and --callback-secret-file go together");
  }
  return OkStatus();
}

Status Convert(const RawServe& raw, const Folders& folders, ServeOptions& options) {
  RETURN_IF_ERROR(ConvertListeners(raw, options));
  RETURN_IF_ERROR(ConvertAccess(raw, options));
  const auto compute = models::ParseComputeType(raw.compute);
  if (!compute.ok()) return compute.status().Annotate("--compute");
  options.recognizer.compute = *compute;
  const auto level = ParseCpuLevel(raw.cpu_level);
  if (!level.ok()) return level.status().Annotate("--cpu-level");
  options.recognizer.cpu_level = *level;
  RETURN_IF_ERROR(ConvertModels(raw, options));
  options.models_folder = FolderOr(raw.models_folder, folders.models);
  options.recognizer.cache_folder = FolderOr(raw.cache_folder, folders.cache);
  options.data_folder = FolderOr(raw.data_folder, folders.models.parent_path() / "server");
  options.spool.folder = options.data_folder / "spool";
  options.spool.max_total_bytes = raw.spool_mb * kMegabyte;
  options.spool.max_owner_bytes = raw.spool_per_key_mb * kMegabyte;
  options.spool.max_file_bytes = raw.max_upload_mb * kMegabyte;
  RETURN_IF_ERROR(ConvertJobs(raw, options));
  // The form around the file.
  options.http.max_body_bytes = options.spool.max_file_bytes + 4 * kMegabyte;
  options.max_audio_seconds = static_cast<int64_t>(raw.max_audio_hours * 3600);
  options.drain.delay = Milliseconds(raw.drain_delay_seconds);
  options.drain.deadline = Milliseconds(raw.drain_delay_seconds + raw.drain_seconds);
  return OkStatus();
}

}  // namespace

bool ServeOptions::needs_keys() const {
  return !access.anonymous_addresses.empty() ||
         access.anonymous_listeners.size() < listeners.size();
}

Result<ParsedServeFlags> ParseServeFlags(const std::vector<std::string>& arguments,
                                         const Folders& folders) {
  ParsedServeFlags parsed;
  RawServe raw;
  CLI::App app("Serves recognition over HTTP: OpenAI's audio API and others.", "ironscribe serve");
  AddModelFlags(app, parsed.options, raw);
  AddNetworkFlags(app, parsed.options, raw);
  AddAccessFlags(app, raw);
  AddLimitFlags(app, parsed.options, raw);
  AddJobFlags(app, parsed.options.jobs, raw);
  AddOutboundFlags(app, parsed.options.jobs, raw);
  for (CLI::Option* option : app.get_options()) {
    const auto& names = option->get_lnames();
    if (!names.empty() && names[0] != "help") option->envname(EnvironmentName(names[0]));
  }
  AddConfigFlags(app, raw);
  app.formatter(std::make_shared<HelpFormatter>());
  app.footer(kExamples);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    parsed.text = app.help();
    return parsed;
  } catch (const CLI::Error& error) {
    return InvalidArgumentError(error.what());
  }
  if (raw.print_schema) {
    parsed.text = ConfigSchema(app, "serve");
    return parsed;
  }
  ConfigSource config;
  RETURN_IF_ERROR(ApplyConfig(app, raw, folders, config));
  RETURN_IF_ERROR(
      NameConfig(NameVariable(Convert(raw, folders, parsed.options), arguments), config));
  parsed.check_only = raw.check_config;
  return parsed;
}

}  // namespace ironscribe::cli
