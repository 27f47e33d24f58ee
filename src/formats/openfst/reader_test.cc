#include "formats/openfst/reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "formats/testing/openfst_writer.h"
#include "formats/testing/robustness.h"
#include "io/file.h"

namespace ironscribe::formats::openfst {
namespace {

using testing::FstFile;
using testing::WriteFst;

const std::filesystem::path kFixtures =
    std::filesystem::path(IRONSCRIBE_SOURCE_DIR) / "../shared/data/fixtures/kaldi";

io::Bytes BytesOf(const std::string& text) { return std::as_bytes(std::span(text)); }

Fst SmallFst() {
  Fst fst;
  fst.start = 0;
  fst.finals = {kNotFinal, 0.5f, kNotFinal};
  fst.arc_begins = {0, 2, 2, 3};
  fst.arcs = {{1, 10, 0.25f, 1}, {2, 0, 1, 2}, {3, 12, 0, 1}};
  return fst;
}

Fst LookAheadFst() {
  Fst fst = SmallFst();
  fst.reachability = Reachability{.of_input = false,
                                  .final_label = 13,
                                  .begins = {0, 2, 3, 4},
                                  .intervals = {{10, 11}, {12, 13}, {13, 14}, {12, 13}},
                                  .relabeling = {{7, 10}, {8, 12}}};
  return fst;
}

Status StatusOf(const std::string& file) { return ReadFst(BytesOf(file), "file").status(); }

class KindTest : public ::testing::TestWithParam<FstFile> {};

TEST_P(KindTest, StatesAndArcs) {
  Fst fst = GetParam().type == "olabel_lookahead" ? LookAheadFst() : SmallFst();
  if (GetParam().type != "olabel_lookahead") fst.output_symbols = {{0, "<eps>"}, {10, "ten"}};
  const std::string file = WriteFst(fst, GetParam());
  EXPECT_TRUE(IsFst(BytesOf(file)));
  const auto read = ReadFst(BytesOf(file), "file");
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(read->start, 0);
  EXPECT_EQ(read->finals, fst.finals);
  EXPECT_EQ(read->arc_begins, fst.arc_begins);
  EXPECT_EQ(read->arcs, fst.arcs);
  EXPECT_EQ(read->output_symbols, fst.output_symbols);
}

TEST_P(KindTest, AnArcToNoState) {
  Fst fst = GetParam().type == "olabel_lookahead" ? LookAheadFst() : SmallFst();
  fst.arcs[1].next = 3;
  EXPECT_EQ(StatusOf(WriteFst(fst, GetParam())).code(), StatusCode::kDataLoss);
  fst.arcs[1].next = -1;
  EXPECT_EQ(StatusOf(WriteFst(fst, GetParam())).code(), StatusCode::kDataLoss);
}

TEST_P(KindTest, AWeightThatIsNoNumber) {
  Fst fst = GetParam().type == "olabel_lookahead" ? LookAheadFst() : SmallFst();
  fst.arcs[0].weight = std::nanf("");
  EXPECT_EQ(StatusOf(WriteFst(fst, GetParam())).code(), StatusCode::kDataLoss);
}

TEST_P(KindTest, DamagedFiles) {
  const Fst fst = GetParam().type == "olabel_lookahead" ? LookAheadFst() : SmallFst();
  const std::string file = WriteFst(fst, GetParam());
  const auto accepts = [](io::Bytes bytes) { return ReadFst(bytes, "copy").ok(); };
  EXPECT_EQ(testing::CutAndTry(file, accepts), 0);
  EXPECT_GT(testing::MutateAndTry(file, accepts, 2000, 3), 500);
}

INSTANTIATE_TEST_SUITE_P(All, KindTest,
                         ::testing::Values(FstFile{"const", false}, FstFile{"const", true},
                                           FstFile{"vector", false},
                                           FstFile{"olabel_lookahead", false}));

TEST(OpenFstReaderTest, WhatStatesReach) {
  const std::string file = WriteFst(LookAheadFst(), {"olabel_lookahead"});
  const auto fst = ReadFst(BytesOf(file), "file");
  ASSERT_TRUE(fst.ok()) << fst.status().ToString();
  ASSERT_TRUE(fst->reachability.has_value());
  EXPECT_FALSE(fst->reachability->of_input);
  EXPECT_EQ(fst->reachability->final_label, 13);
  ASSERT_EQ(fst->reachability->Of(0).size(), 2u);
  EXPECT_EQ(fst->reachability->Of(0)[1], (LabelInterval{12, 13}));
  EXPECT_EQ(fst->reachability->Of(1)[0], (LabelInterval{13, 14}));
  EXPECT_EQ(fst->reachability->relabeling, LookAheadFst().reachability->relabeling);
}

TEST(OpenFstReaderTest, IntervalsOutOfOrder) {
  Fst fst = LookAheadFst();
  std::swap(fst.reachability->intervals[0], fst.reachability->intervals[1]);
  EXPECT_EQ(StatusOf(WriteFst(fst, {"olabel_lookahead"})).code(), StatusCode::kDataLoss);
}

TEST(OpenFstReaderTest, ReachabilityOfAnotherNumberOfStates) {
  Fst fst = LookAheadFst();
  fst.reachability->begins.pop_back();
  fst.reachability->intervals.pop_back();
  EXPECT_EQ(StatusOf(WriteFst(fst, {"olabel_lookahead"})).code(), StatusCode::kDataLoss);
}

TEST(OpenFstReaderTest, ImpossibleCounts) {
  std::string file = WriteFst(SmallFst(), {"const"});
  // Behind magic, type, arc type, version, flags, properties and start.
  constexpr size_t kNumStates = 4 + (4 + 5) + (4 + 8) + 4 + 4 + 8 + 8;
  const int64_t huge = int64_t{1} << 40;
  file.replace(kNumStates, sizeof(huge), reinterpret_cast<const char*>(&huge), sizeof(huge));
  EXPECT_EQ(StatusOf(file).code(), StatusCode::kDataLoss);
}

TEST(OpenFstReaderTest, OtherKindsAreNamed) {
  std::string file = WriteFst(SmallFst(), {"vector"});
  file.replace(8, 6, "vektor");
  const Status status = StatusOf(file);
  EXPECT_EQ(status.code(), StatusCode::kUnimplemented);
  EXPECT_NE(status.message().find("vektor"), std::string::npos);
  file = WriteFst(SmallFst(), {"vector"});
  file.replace(18, 8, "log64arc");
  EXPECT_EQ(StatusOf(file).code(), StatusCode::kUnimplemented);
}

// The arcs follow from the contexts by hand: a word leads to the longest context that ends with it.
TEST(OpenFstReaderTest, NgramIsExpanded) {
  const std::string file = testing::WriteNgramFst();
  const auto fst = ReadFst(BytesOf(file), "file");
  ASSERT_TRUE(fst.ok()) << fst.status().ToString();
  EXPECT_EQ(fst->start, 1);
  ASSERT_EQ(fst->num_states(), 5);
  const std::vector<Arc> root = {{1, 1, 1, 1}, {2, 2, 2, 2}, {3, 3, 3, 3}};
  const std::vector<Arc> one = {{0, 0, 0.5f, 0}, {2, 2, 4, 4}};  // "2" behind "1" is a context.
  const std::vector<Arc> two = {{0, 0, 0.25f, 0}};
  const std::vector<Arc> three = {{0, 0, 0.75f, 0}, {2, 2, 5, 2}};
  const std::vector<Arc> one_two = {{0, 0, 1.5f, 2}, {3, 3, 6, 3}};
  const std::vector<Arc>* expected[] = {&root, &one, &two, &three, &one_two};
  for (StateId state = 0; state < 5; ++state) {
    const auto arcs = fst->ArcsOf(state);
    EXPECT_EQ(std::vector<Arc>(arcs.begin(), arcs.end()), *expected[state]) << state;
  }
  EXPECT_EQ(fst->finals, (std::vector<float>{9, kNotFinal, kNotFinal, 8, kNotFinal}));
  EXPECT_EQ(fst->output_symbols[3].second, "three");
}

TEST(OpenFstReaderTest, DamagedNgrams) {
  const std::string file = testing::WriteNgramFst();
  const auto accepts = [](io::Bytes bytes) { return ReadFst(bytes, "copy").ok(); };
  // The last value is never used, but it is part of the file that OpenFst writes.
  EXPECT_LE(testing::CutAndTry(file, accepts), 4);
  EXPECT_GT(testing::MutateAndTry(file, accepts, 3000, 5), 500);
}

TEST(OpenFstReaderTest, ARealDecodingGraph) {
  const auto path = kFixtures / "alex-asr-digits/HCLG.fst";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  const auto file = io::ReadFile(path, 1 << 20);
  ASSERT_TRUE(file.ok());
  const auto fst = ReadFst(BytesOf(*file), "HCLG.fst");
  ASSERT_TRUE(fst.ok()) << fst.status().ToString();
  EXPECT_EQ(fst->num_states(), 532);
  EXPECT_EQ(fst->start, 0);
  EXPECT_EQ(fst->ArcsOf(0)[0].input, 0x21d2);
}

}  // namespace
}  // namespace ironscribe::formats::openfst
