#include "eval/alignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "base/random.h"
#include "eval/test_files.h"
#include "eval/units.h"

namespace ironscribe::eval {
namespace {

constexpr AlignmentCosts kBoth[] = {AlignmentCosts::kUnit, AlignmentCosts::kSclite};

std::vector<Symbol> Symbols(SymbolTable& table, std::string_view text) {
  return table.Of(WordsOf(text));
}

std::string Letters(const std::vector<Edit>& edits) {
  std::string letters;
  for (const Edit& edit : edits) letters += "=SDI"[static_cast<size_t>(edit.kind)];
  return letters;
}

std::string AlignWords(std::string_view reference, std::string_view hypothesis,
                       AlignmentCosts costs) {
  SymbolTable table;
  const auto a = Symbols(table, reference);
  const auto b = Symbols(table, hypothesis);
  const auto edits = Align(a, b, costs);
  EXPECT_TRUE(edits.ok()) << edits.status().message();
  const auto counts = CountAlignment(a, b, costs);
  EXPECT_TRUE(counts.ok());
  EXPECT_EQ(*counts, CountEdits(*edits)) << reference << " / " << hypothesis;
  return Letters(*edits);
}

TEST(Alignment, ByHand) {
  EXPECT_EQ(AlignWords("", "", AlignmentCosts::kUnit), "");
  EXPECT_EQ(AlignWords("a b", "", AlignmentCosts::kUnit), "DD");
  EXPECT_EQ(AlignWords("", "a b", AlignmentCosts::kSclite), "II");
  EXPECT_EQ(AlignWords("the cat sat", "the cat sat", AlignmentCosts::kUnit), "===");
  EXPECT_EQ(AlignWords("the cat sat", "the dog sat", AlignmentCosts::kUnit), "=S=");
  EXPECT_EQ(AlignWords("the cat sat", "the sat", AlignmentCosts::kUnit), "=D=");
  EXPECT_EQ(AlignWords("the cat sat", "the cat sat down", AlignmentCosts::kUnit), "===I");
  // Two substitutions cost 2 or 8; a deletion and an insertion around a hit cost 2 or 6. So unit
  // costs have a tie, sclite's have not.
  EXPECT_EQ(AlignWords("a b", "b c", AlignmentCosts::kSclite), "D=I");
  EXPECT_EQ(AlignWords("a b", "b c", AlignmentCosts::kUnit), "SS");
  // Three substitutions cost as much as two deletions and two insertions with sclite's costs.
  EXPECT_EQ(AlignWords("a b c", "x y a", AlignmentCosts::kSclite), "SSS");
}

TEST(Alignment, PositionsLeadToTheWords) {
  const std::vector<Symbol> reference = {1, 2, 3};
  const std::vector<Symbol> hypothesis = {1, 9, 3, 4};
  const auto edits = Align(reference, hypothesis, AlignmentCosts::kSclite);
  ASSERT_TRUE(edits.ok());
  const std::vector<Edit> wanted = {{EditKind::kHit, 0, 0},
                                    {EditKind::kSubstitution, 1, 1},
                                    {EditKind::kHit, 2, 2},
                                    {EditKind::kInsertion, 3, 3}};
  EXPECT_EQ(*edits, wanted);
}

TEST(Alignment, RateOfCounts) {
  const EditCounts counts{.hits = 6, .substitutions = 1, .deletions = 1, .insertions = 2};
  EXPECT_EQ(counts.errors(), 4);
  EXPECT_EQ(counts.reference_length(), 8);
  EXPECT_DOUBLE_EQ(counts.rate(), 0.5);
  EXPECT_DOUBLE_EQ(EditCounts{.insertions = 3}.rate(), 3);
  EXPECT_DOUBLE_EQ(EditCounts{}.rate(), 0);
}

// See testdata/README.md for the oracles.
TEST(Alignment, EqualsJiwer) {
  const auto rows = ReadTable("jiwer_words.tsv");
  ASSERT_GT(rows.size(), 500u);
  for (const auto& row : rows) {
    EXPECT_EQ(AlignWords(row[0], row[1], AlignmentCosts::kUnit), row[2]) << row[0] << '/' << row[1];
  }
}

TEST(Alignment, EqualsSclite) {
  const auto rows = ReadTable("sclite_words.tsv");
  ASSERT_GT(rows.size(), 500u);
  for (const auto& row : rows) {
    EXPECT_EQ(AlignWords(row[0], row[1], AlignmentCosts::kSclite), row[2])
        << row[0] << '/' << row[1];
  }
}

TEST(Alignment, CharactersEqualJiwer) {
  const auto rows = ReadTable("jiwer_characters.tsv");
  ASSERT_GT(rows.size(), 500u);
  for (const auto& row : rows) {
    const auto symbols = [](const std::string& text) {
      const std::u32string characters = CharactersOf(text, /*without_spaces=*/false);
      return std::vector<Symbol>(characters.begin(), characters.end());
    };
    const auto edits = Align(symbols(row[0]), symbols(row[1]), AlignmentCosts::kUnit);
    ASSERT_TRUE(edits.ok());
    EXPECT_EQ(Letters(*edits), row[2]) << row[0] << '/' << row[1];
  }
}

// The definition itself: the cheapest of deleting, inserting, or taking both.
int SlowCost(const std::vector<Symbol>& a, const std::vector<Symbol>& b, int substitution,
             int indel) {
  std::map<std::pair<size_t, size_t>, int> known;
  const std::function<int(size_t, size_t)> cost = [&](size_t i, size_t j) -> int {
    if (i == a.size()) return indel * static_cast<int>(b.size() - j);
    if (j == b.size()) return indel * static_cast<int>(a.size() - i);
    if (const auto found = known.find({i, j}); found != known.end()) return found->second;
    const int best = std::min({cost(i + 1, j) + indel, cost(i, j + 1) + indel,
                               cost(i + 1, j + 1) + (a[i] == b[j] ? 0 : substitution)});
    known[{i, j}] = best;
    return best;
  };
  return cost(0, 0);
}

std::vector<Symbol> RandomSymbols(Random& random, size_t max_length, uint32_t num_symbols) {
  std::vector<Symbol> symbols(random.Next() % (max_length + 1));
  for (Symbol& symbol : symbols) symbol = static_cast<Symbol>(random.Next() % num_symbols);
  return symbols;
}

// An alignment must lead from one text to the other, and cost what it may.
void ExpectSound(const std::vector<Symbol>& reference, const std::vector<Symbol>& hypothesis,
                 const std::vector<Edit>& edits) {
  size_t i = 0;
  size_t j = 0;
  for (const Edit& edit : edits) {
    ASSERT_EQ(edit.reference, i);
    ASSERT_EQ(edit.hypothesis, j);
    const bool takes_both = edit.kind == EditKind::kHit || edit.kind == EditKind::kSubstitution;
    if (takes_both) {
      ASSERT_LT(i, reference.size());
      ASSERT_LT(j, hypothesis.size());
      ASSERT_EQ(reference[i] == hypothesis[j], edit.kind == EditKind::kHit);
    }
    i += edit.kind != EditKind::kInsertion ? 1 : 0;
    j += edit.kind != EditKind::kDeletion ? 1 : 0;
  }
  EXPECT_EQ(i, reference.size());
  EXPECT_EQ(j, hypothesis.size());
}

TEST(Alignment, CheapestOfAllOnRandomSequences) {
  Random random(11);
  for (int trial = 0; trial < 1500; ++trial) {
    const auto reference = RandomSymbols(random, 14, 4);
    const auto hypothesis = RandomSymbols(random, 14, 4);
    for (const AlignmentCosts costs : kBoth) {
      const bool is_unit = costs == AlignmentCosts::kUnit;
      const auto edits = Align(reference, hypothesis, costs);
      ASSERT_TRUE(edits.ok());
      ExpectSound(reference, hypothesis, *edits);
      const EditCounts counts = CountEdits(*edits);
      const int64_t cost = (is_unit ? 1 : 4) * counts.substitutions +
                           (is_unit ? 1 : 3) * (counts.deletions + counts.insertions);
      ASSERT_EQ(cost, SlowCost(reference, hypothesis, is_unit ? 1 : 4, is_unit ? 1 : 3));
    }
  }
}

// Long texts of which much is missing or added push paths out of the first band. The counts, which
// carry ties along, must agree with the alignment at any width.
TEST(Alignment, BandGrowsUntilNothingIsCutOff) {
  Random random(12);
  for (const size_t hole : {0u, 20u, 60u, 200u}) {
    std::vector<Symbol> reference(600);
    for (Symbol& symbol : reference) symbol = static_cast<Symbol>(random.Next() % 50);
    std::vector<Symbol> hypothesis(reference.begin() + static_cast<ptrdiff_t>(hole),
                                   reference.end());
    hypothesis.insert(hypothesis.end(), hole, 1000);
    for (size_t i = 0; i < hypothesis.size(); i += 7) hypothesis[i] = 2000;
    for (const AlignmentCosts costs : kBoth) {
      const bool is_unit = costs == AlignmentCosts::kUnit;
      const auto edits = Align(reference, hypothesis, costs);
      ASSERT_TRUE(edits.ok());
      ExpectSound(reference, hypothesis, *edits);
      const EditCounts counts = CountEdits(*edits);
      EXPECT_EQ(counts, *CountAlignment(reference, hypothesis, costs));
      const int64_t cost = (is_unit ? 1 : 4) * counts.substitutions +
                           (is_unit ? 1 : 3) * (counts.deletions + counts.insertions);
      EXPECT_EQ(cost, SlowCost(reference, hypothesis, is_unit ? 1 : 4, is_unit ? 1 : 3));
    }
  }
}

TEST(Alignment, HourLongTextsThatAgree) {
  Random random(13);
  std::vector<Symbol> reference(60'000);
  for (Symbol& symbol : reference) symbol = static_cast<Symbol>(random.Next() % 60);
  std::vector<Symbol> hypothesis = reference;
  for (size_t i = 0; i < hypothesis.size(); i += 100) hypothesis[i] = 99;
  const auto counts = CountAlignment(reference, hypothesis, AlignmentCosts::kSclite);
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(counts->substitutions, 600);
  EXPECT_EQ(counts->hits, 59'400);
}

TEST(Alignment, RefusesWhatWouldTakeForever) {
  const std::vector<Symbol> reference(4'000'000, 1);
  const std::vector<Symbol> hypothesis(4'000'000, 2);
  for (const AlignmentCosts costs : kBoth) {
    // Cut short so that only the first, narrow band is computed before the refusal.
    const std::span<const Symbol> longer(reference);
    const auto edits = Align(longer, {hypothesis.data(), 1000}, costs);
    ASSERT_FALSE(edits.ok());
    EXPECT_EQ(edits.status().code(), StatusCode::kResourceExhausted);
    EXPECT_TRUE(Holds(edits.status().message(), "4000000")) << edits.status().message();
    EXPECT_FALSE(CountAlignment(longer, {hypothesis.data(), 1000}, costs).ok());
  }
}

TEST(Alignment, SymbolsAreEqualForEqualWordsOnly) {
  SymbolTable table;
  EXPECT_EQ(table.Of("a"), table.Of("a"));
  EXPECT_NE(table.Of("a"), table.Of("b"));
  EXPECT_NE(table.Of("a"), table.Of("A"));
}

}  // namespace
}  // namespace ironscribe::eval
