// Feeds given tokens to a model and writes the log-probabilities of the whole vocabulary after
// each, for comparison with a reference implementation.
//
//   ironscribe-forced-rows MODEL_FOLDER COMPUTE AUDIO TOKEN,TOKEN,... OUTPUT
//
// OUTPUT holds little-endian float32, [tokens, vocabulary]. Only the first window is looked at.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "audio/open_audio.h"
#include "base/thread_pool.h"
#include "dsp/log_mel.h"
#include "engine/model_loader.h"

namespace ironscribe {
namespace {

Result<std::vector<float>> FirstWindow(const char* path, const models::WindowModel& model) {
  ASSIGN_OR_RETURN(const auto source, audio::OpenAudio(path, {}));
  std::vector<float> samples(static_cast<size_t>(model.max_frames()) * dsp::kHopSamples);
  for (size_t count = 0; count < samples.size();) {
    ASSIGN_OR_RETURN(const size_t read, source->Read(std::span(samples).subspan(count)));
    if (read == 0) break;
    count += read;
  }
  std::vector<float> features(static_cast<size_t>(model.max_frames() * model.num_mels()));
  dsp::LogMel(model.num_mels()).LogEnergies(samples, 0, model.max_frames(), features);
  dsp::LogMel::Normalize(features, dsp::LogMel::Maximum(features));
  return features;
}

// Ids that the vocabulary lacks are an error: they would be read outside the embedding.
Result<std::vector<decoding::TokenId>> ParseTokens(const std::string& text, int vocab_size) {
  std::vector<decoding::TokenId> tokens;
  std::istringstream fields(text);
  for (std::string field; std::getline(fields, field, ',');) {
    const int id = std::atoi(field.c_str());
    if (id < 0 || id >= vocab_size) return InvalidArgumentError("no such token: " + field);
    tokens.push_back(id);
  }
  return tokens;
}

void WriteRows(const models::WindowModel& model, std::shared_ptr<const models::Encoding> encoding,
               std::span<const decoding::TokenId> tokens, models::Scratch& scratch,
               ThreadPool& pool, std::ostream& out) {
  const auto state = model.NewState(std::move(encoding), 1);
  std::vector<decoding::TokenId> everything(static_cast<size_t>(model.vocab_size()));
  std::iota(everything.begin(), everything.end(), 0);
  const std::vector<uint8_t> lineage(tokens.size(), 0);
  for (size_t position = 0; position < tokens.size(); ++position) {
    decoding::TokenRow row;
    row.token = tokens[position];
    row.position = static_cast<int>(position);
    row.lineage = std::span(lineage).first(position);
    row.query.wants_logits = true;
    row.query.forced = everything;
    decoding::RowResult result;
    const models::StepRow step{.state = state.get(), .row = &row, .result = &result};
    model.Step({&step, 1}, scratch, pool);
    out.write(reinterpret_cast<const char*>(result.forced.data()),
              static_cast<std::streamsize>(result.forced.size() * sizeof(float)));
  }
}

Status Run(std::span<char*> arguments) {
  engine::RecognizerOptions options;
  ASSIGN_OR_RETURN(options.compute, models::ParseComputeType(arguments[1]));
  ASSIGN_OR_RETURN(const auto loaded, engine::LoadModel(arguments[0], options));
  const models::WindowModel& model = loaded.model->window_model();
  ASSIGN_OR_RETURN(const auto features, FirstWindow(arguments[2], model));
  ASSIGN_OR_RETURN(const auto tokens, ParseTokens(arguments[3], model.vocab_size()));
  if (tokens.empty() || tokens.size() > static_cast<size_t>(model.max_positions())) {
    return InvalidArgumentError("want 1 to " + std::to_string(model.max_positions()) + " tokens");
  }
  ThreadPool pool(UsableCpus());
  const auto scratch = model.NewScratch();
  ASSIGN_OR_RETURN(auto encoding, model.Encode({.features = features}, *scratch, pool));
  std::ofstream out(arguments[4], std::ios::binary);
  WriteRows(model, std::move(encoding), tokens, *scratch, pool, out);
  out.close();
  return out ? OkStatus() : UnavailableError(std::string("cannot write ") + arguments[4]);
}

}  // namespace
}  // namespace ironscribe

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: %s MODEL_FOLDER COMPUTE AUDIO TOKEN,TOKEN,... OUTPUT\n", argv[0]);
    return 2;
  }
  const ironscribe::Status status = ironscribe::Run(std::span(argv, 6).subspan(1));
  if (!status.ok()) std::fprintf(stderr, "error: %s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
