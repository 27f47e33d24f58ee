// The plan against the network's formulas in double precision, frame by frame without any state.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "formats/kaldi/acoustic_model.h"
#include "formats/testing/kaldi_model.h"
#include "formats/testing/kaldi_writer.h"
#include "models/kaldi/network_plan.h"

namespace ironscribe::models::kaldi {
namespace {

namespace kf = formats::kaldi;
using Row = std::vector<double>;

class NaiveNetwork {
 public:
  NaiveNetwork(const kf::Network& network, std::vector<Row> input, Row ivector)
      : network_(network), input_(std::move(input)), ivector_(std::move(ivector)) {}

  Row Node(const std::string& name, int64_t time) const {
    if (name == "ivector") return ivector_;
    if (name == "input") {
      const auto last = static_cast<int64_t>(input_.size()) - 1;
      return input_[static_cast<size_t>(std::clamp<int64_t>(time, 0, last))];
    }
    const kf::NetworkNode* node = network_.Node(name);
    if (node->kind == kf::NetworkNode::Kind::kOutput) return Value(node->input, time);
    const kf::Component& component = *network_.FindComponent(node->component);
    if (component.type == "TdnnComponent") {
      Row spliced;
      for (const int32_t offset : *component.List("TimeOffsets")) {
        const Row row = Value(node->input, time + offset);
        spliced.insert(spliced.end(), row.begin(), row.end());
      }
      return Affine(component, spliced);
    }
    return Apply(component, Value(node->input, time));
  }

 private:
  Row Value(const kf::Descriptor& descriptor, int64_t time) const {
    using Kind = kf::Descriptor::Kind;
    if (descriptor.kind == Kind::kNode) return Node(descriptor.name, time);
    if (descriptor.kind == Kind::kOffset) {
      return Value(descriptor.parts[0], time + descriptor.number);
    }
    if (descriptor.kind == Kind::kReplaceIndex) return Value(descriptor.parts[0], 0);
    Row result;
    for (const kf::Descriptor& part : descriptor.parts) {
      const Row row = Value(part, time);
      if (descriptor.kind == Kind::kAppend) {
        result.insert(result.end(), row.begin(), row.end());
      } else {
        result.resize(row.size());
        const double scale =
            descriptor.kind == Kind::kScale ? static_cast<double>(descriptor.scale) : 1.0;
        for (size_t i = 0; i < row.size(); ++i) result[i] += scale * row[i];
      }
    }
    return result;
  }

  static Row Affine(const kf::Component& component, const Row& x) {
    const kf::Matrix* weights = component.Array("LinearParams");
    const kf::Matrix* bias = component.Array("BiasParams");
    if (weights == nullptr) weights = component.Array("Params");
    Row y;
    for (int64_t i = 0; i < weights->rows; ++i) {
      double sum = bias == nullptr ? 0 : bias->values[static_cast<size_t>(i)];
      for (size_t j = 0; j < x.size(); ++j) sum += static_cast<double>(weights->row(i)[j]) * x[j];
      y.push_back(sum);
    }
    return y;
  }

  static Row Apply(const kf::Component& component, Row x) {
    if (component.type.find("Affine") != std::string::npos || component.type == "LinearComponent") {
      return Affine(component, x);
    }
    double sum = 0, squares = 0;
    for (const double value : x) {
      sum += std::exp(value);
      squares += value * value;
    }
    for (size_t i = 0; i < x.size(); ++i) {
      if (component.type == "RectifiedLinearComponent") x[i] = std::max(x[i], 0.0);
      if (component.type == "SigmoidComponent") x[i] = 1 / (1 + std::exp(-x[i]));
      if (component.type == "TanhComponent") x[i] = std::tanh(x[i]);
      if (component.type == "LogSoftmaxComponent") x[i] -= std::log(sum);
      if (component.type == "NormalizeComponent") {
        x[i] /= std::sqrt(squares / static_cast<double>(x.size()));
      }
      if (component.type == "BatchNormComponent") {
        x[i] = (x[i] - component.Array("StatsMean")->values[i]) /
               std::sqrt(component.Array("StatsVar")->values[i] + 0.001);
      }
    }
    return x;
  }

  const kf::Network& network_;
  std::vector<Row> input_;
  Row ivector_;
};

// A TDNN-F in small: context by offsets and by components, a bottleneck, a sum with a scaled
// by-pass, an i-vector, every operation on rows.
std::string TextNetwork(std::string_view loop = "") {
  formats::testing::KaldiWriter writer(false);
  writer.Raw("<Nnet3>\ninput-node name=input dim=2\ninput-node name=ivector dim=1\n");
  writer.Raw(
      "component-node name=lda component=lda input=Append(Offset(input, -1), input, "
      "Offset(input, 1), ReplaceIndex(ivector, t, 0))\n");
  writer.Raw("component-node name=relu component=relu input=lda\n");
  writer.Raw("component-node name=tdnn component=tdnn input=relu\n");
  writer.Raw("component-node name=tanh component=tanh input=tdnn\n");
  writer.Raw(
      std::string("component-node name=sum component=sigmoid input=Sum(Scale(0.66, relu), ") +
      (loop.empty() ? "tanh" : std::string(loop)) + ")\n");
  writer.Raw(
      "component-node name=out component=out input=Append(Offset(sum, -3), Offset(sum, 3))\n");
  writer.Raw("component-node name=norm component=norm input=out\n");
  writer.Raw("component-node name=soft component=soft input=norm\n");
  writer.Raw("output-node name=output input=soft\n\n<NumComponents> 8 ");
  const auto matrix = [&](const char* tag, int rows, int cols) {
    Random random(static_cast<uint64_t>(rows * 100 + cols));
    std::vector<float> values;
    for (int i = 0; i < rows * cols; ++i) {
      values.push_back(static_cast<float>(random.Next() % 1000) / 500 - 1);
    }
    writer.Token(tag);
    rows == 1 ? writer.Vector(values) : writer.Matrix(rows, cols, values);
  };
  const auto begin = [&](const char* name, const char* type) {
    writer.Token("<ComponentName>").Token(name).Token(std::string("<") + type + ">");
  };
  begin("lda", "FixedAffineComponent");
  matrix("<LinearParams>", 3, 7);
  matrix("<BiasParams>", 1, 3);
  writer.Token("</FixedAffineComponent>");
  begin("relu", "RectifiedLinearComponent");
  writer.Token("<Dim>").Int(3).Token("</RectifiedLinearComponent>");
  begin("tdnn", "TdnnComponent");
  writer.Token("<TimeOffsets>").Ints({-3, 0, 3});
  matrix("<LinearParams>", 3, 9);
  matrix("<BiasParams>", 1, 3);
  writer.Token("</TdnnComponent>");
  begin("tanh", "TanhComponent");
  writer.Token("<Dim>").Int(3).Token("</TanhComponent>");
  begin("sigmoid", "SigmoidComponent");
  writer.Token("<Dim>").Int(3).Token("</SigmoidComponent>");
  begin("out", "LinearComponent");
  matrix("<Params>", 4, 6);
  writer.Token("</LinearComponent>");
  begin("norm", "NormalizeComponent");
  writer.Token("<Dim>").Int(4).Token("</NormalizeComponent>");
  begin("soft", "LogSoftmaxComponent");
  writer.Token("<Dim>").Int(4).Token("</LogSoftmaxComponent>").Token("</Nnet3>");
  return writer.text();
}

Result<kf::Network> Parse(const std::string& text) {
  kf::ObjectReader reader(std::as_bytes(std::span(text)), "network");
  return kf::ReadNetwork(reader);
}

std::vector<Row> Input(int64_t frames, int dim) {
  Random random(5);
  std::vector<Row> rows(static_cast<size_t>(frames), Row(static_cast<size_t>(dim)));
  for (Row& row : rows) {
    for (double& value : row) value = static_cast<float>(random.Next() % 1000) / 400 - 1;
  }
  return rows;
}

void ExpectEqualToNaive(const kf::Network& network, const PlanOptions& options, int ivector_dim) {
  const auto plan = NetworkPlan::Compile(network, options);
  ASSERT_TRUE(plan.ok()) << plan.status().ToString();
  const int dim = (*plan)->input_dim();
  const std::vector<Row> rows = Input(40, dim);
  const Row ivector(static_cast<size_t>(ivector_dim), 0.5);
  const NaiveNetwork naive(network, rows, ivector);
  NetworkState state(*plan);
  for (int64_t output = 0; output < 39 / options.frame_subsampling;) {
    std::vector<float> input;
    for (int64_t t = state.next_input_begin(); t < state.next_input_end(); ++t) {
      const Row& row = rows[static_cast<size_t>(std::clamp<int64_t>(t, 0, 39))];
      input.insert(input.end(), row.begin(), row.end());
    }
    const auto scores =
        state.Advance(input, std::vector<float>(static_cast<size_t>(ivector_dim), 0.5f));
    for (int i = 0; i < (*plan)->chunk_outputs(); ++i, ++output) {
      const Row expected = naive.Node("output", output * options.frame_subsampling);
      for (size_t j = 0; j < expected.size(); ++j) {
        EXPECT_NEAR(scores[static_cast<size_t>(i) * expected.size() + j], expected[j], 1e-4)
            << output << " " << j;
      }
    }
  }
}

TEST(NetworkPlanTest, EqualToTheFormulas) {
  const auto network = Parse(TextNetwork());
  ASSERT_TRUE(network.ok()) << network.status().ToString();
  for (const int subsampling : {1, 3}) {
    for (const int chunk : {3, 6, 24}) {
      ExpectEqualToNaive(*network, {.frames_per_chunk = chunk, .frame_subsampling = subsampling},
                         1);
    }
  }
  const auto plan = NetworkPlan::Compile(*network, {});
  EXPECT_EQ((*plan)->left_context(), 7);
  EXPECT_EQ((*plan)->right_context(), 7);
}

TEST(NetworkPlanTest, EqualToTheFormulasWithBatchNorm) {
  const std::string file = formats::testing::KaldiNetworkModel(true);
  const auto model = kf::ReadAcousticModel(std::as_bytes(std::span(file)), "model");
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  ExpectEqualToNaive(*model->network, {.frames_per_chunk = 4, .frame_subsampling = 1}, 0);
}

TEST(NetworkPlanTest, RecurrenceIsRefusedByName) {
  const auto network = Parse(TextNetwork("Offset(sum, -1)"));
  ASSERT_TRUE(network.ok()) << network.status().ToString();
  const Status status = NetworkPlan::Compile(*network, {}).status();
  EXPECT_EQ(status.code(), StatusCode::kUnimplemented);
  EXPECT_NE(status.message().find("'sum'"), std::string::npos);
}

TEST(NetworkPlanTest, WhatDoesNotFitIsRefused) {
  auto network = Parse(TextNetwork());
  ASSERT_TRUE(network.ok());
  kf::Network wrong = *network;
  wrong.components[0].arrays["LinearParams"].cols = 6;
  EXPECT_EQ(NetworkPlan::Compile(wrong, {}).status().code(), StatusCode::kInvalidArgument);
  wrong = *network;
  wrong.components[1].type = "LstmNonlinearityComponent";
  EXPECT_EQ(NetworkPlan::Compile(wrong, {}).status().code(), StatusCode::kUnimplemented);
  wrong = *network;
  wrong.nodes[3].input.name = "nowhere";
  EXPECT_EQ(NetworkPlan::Compile(wrong, {}).status().code(), StatusCode::kInvalidArgument);
  const std::vector<float> priors(3, 0.5f);
  EXPECT_EQ(NetworkPlan::Compile(*network, {.priors = priors}).status().code(),
            StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace ironscribe::models::kaldi
