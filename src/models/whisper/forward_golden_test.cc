// The forward passes in float32 against openai-whisper's, on tiny random models that it wrote
// (testdata/README.md), through the ordinary way from a checkpoint to its results.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>

#include "formats/registry.h"
#include "models/registry.h"
#include "models/whisper/forward.h"
#include "models/whisper/random_checkpoint.h"
#include "models/whisper/whisper_model.h"

namespace ironscribe::models::whisper {
namespace {

namespace fs = std::filesystem;

constexpr int kState = 16;
constexpr size_t kVocabularyStride = 8;

// The golden values are exact, and the reference's own float32 is known to be so far from them.
// Other orders of the same sums, and functions by polynomials instead of a library, come to 5 times
// as much on the encoder's side and to 2 times on the decoder's; a wrong layer is off by units, a
// million times as much.
constexpr double kRoundingFactor = 16;

fs::path TestData() { return fs::path(IRONSCRIBE_SOURCE_DIR) / "src/models/whisper/testdata"; }

std::string ReadBytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Golden {
  std::string name;
  int mels = 0;
  int frames = 0;
  int vocab_size = 0;
  double encoder_rounding = 0;
  double decoder_rounding = 0;
  std::vector<decoding::TokenId> tokens;
  std::vector<float> features;
  std::vector<float> encoded;
  std::vector<float> log_probabilities;

  size_t columns() const {
    return (static_cast<size_t>(vocab_size) + kVocabularyStride - 1) / kVocabularyStride;
  }
};

std::vector<Golden> ReadGolden() {
  std::vector<Golden> all;
  std::ifstream info(TestData() / "forward.txt");
  for (std::string line; std::getline(info, line);) {
    std::istringstream fields(line);
    Golden golden;
    fields >> golden.name >> golden.mels >> golden.frames >> golden.vocab_size >>
        golden.encoder_rounding >> golden.decoder_rounding;
    for (decoding::TokenId token; fields >> token;) golden.tokens.push_back(token);
    const std::string bytes = ReadBytes(TestData() / ("forward_" + golden.name + ".f32"));
    size_t at = 0;
    const auto take = [&](size_t count) {
      std::vector<float> values(count);
      for (float& value : values) {
        uint32_t bits = 0;
        for (int byte = 3; byte >= 0; --byte) {
          bits = bits << 8 | static_cast<unsigned char>(bytes.at(at + static_cast<size_t>(byte)));
        }
        at += 4;
        value = std::bit_cast<float>(bits);
      }
      return values;
    };
    golden.features = take(static_cast<size_t>(golden.frames * golden.mels));
    golden.encoded = take(static_cast<size_t>(golden.frames / 2 * kState));
    golden.log_probabilities = take(golden.tokens.size() * golden.columns());
    EXPECT_EQ(at, bytes.size()) << golden.name;
    all.push_back(std::move(golden));
  }
  return all;
}

std::unique_ptr<Model> Load(const Golden& golden, CpuLevel level) {
  const ModelFolder folder;
  folder.Write("random.pt", ReadBytes(TestData() / ("forward_" + golden.name + ".pt")));
  const auto source = formats::OpenWeights(folder.path()).value();
  const auto writer = formats::PackedWriter::CreateInMemory();
  const std::string json = PackWhisper({.source = source.get(),
                                        .folder = folder.path(),
                                        .compute = ComputeType::kFloat32,
                                        .digest = "",
                                        .alignment_heads = ""},
                                       *writer)
                               .value();
  return LoadWhisper({.file = writer->FinishInMemory(json).value(),
                      .metadata = json,
                      .cpu_level = level,
                      .name = golden.name})
      .value();
}

// The rows of a packed matrix [n, k]: its product with the identity.
std::vector<float> Unpack(const nn::Kernels& kernels, const kernels::PackedMatrix& matrix) {
  nn::RowBuffer identity;
  identity.Reset(kernels::LinearType::kFloat32, matrix.k, matrix.k);
  std::vector<float> row(static_cast<size_t>(matrix.k));
  for (int64_t i = 0; i < matrix.k; ++i) {
    row.assign(row.size(), 0.0f);
    row[static_cast<size_t>(i)] = 1.0f;
    identity.Set(kernels, i, row.data());
  }
  std::vector<float> columns(static_cast<size_t>(matrix.k * matrix.n));
  nn::ApplyLinear(kernels, {.weights = matrix}, identity.view(), matrix.k,
                  {.out = columns.data(), .out_stride = matrix.n});
  std::vector<float> rows(columns.size());
  for (int64_t k = 0; k < matrix.k; ++k) {
    for (int64_t n = 0; n < matrix.n; ++n) {
      rows[static_cast<size_t>(n * matrix.k + k)] = columns[static_cast<size_t>(k * matrix.n + n)];
    }
  }
  return rows;
}

void ExpectEncoderOutput(const Golden& golden, const nn::KeyValues& memory, CpuLevel level) {
  const nn::Kernels kernels(level);
  const int64_t head_size = memory.head_size();
  ASSERT_EQ(memory.num_heads() * head_size, kState);
  for (int64_t head = 0; head < memory.num_heads(); ++head) {
    const std::vector<float> keys = Unpack(kernels, memory.keys(head, 0, memory.positions()));
    const std::vector<float> values = Unpack(kernels, memory.values(head, 0, memory.positions()));
    for (int64_t position = 0; position < golden.frames / 2; ++position) {
      for (int64_t i = 0; i < head_size; ++i) {
        const float expected =
            golden.encoded[static_cast<size_t>(position * kState + head * head_size + i)];
        const double tolerance = kRoundingFactor * golden.encoder_rounding;
        ASSERT_NEAR(keys[static_cast<size_t>(position * head_size + i)], expected, tolerance);
        const size_t value =
            static_cast<size_t>(i) * (values.size() / static_cast<size_t>(head_size)) +
            static_cast<size_t>(position);
        ASSERT_NEAR(values[value], expected, tolerance);
      }
    }
  }
}

TEST(ForwardGoldenTest, EncoderAndDecoderAgreeWithTheReference) {
  const std::vector<Golden> all = ReadGolden();
  ASSERT_EQ(all.size(), 2u);
  for (const Golden& golden : all) {
    for (const CpuLevel level : SupportedCpuLevels()) {
      SCOPED_TRACE(golden.name + " " + std::string(CpuLevelName(level)));
      const auto model = Load(golden, level);
      const WindowModel& window = model->window_model();
      ASSERT_EQ(window.num_mels(), golden.mels);
      ASSERT_EQ(window.vocab_size(), golden.vocab_size);
      ThreadPool pool(2);
      const auto scratch = window.NewScratch();
      const auto encoding = window.Encode({golden.features}, *scratch, pool).value();
      ExpectEncoderOutput(golden, static_cast<const WhisperEncoding&>(*encoding).layers.at(0),
                          level);
      const auto state = window.NewState(encoding, 1);
      const std::vector<uint8_t> lineage(golden.tokens.size(), 0);
      std::vector<decoding::TokenRow> rows(golden.tokens.size());
      std::vector<decoding::RowResult> results(rows.size());
      std::vector<StepRow> step;
      for (size_t i = 0; i < rows.size(); ++i) {
        rows[i].token = golden.tokens[i];
        rows[i].position = static_cast<int>(i);
        rows[i].lineage = std::span(lineage).first(i);
        rows[i].query.wants_logits = true;
        for (int id = 0; id < golden.vocab_size; id += kVocabularyStride) {
          rows[i].query.forced.push_back(id);
        }
        step.push_back({.state = state.get(),
                        .row = &rows[i],
                        .result = &results[i],
                        .alignment_scores = nullptr});
      }
      window.Step(step, *scratch, pool);
      for (size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(results[i].forced.size(), golden.columns());
        for (size_t j = 0; j < golden.columns(); ++j) {
          ASSERT_NEAR(results[i].forced[j], golden.log_probabilities[i * golden.columns() + j],
                      kRoundingFactor * golden.decoder_rounding)
              << "row " << i << ", column " << j;
        }
      }
    }
  }
}

}  // namespace
}  // namespace ironscribe::models::whisper
