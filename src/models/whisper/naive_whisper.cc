#include "models/whisper/naive_whisper.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace ironscribe::models::whisper {
namespace {

double Gelu(double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }

void Add(std::vector<std::vector<double>>& x, const std::vector<std::vector<double>>& y) {
  for (size_t t = 0; t < x.size(); ++t) {
    for (size_t i = 0; i < x[t].size(); ++i) x[t][i] += y[t][i];
  }
}

}  // namespace

bool NaiveWhisper::Has(const std::string& name) const {
  return std::any_of(checkpoint_.tensors.begin(), checkpoint_.tensors.end(),
                     [&](const auto& tensor) { return tensor.name == name; });
}

const std::vector<float>& NaiveWhisper::Values(const std::string& name) const {
  return std::find_if(checkpoint_.tensors.begin(), checkpoint_.tensors.end(),
                      [&](const auto& tensor) { return tensor.name == name; })
      ->values;
}

NaiveWhisper::Rows NaiveWhisper::Linear(const std::string& name, const Rows& x) const {
  const std::vector<float>& weight = Values(name + ".weight");
  const size_t inputs = x[0].size(), outputs = weight.size() / inputs;
  const std::vector<float> bias =
      Has(name + ".bias") ? Values(name + ".bias") : std::vector<float>(outputs, 0.0f);
  Rows y(x.size(), std::vector<double>(outputs, 0.0));
  for (size_t t = 0; t < x.size(); ++t) {
    for (size_t o = 0; o < outputs; ++o) {
      y[t][o] = bias[o];
      for (size_t i = 0; i < inputs; ++i) y[t][o] += x[t][i] * weight[o * inputs + i];
    }
  }
  return y;
}

NaiveWhisper::Rows NaiveWhisper::Norm(const std::string& name, const Rows& x) const {
  const std::vector<float>& weight = Values(name + ".weight");
  const std::vector<float>& bias = Values(name + ".bias");
  Rows y = x;
  for (std::vector<double>& row : y) {
    double mean = 0, variance = 0;
    for (double value : row) mean += value / static_cast<double>(row.size());
    for (double value : row)
      variance += (value - mean) * (value - mean) / static_cast<double>(row.size());
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = (row[i] - mean) / std::sqrt(variance + 1e-5) * weight[i] + bias[i];
    }
  }
  return y;
}

// Kernel 3, padding 1, GELU.
NaiveWhisper::Rows NaiveWhisper::Convolve(const std::string& name, const Rows& x,
                                          size_t stride) const {
  if (x.empty()) return {};
  const std::vector<float>& weight = Values(name + ".weight");
  const std::vector<float>& bias = Values(name + ".bias");
  const size_t inputs = x[0].size();
  Rows y;
  for (size_t t = 0; t < x.size(); t += stride) {
    std::vector<double> row(bias.begin(), bias.end());
    for (size_t o = 0; o < bias.size(); ++o) {
      for (size_t tap = 0; tap < 3; ++tap) {
        if (t + tap < 1 || t + tap > x.size()) continue;
        for (size_t i = 0; i < inputs; ++i) {
          row[o] += x[t + tap - 1][i] * weight[(o * inputs + i) * 3 + tap];
        }
      }
      row[o] = Gelu(row[o]);
    }
    y.push_back(std::move(row));
  }
  return y;
}

NaiveWhisper::Rows NaiveWhisper::Attend(const std::string& name, const Rows& x, const Rows& memory,
                                        bool causal, std::vector<Rows>* scores) const {
  const Rows q = Linear(name + ".query", x), k = Linear(name + ".key", memory),
             v = Linear(name + ".value", memory);
  const auto heads = static_cast<size_t>(dims_.text_heads);
  const size_t size = q[0].size() / heads;
  Rows out(x.size(), std::vector<double>(q[0].size(), 0.0));
  for (size_t h = 0; h < heads; ++h) {
    Rows head_scores;
    for (size_t t = 0; t < x.size(); ++t) {
      const size_t visible = causal ? t + 1 : memory.size();
      std::vector<double> row(visible, 0.0);
      for (size_t p = 0; p < visible; ++p) {
        for (size_t i = h * size; i < (h + 1) * size; ++i) row[p] += q[t][i] * k[p][i];
        row[p] /= std::sqrt(static_cast<double>(size));
      }
      double total = 0;
      for (double score : row) total += std::exp(score);
      for (size_t p = 0; p < visible; ++p) {
        for (size_t i = h * size; i < (h + 1) * size; ++i) {
          out[t][i] += std::exp(row[p]) / total * v[p][i];
        }
      }
      head_scores.push_back(std::move(row));
    }
    if (scores != nullptr) scores->push_back(std::move(head_scores));
  }
  return Linear(name + ".out", out);
}

void NaiveWhisper::FeedForward(const std::string& name, Rows& x) const {
  Rows inner = Linear(name + ".mlp.0", Norm(name + ".mlp_ln", x));
  for (std::vector<double>& row : inner) std::transform(row.begin(), row.end(), row.begin(), Gelu);
  Add(x, Linear(name + ".mlp.2", inner));
}

// What the layers start from.
NaiveWhisper::Rows NaiveWhisper::Embed(std::span<const float> features) const {
  const auto mels = static_cast<size_t>(dims_.num_mels);
  Rows x;
  for (size_t t = 0; t * mels < features.size(); ++t) {
    x.emplace_back(features.begin() + static_cast<int64_t>(t * mels),
                   features.begin() + static_cast<int64_t>((t + 1) * mels));
  }
  x = Convolve("encoder.conv2", Convolve("encoder.conv1", x, 1), 2);
  const std::vector<float>& positions = Values("encoder.positional_embedding");
  for (size_t t = 0; t < x.size(); ++t) {
    for (size_t i = 0; i < x[t].size(); ++i) x[t][i] += positions[t * x[t].size() + i];
  }
  return x;
}

NaiveWhisper::Rows NaiveWhisper::Encode(std::span<const float> features,
                                        std::span<const float> silence) const {
  Rows x = Embed(features), quiet = Embed(silence);
  const auto with_silence = [&](Rows rows, const Rows& silent_rows) {
    for (size_t t = rows.size(); t < silent_rows.size(); ++t) rows.push_back(silent_rows[t]);
    return rows;
  };
  for (int layer = 0; layer < dims_.audio_layers; ++layer) {
    const std::string name = fmt::format("encoder.blocks.{}", layer);
    const Rows normal = Norm(name + ".attn_ln", x), quiet_normal = Norm(name + ".attn_ln", quiet);
    Add(x, Attend(name + ".attn", normal, with_silence(normal, quiet_normal), false, nullptr));
    FeedForward(name, x);
    if (quiet.empty()) continue;
    Add(quiet, Attend(name + ".attn", quiet_normal, quiet_normal, false, nullptr));
    FeedForward(name, quiet);
  }
  return Norm("encoder.ln_post", with_silence(x, quiet));
}

NaiveWhisper::Rows NaiveWhisper::Decode(const Rows& audio, std::span<const int32_t> tokens,
                                        std::vector<std::vector<Rows>>* scores) const {
  const std::vector<float>& embedding = Values("decoder.token_embedding.weight");
  const std::vector<float>& positions = Values("decoder.positional_embedding");
  const auto state = static_cast<size_t>(dims_.text_state);
  Rows x;
  for (size_t t = 0; t < tokens.size(); ++t) {
    std::vector<double> row(state);
    for (size_t i = 0; i < state; ++i) {
      row[i] =
          double{embedding[static_cast<size_t>(tokens[t]) * state + i]} + positions[t * state + i];
    }
    x.push_back(std::move(row));
  }
  for (int layer = 0; layer < dims_.text_layers; ++layer) {
    const std::string name = fmt::format("decoder.blocks.{}", layer);
    const Rows normal = Norm(name + ".attn_ln", x);
    Add(x, Attend(name + ".attn", normal, normal, true, nullptr));
    std::vector<Rows> layer_scores;
    Add(x, Attend(name + ".cross_attn", Norm(name + ".cross_attn_ln", x), audio, false,
                  &layer_scores));
    if (scores != nullptr) scores->push_back(std::move(layer_scores));
    FeedForward(name, x);
  }
  return Norm("decoder.ln", x);
}

std::vector<std::vector<double>> NaiveWhisper::LogProbabilities(
    std::span<const float> features, std::span<const int32_t> tokens,
    std::span<const float> silence) const {
  const Rows hidden = Decode(Encode(features, silence), tokens, nullptr);
  const std::vector<float>& embedding = Values("decoder.token_embedding.weight");
  std::vector<std::vector<double>> result;
  for (const std::vector<double>& row : hidden) {
    std::vector<double> logits(static_cast<size_t>(dims_.vocab_size), 0.0);
    double total = 0;
    for (size_t id = 0; id < logits.size(); ++id) {
      for (size_t i = 0; i < row.size(); ++i) logits[id] += row[i] * embedding[id * row.size() + i];
      total += std::exp(logits[id]);
    }
    for (double& logit : logits) logit -= std::log(total);
    result.push_back(std::move(logits));
  }
  return result;
}

std::vector<double> NaiveWhisper::CrossScores(std::span<const float> features,
                                              std::span<const int32_t> tokens,
                                              const std::vector<std::pair<int, int>>& heads,
                                              std::span<const float> silence) const {
  std::vector<std::vector<Rows>> scores;
  Decode(Encode(features, silence), tokens, &scores);
  std::vector<double> result;
  for (size_t t = 0; t < tokens.size(); ++t) {
    for (const auto& [layer, head] : heads) {
      const std::vector<double>& row =
          scores[static_cast<size_t>(layer)][static_cast<size_t>(head)][t];
      result.insert(result.end(), row.begin(), row.end());
    }
  }
  return result;
}

}  // namespace ironscribe::models::whisper
