#include "models/whisper/random_model.h"

#include <utility>

#include "base/random.h"
#include "formats/registry.h"
#include "models/registry.h"
#include "models/whisper/whisper_model.h"

namespace ironscribe::models::whisper {

using decoding::RowResult;
using decoding::TokenId;
using decoding::TokenRow;

std::unique_ptr<Model> LoadRandomModel(const formats::testing::Checkpoint& openai,
                                       const RandomModelOptions& options) {
  const ModelFolder folder;
  if (!options.config_json.empty()) folder.Write("config.json", options.config_json);
  folder.Write("model.safetensors", formats::testing::MakeSafetensors(ToHuggingFace(openai),
                                                                      formats::Encoding::kFloat32));
  const auto source = formats::OpenWeights(folder.path()).value();
  const auto writer = formats::PackedWriter::CreateInMemory();
  const std::string json = PackWhisper({.source = source.get(),
                                        .folder = folder.path(),
                                        .compute = options.compute,
                                        .digest = "digest",
                                        .alignment_heads = options.alignment_heads},
                                       *writer)
                               .value();
  return LoadWhisper({.file = writer->FinishInMemory(json).value(),
                      .metadata = json,
                      .cpu_level = options.cpu_level,
                      .name = "random"})
      .value();
}

std::vector<TokenId> RandomTokens(uint64_t seed, size_t count) {
  Random random(seed);
  std::vector<TokenId> tokens;
  for (size_t i = 0; i < count; ++i) {
    tokens.push_back(
        static_cast<TokenId>(random.Next() % static_cast<uint64_t>(RandomDimensions().vocab_size)));
  }
  return tokens;
}

Sequence::Sequence(const WindowModel& model, std::shared_ptr<const Encoding> window,
                   std::vector<TokenId> ids)
    : tokens(std::move(ids)), encoding(std::move(window)), state(model.NewState(encoding, 1)) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    TokenRow row{.token = tokens[i],
                 .position = static_cast<int>(i),
                 .slot = 0,
                 .lineage = std::span(lineage).first(i),
                 .query = {}};
    row.query.wants_logits = true;
    row.query.num_candidates = 8;
    rows.push_back(row);
  }
  results.resize(tokens.size());
}

void Sequence::AddRows(size_t first, size_t count, std::vector<StepRow>& out) {
  for (size_t i = first; i < first + count; ++i) {
    out.push_back({.state = state.get(),
                   .row = &rows[i],
                   .result = &results[i],
                   .alignment_scores = nullptr});
  }
}

bool SameResults(const std::vector<RowResult>& a, const std::vector<RowResult>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].candidates.size() != b[i].candidates.size() || a[i].forced != b[i].forced) {
      return false;
    }
    for (size_t j = 0; j < a[i].candidates.size(); ++j) {
      if (a[i].candidates[j].id != b[i].candidates[j].id ||
          a[i].candidates[j].log_probability != b[i].candidates[j].log_probability) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace ironscribe::models::whisper
