// How far two arithmetics of one model agree: one of them (float32 by default) transcribes each
// recording's first window, then both are fed its tokens and their choices are compared. Prints one JSON
// object with the totals and one line per recording; asserts nothing.
//
//   ironscribe-agreement MODEL_FOLDER [--reference float32] [--compute int8] [--language en] AUDIO ...
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "audio/open_audio.h"
#include "decoding/forced_search.h"
#include "dsp/log_mel.h"
#include "engine/model_loader.h"
#include "engine/scheduler.h"
#include "models/whisper/prompt.h"
#include "text/tokenizer.h"

namespace ironscribe {
namespace {

struct Totals {
  int64_t tokens = 0;
  int64_t equal = 0;
  double difference = 0;  // Of log-probabilities, absolute, summed.
};

struct Side {
  engine::LoadedModel loaded;
  std::unique_ptr<engine::Scheduler> scheduler;
};

struct Arguments {
  std::string model;
  std::string reference = "float32";
  std::string compute = "int8";
  std::string language = "en";
  std::vector<std::string> files;
};

Result<Side> OpenSide(const Arguments& arguments, const std::string& compute) {
  engine::RecognizerOptions options;
  ASSIGN_OR_RETURN(options.compute, models::ParseComputeType(compute));
  Side side;
  ASSIGN_OR_RETURN(side.loaded, engine::LoadModel(arguments.model, options));
  side.scheduler = std::make_unique<engine::Scheduler>(
      side.loaded.model->window_model(),
      engine::SchedulerOptions{.num_threads = UsableCpus(), .batch_size = 1});
  return side;
}

Result<std::vector<float>> FirstWindow(audio::PcmSource& source, const models::WindowModel& model) {
  const int frames = model.max_frames();
  std::vector<float> samples(static_cast<size_t>(frames * dsp::kHopSamples));
  size_t count = 0;
  while (count < samples.size()) {
    ASSIGN_OR_RETURN(const size_t read, source.Read(std::span(samples).subspan(count)));
    if (read == 0) break;
    count += read;
  }
  samples.resize(count);
  const dsp::LogMel log_mel(model.num_mels());
  std::vector<float> features(static_cast<size_t>(frames * model.num_mels()));
  log_mel.LogEnergies(samples, 0, frames, features);
  dsp::LogMel::Normalize(features, dsp::LogMel::Maximum(features));
  return features;
}

// The tokens the reference side writes for the first window, behind the start sequence.
Result<std::vector<decoding::TokenId>> ReferenceTokens(Side& side, audio::PcmSource& source,
                                                       const text::Tokenizer& tokenizer,
                                                       const std::string& language) {
  models::DecodingOptions options;
  options.language = language;
  options.temperatures = {0};
  options.clips = {{0, 30}};
  ASSIGN_OR_RETURN(const transcript::Transcript transcript,
                   side.loaded.model->Transcribe(source, options, *side.scheduler, {}, {}));
  std::vector<decoding::TokenId> tokens =
      models::whisper::StartSequence(tokenizer, language, models::Task::kTranscribe);
  for (const transcript::Segment& segment : transcript.segments) {
    if (segment.seek_frames != 0) break;
    tokens.insert(tokens.end(), segment.tokens.begin(), segment.tokens.end());
  }
  const auto limit = static_cast<size_t>(side.loaded.model->window_model().max_positions());
  if (tokens.size() > limit) tokens.resize(limit);
  return tokens;
}

Status Force(Side& side, const std::vector<float>& features, decoding::ForcedSearch& search) {
  ASSIGN_OR_RETURN(const auto encoding, side.scheduler->Encode(features, {}));
  return side.scheduler->Run(encoding, search, {});
}

Status CompareFile(const Arguments& arguments, const std::string& file, Side& reference, Side& other,
                   Totals& totals) {
  ASSIGN_OR_RETURN(const auto source, audio::OpenAudio(file, {}));
  const models::WindowModel& model = reference.loaded.model->window_model();
  ASSIGN_OR_RETURN(const auto tokenizer,
                   text::Tokenizer::LoadFolder(arguments.model, model.vocab_size()));
  ASSIGN_OR_RETURN(const auto tokens,
                   ReferenceTokens(reference, *source, *tokenizer, arguments.language));
  RETURN_IF_ERROR(source->Rewind());
  ASSIGN_OR_RETURN(const std::vector<float> features, FirstWindow(*source, model));
  const int first =
      static_cast<int>(models::whisper::StartSequence(*tokenizer, arguments.language,
                                                      models::Task::kTranscribe).size());
  if (tokens.size() <= static_cast<size_t>(first)) return OkStatus();  // Nothing was said.
  decoding::ForcedSearch a(tokens, {.first_scored = first}), b(tokens, {.first_scored = first});
  RETURN_IF_ERROR(Force(reference, features, a));
  RETURN_IF_ERROR(Force(other, features, b));
  Totals own;
  for (size_t i = static_cast<size_t>(first); i < tokens.size(); ++i) {
    ++own.tokens;
    own.equal += a.top()[i].id == b.top()[i].id ? 1 : 0;
    own.difference += std::fabs(a.log_probabilities()[i] - b.log_probabilities()[i]);
  }
  std::printf("{\"file\": \"%s\", \"tokens\": %lld, \"equal\": %lld, \"difference\": %.6f}\n",
              file.c_str(), static_cast<long long>(own.tokens), static_cast<long long>(own.equal),
              own.difference / static_cast<double>(own.tokens));
  totals.tokens += own.tokens;
  totals.equal += own.equal;
  totals.difference += own.difference;
  return OkStatus();
}

Status RunComparison(const Arguments& arguments) {
  ASSIGN_OR_RETURN(Side reference, OpenSide(arguments, arguments.reference));
  ASSIGN_OR_RETURN(Side other, OpenSide(arguments, arguments.compute));
  Totals totals;
  for (const std::string& file : arguments.files) {
    RETURN_IF_ERROR(CompareFile(arguments, file, reference, other, totals).Annotate(file));
  }
  const double count = static_cast<double>(std::max<int64_t>(1, totals.tokens));
  std::printf("{\"tokens\": %lld, \"agreement_percent\": %.3f, \"mean_difference\": %.5f}\n",
              static_cast<long long>(totals.tokens), 100.0 * static_cast<double>(totals.equal) / count,
              totals.difference / count);
  return OkStatus();
}

}  // namespace
}  // namespace ironscribe

int main(int argc, char** argv) {
  ironscribe::Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    std::string* value = argument == "--reference"  ? &arguments.reference
                         : argument == "--compute"  ? &arguments.compute
                         : argument == "--language" ? &arguments.language
                                                    : nullptr;
    if (value != nullptr && i + 1 < argc) {
      *value = argv[++i];
    } else if (arguments.model.empty()) {
      arguments.model = argument;
    } else {
      arguments.files.emplace_back(argument);
    }
  }
  if (arguments.files.empty()) {
    std::fprintf(stderr, "usage: %s MODEL_FOLDER [--reference float32] [--compute int8] [--language en] "
                         "AUDIO ...\n", argv[0]);
    return 2;
  }
  const ironscribe::Status status = ironscribe::RunComparison(arguments);
  if (!status.ok()) std::fprintf(stderr, "error: %s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
