#include "apps/cli/keys_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>

#include "accounts/account_database.h"
#include "accounts/key_json.h"
#include "accounts/key_store.h"
#include "apps/cli/exit_code.h"
#include "apps/cli/help_formatter.h"
#include "apps/cli/keys_report.h"

namespace ironscribe::cli {
namespace {

// Who the audit log says it was.
constexpr std::string_view kActor = "cli";
constexpr double kHourMs = 3'600'000;
constexpr double kDayMs = 24 * kHourMs;
// A century: beyond it a number is a mistake.
constexpr double kMaxDays = 36'500;

struct KeysFlags {
  std::string data_folder;
  bool json = false;
  std::string id;
  std::string name;
  std::string owner;
  std::string scopes = "transcribe,jobs";
  std::optional<double> expires_days;
  std::optional<double> audio_seconds_per_day;
  std::optional<int64_t> concurrent_requests;
  std::optional<int64_t> requests_per_minute;
  double grace_hours = 24;
  bool now = false;
};

CLI::App* AddSubcommand(CLI::App& app, KeysFlags& flags, const std::string& name,
                        const std::string& description) {
  CLI::App* sub = app.add_subcommand(name, description);
  sub->add_option("--data-dir", flags.data_folder, "Data folder of the server")
      ->envname("IRONSCRIBE_DATA_DIR");
  sub->add_flag("--json", flags.json, "Print JSON");
  return sub;
}

void AddCreate(CLI::App& app, KeysFlags& flags) {
  CLI::App* create = AddSubcommand(app, flags, "create", "Make a key and print its secret, once");
  create->add_option("--name", flags.name, "For people: who or what uses it")->required();
  create->add_option("--owner", flags.owner,
                     "Keys of one owner see each other's jobs (default: the key alone)");
  create->add_option("--scopes", flags.scopes,
                     "transcribe, jobs, models, usage, keys, metrics, admin, with commas between "
                     "them (default transcribe,jobs)");
  create->add_option("--expires-days", flags.expires_days, "Days until it ends (default: never)")
      ->check(CLI::Range(0.0, kMaxDays));
  create->add_option("--audio-seconds-per-day", flags.audio_seconds_per_day,
                     "Limit by days of UTC (default: none)");
  create->add_option("--concurrent-requests", flags.concurrent_requests,
                     "Limit of requests at once (default: none)");
  create->add_option("--requests-per-minute", flags.requests_per_minute,
                     "Limit of requests (default: none)");
  create->footer(
      "Examples:\n"
      "  ironscribe keys create --data-dir /var/lib/ironscribe --name newsroom\n"
      "  ironscribe keys create --data-dir data --name trial --expires-days 30 \\\n"
      "    --audio-seconds-per-day 36000 --requests-per-minute 60\n\n"
      "The secret is standard output, so that a script can put it where it belongs:\n"
      "  ironscribe keys create --data-dir data --name ci > ci.key");
}

void AddOthers(CLI::App& app, KeysFlags& flags) {
  AddSubcommand(app, flags, "list", "Show all keys; secrets only by their beginning")
      ->footer("Example:\n  ironscribe keys list --data-dir /var/lib/ironscribe --json");
  CLI::App* rotate = AddSubcommand(app, flags, "rotate", "Print another secret for a key, once");
  rotate->add_option("KEY", flags.id, "Id that `keys list` shows")->required();
  rotate
      ->add_option("--grace-hours", flags.grace_hours,
                   "Hours for which the present secret is accepted too (default 24)")
      ->check(CLI::Range(0.0, kMaxDays * 24));
  rotate->add_flag("--now", flags.now, "The present secret ends at once: it was stolen");
  rotate->footer(
      "Examples:\n"
      "  ironscribe keys rotate key_0123456789abcdef --data-dir data --grace-hours 72\n"
      "  ironscribe keys rotate key_0123456789abcdef --data-dir data --now");
  CLI::App* revoke = AddSubcommand(app, flags, "revoke", "End a key for good, without asking");
  revoke->add_option("KEY", flags.id, "Id that `keys list` shows")->required();
  revoke->footer("Example:\n  ironscribe keys revoke key_0123456789abcdef --data-dir data");
}

void PrintCreated(const accounts::CreatedSecret& created, bool json, const KeysServices& services) {
  if (json) {
    services.out << accounts::CreatedJson(created);
    return;
  }
  services.out << created.secret << "\n";
  services.err << created.key_id << ": the secret above is not shown again\n";
}

Status Create(accounts::KeyStore& keys, const KeysFlags& flags, int64_t now_ms,
              const KeysServices& services) {
  accounts::NewKey key{.name = flags.name,
                       .owner = flags.owner,
                       .quota = {.audio_seconds_per_day = flags.audio_seconds_per_day,
                                 .concurrent_requests = flags.concurrent_requests,
                                 .requests_per_minute = flags.requests_per_minute}};
  const auto scopes = accounts::ParseScopes(flags.scopes);
  if (!scopes.ok()) return scopes.status().Annotate("--scopes");
  key.scopes = *scopes;
  if (flags.expires_days) {
    key.expires_ms = now_ms + static_cast<int64_t>(std::llround(*flags.expires_days * kDayMs));
  }
  ASSIGN_OR_RETURN(const auto created, keys.Create(key, kActor));
  PrintCreated(created, flags.json, services);
  return OkStatus();
}

Status Dispatch(const CLI::App& app, const KeysFlags& flags, const KeysServices& services) {
  if (flags.data_folder.empty()) return InvalidArgumentError("--data-dir: which folder?");
  const bool creates = app.got_subcommand("create");
  // A mistyped folder must not become one; `create` may come before the server's first start.
  std::error_code error;
  if (!creates && !std::filesystem::exists(accounts::AccountsPath(flags.data_folder), error)) {
    return NotFoundError("'" + flags.data_folder + "' has no keys: no server has used it");
  }
  ASSIGN_OR_RETURN(const auto database, accounts::AccountDatabase::Open(
                                            flags.data_folder, {.wall_ms = services.wall_ms}));
  ASSIGN_OR_RETURN(const auto keys, accounts::KeyStore::Open(*database));
  const int64_t now_ms = database->NowMs();
  if (creates) return Create(*keys, flags, now_ms, services);
  if (app.got_subcommand("rotate")) {
    const double grace_ms = flags.now ? 0 : flags.grace_hours * kHourMs;
    ASSIGN_OR_RETURN(const auto created,
                     keys->Rotate(flags.id, static_cast<int64_t>(grace_ms), kActor));
    PrintCreated(created, flags.json, services);
    return OkStatus();
  }
  if (app.got_subcommand("revoke")) {
    RETURN_IF_ERROR(keys->Revoke(flags.id, kActor));
    if (flags.json) {
      ASSIGN_OR_RETURN(const auto key, keys->Get(flags.id));
      services.out << accounts::KeysJson({key}, now_ms);
    }
    return OkStatus();
  }
  ASSIGN_OR_RETURN(const auto all, keys->List());
  services.out << (flags.json ? accounts::KeysJson(all, now_ms) : KeyTable(all, now_ms));
  return OkStatus();
}

}  // namespace

int RunKeys(const std::vector<std::string>& arguments, const KeysServices& services) {
  KeysFlags flags;
  CLI::App app("Makes, shows, rotates and revokes the API keys of a server.", "ironscribe keys");
  app.require_subcommand(1);
  app.formatter(std::make_shared<HelpFormatter>());
  AddCreate(app, flags);
  AddOthers(app, flags);
  app.footer(
      "Examples:\n"
      "  ironscribe keys create --data-dir data --name newsroom\n"
      "  ironscribe keys list --data-dir data\n"
      "  ironscribe keys rotate --help\n\n"
      "A server that runs sees changes within seconds. Exit status: 0 done, 1 failed, 2 wrong "
      "usage.");
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error, services.out, services.err) == 0
               ? 0
               : static_cast<int>(ExitCode::kWrongUsage);
  }
  const Status status = Dispatch(app, flags, services);
  services.out.flush();
  return static_cast<int>(status.ok() ? ExitCode::kDone : EndWithError(status, services.err));
}

int RunKeysCommand(int argc, char** argv) {
  return RunKeys(std::vector<std::string>(argv + 1, argv + argc),
                 {.out = std::cout, .err = std::cerr});
}

}  // namespace ironscribe::cli
