#include "models/kaldi/packed_graphs.h"

#include <gtest/gtest.h>

#include "formats/testing/openfst_writer.h"
#include "io/file.h"
#include "io/test_folder.h"

namespace ironscribe::models::kaldi {
namespace {

using formats::openfst::Fst;

Fst SmallGraph() {
  Fst fst;
  fst.start = 0;
  fst.finals = {decoding::wfst::kInfinity, 0.5f};
  fst.arcs = {{2, 5, 1, 1}, {0, 0, 2, 1}, {1, 0, 3, 1}};
  fst.arc_begins = {0, 2, 3};
  fst.output_symbols = {{0, "<eps>"}, {5, "five"}};
  return fst;
}

class PackedGraphsTest : public ::testing::Test {
 protected:
  Result<std::shared_ptr<const formats::PackedFile>> Pack(const VoskPaths& paths) {
    const auto writer = formats::PackedWriter::CreateInMemory();
    RETURN_IF_ERROR(PackGraphs(paths, *writer));
    return writer->FinishInMemory("{}");
  }

  std::filesystem::path Write(const char* name, const Fst& fst, const char* type) {
    const std::filesystem::path path = folder_.path() / name;
    const std::string bytes = formats::testing::WriteFst(fst, {type});
    EXPECT_TRUE(io::WriteFileAtomically(path, bytes).ok());
    return path;
  }

  io::TestFolder folder_;
};

TEST_F(PackedGraphsTest, AStaticGraphComesBack) {
  const auto file = Pack({{"graph", Write("HCLG.fst", SmallGraph(), "const")}});
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  const auto graphs = MapGraphs(**file, 2);
  ASSERT_TRUE(graphs.ok()) << graphs.status().ToString();
  decoding::wfst::StaticGraph graph(graphs->static_graph);
  EXPECT_EQ(graph.Start(), 0);
  ASSERT_EQ(graph.Arcs(0).num_arcs, 2u);
  EXPECT_EQ(graph.Arcs(0).num_epsilons, 1u);
  EXPECT_EQ(graph.Arcs(0).emitting()[0], (decoding::wfst::Arc{2, 5, 1, 1}));
  EXPECT_EQ(graph.Final(1), 0.5f);
  const auto words = MapWords(**file);
  ASSERT_TRUE(words.ok()) << words.status().ToString();
  EXPECT_EQ(words->at(5), "five");
  EXPECT_EQ(words->at(3), "");
}

TEST_F(PackedGraphsTest, TransitionsThatTheModelDoesNotHave) {
  const auto file = Pack({{"graph", Write("HCLG.fst", SmallGraph(), "vector")}});
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  EXPECT_EQ(MapGraphs(**file, 1).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(PackedGraphsTest, AGraphWithoutWords) {
  Fst fst = SmallGraph();
  fst.output_symbols.clear();
  EXPECT_EQ(Pack({{"graph", Write("HCLG.fst", fst, "const")}}).status().code(),
            StatusCode::kInvalidArgument);
  const std::filesystem::path symbols = folder_.path() / "words.txt";
  ASSERT_TRUE(io::WriteFileAtomically(symbols, "<eps> 0\nfive 5\n").ok());
  const auto file = Pack({{"graph", Write("HCLG.fst", fst, "const")}, {"symbols", symbols}});
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  EXPECT_EQ(MapWords(**file)->at(5), "five");
}

TEST_F(PackedGraphsTest, ALexiconThatCannotLookAhead) {
  const auto path = Write("HCLr.fst", SmallGraph(), "const");
  EXPECT_EQ(Pack({{"lexicon", path}, {"words", path}}).status().code(),
            StatusCode::kInvalidArgument);
}

// The cache is written by us, but whoever can write there may have changed it.
TEST_F(PackedGraphsTest, DamagedArrays) {
  using decoding::wfst::Arc;
  for (int damage = 0; damage < 5; ++damage) {
    const auto writer = formats::PackedWriter::CreateInMemory();
    const auto put = [&](const std::string& name, io::Bytes bytes) {
      ASSERT_TRUE(writer->BeginBlob(name, 1, {static_cast<int64_t>(bytes.size())}).ok());
      ASSERT_TRUE(writer->Append(bytes).ok());
      ASSERT_TRUE(writer->EndBlob().ok());
    };
    const int32_t start[] = {damage == 0 ? 2 : 0};
    const float finals[] = {1, 2};
    const uint32_t begins[] = {0, damage == 1 ? 7u : 1u, damage == 2 ? 1u : 2u};
    const Arc arcs[] = {{1, 0, 0, damage == 3 ? 2 : 1}, {damage == 4 ? -1 : 1, 0, 0, 0}};
    put("graph.start", std::as_bytes(std::span(start)));
    put("graph.finals", std::as_bytes(std::span(finals)));
    put("graph.arc_begins", std::as_bytes(std::span(begins)));
    put("graph.arcs", std::as_bytes(std::span(arcs)));
    const auto file = writer->FinishInMemory("{}");
    ASSERT_TRUE(file.ok()) << file.status().ToString();
    EXPECT_FALSE(MapGraphs(**file, 5).ok()) << damage;
  }
}

// Two states and one class of words; 0: nothing is damaged.
Status MapDamagedLookAhead(int damage) {
  using decoding::wfst::Ahead;
  using decoding::wfst::Arc;
  const auto writer = formats::PackedWriter::CreateInMemory();
  const auto put = [&](const std::string& name, auto values) {
    const io::Bytes bytes =
        std::as_bytes(std::span<const typename decltype(values)::value_type>(values));
    EXPECT_TRUE(writer->BeginBlob(name, 1, {static_cast<int64_t>(bytes.size())}).ok());
    EXPECT_TRUE(writer->Append(bytes).ok());
    EXPECT_TRUE(writer->EndBlob().ok());
  };
  for (const char* name : {"lexicon", "words"}) {
    put(name + std::string(".start"), std::vector<int32_t>{0});
    put(name + std::string(".finals"), std::vector<float>{1, 2});
    put(name + std::string(".arc_begins"), std::vector<uint32_t>{0, 1, 2});
    put(name + std::string(".arcs"), std::vector<Arc>{{1, 1, 0, 1}, {1, 0, 0, 0}});
  }
  const auto value = [&](int which, int32_t bad, int32_t good) {
    return damage == which ? bad : good;
  };
  put("reach.final_label", std::vector<int32_t>{2});
  put("reach.class_of", std::vector<int32_t>{value(1, 1, 0), value(2, -1, 0)});
  put("reach.begins", std::vector<uint32_t>{0, damage == 3 ? 2u : 1u});
  put("reach.intervals", std::vector<formats::openfst::LabelInterval>{{1, 2}});
  put("busiest.state", std::vector<int32_t>{value(4, 2, 0)});
  put("busiest.ahead",
      damage == 5 ? std::vector<Ahead>() : std::vector<Ahead>{{0, value(6, 1, value(7, -3, 0))}});
  put("sums.begins", std::vector<int32_t>{value(8, 0, -1), -1});
  put("sums", std::vector<double>());
  const auto file = writer->FinishInMemory("{}");
  EXPECT_TRUE(file.ok()) << file.status().ToString();
  return MapGraphs(**file, 5).status();
}

TEST(PackedLookAheadTest, DamagedArrays) {
  EXPECT_TRUE(MapDamagedLookAhead(0).ok()) << MapDamagedLookAhead(0).ToString();
  for (int damage = 1; damage <= 8; ++damage)
    EXPECT_FALSE(MapDamagedLookAhead(damage).ok()) << damage;
}

}  // namespace
}  // namespace ironscribe::models::kaldi
