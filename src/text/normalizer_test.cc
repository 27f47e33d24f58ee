// The normalisers against openai-whisper's, by tables that
// tools/reference/make_normalizer_golden.py wrote.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "text/basic_normalizer.h"
#include "text/english_normalizer.h"
#include "text/english_spelling.h"
#include "text/golden_tables.h"
#include "text/utf8.h"

namespace ironscribe::text {
namespace {

TEST(EnglishNormalizer, EqualsTheOriginalOnItsTable) {
  const auto rows = ReadTable("english_normalizer.tsv");
  ASSERT_GE(rows.size(), 200u);
  const EnglishNormalizer normalizer;
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 2u);
    EXPECT_EQ(normalizer.Normalize(Unescape(row[0])), Unescape(row[1])) << row[0];
  }
}

TEST(NormalizeBasic, EqualsTheOriginalOnItsTable) {
  const auto rows = ReadTable("basic_normalizer.tsv");
  ASSERT_GE(rows.size(), 40u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 3u);
    EXPECT_EQ(NormalizeBasic(Unescape(row[0]), false), Unescape(row[1])) << row[0];
    EXPECT_EQ(NormalizeBasic(Unescape(row[0]), true), Unescape(row[2])) << row[0];
  }
}

std::string Fnv1a(std::string_view text) {
  uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) value = (value ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  char hexadecimal[17];
  std::snprintf(hexadecimal, sizeof hexadecimal, "%016llx", static_cast<unsigned long long>(value));
  return hexadecimal;
}

std::string ReadWhole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// The reference texts of ../shared/data by the names of the table; empty where there are none.
std::map<std::string, std::string> ReferenceTexts() {
  const auto data = std::filesystem::path(IRONSCRIBE_SOURCE_DIR) / "../shared/data";
  std::map<std::string, std::string> texts;
  for (const std::string& line :
       SplitAt(ReadWhole(data / "librispeech-other/transcripts.tsv"), '\n')) {
    const auto fields = SplitAt(line, '\t');
    if (fields.size() == 2) texts["librispeech-other/" + fields[0]] = fields[1];
  }
  const auto json =
      nlohmann::json::parse(ReadWhole(data / "languages/test_data.json"), nullptr, false);
  if (json.is_discarded()) return {};
  const auto& languages = json["tests"]["language_tests"];
  for (size_t i = 0; i < languages.size(); ++i) {
    for (const char* key : {"transcript", "transcript_with_punctuation"}) {
      texts["languages/" + std::to_string(i) + "/" + key] = languages[i][key];
    }
  }
  const auto& calls = json["tests"]["diarization_tests"];
  for (size_t i = 0; i < calls.size(); ++i) {
    std::string& text = texts["diarization/" + std::to_string(i)];
    for (const auto& word : calls[i]["words"]) {
      text += (text.empty() ? "" : " ") + word["word"].get<std::string>();
    }
  }
  return texts;
}

TEST(Normalizers, EqualTheOriginalOnTheReferenceTexts) {
  const auto texts = ReferenceTexts();
  if (texts.empty()) {
    GTEST_SKIP()
        << "no recordings with texts in ../shared/data (librispeech-other, languages): the "
           "normalisers were NOT compared on them";
  }
  const EnglishNormalizer english;
  const auto rows = ReadTable("reference_hashes.tsv");
  ASSERT_GE(rows.size(), 60u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 3u);
    const auto found = texts.find(row[0]);
    ASSERT_NE(found, texts.end()) << row[0];
    if (row[1] != "-") {
      EXPECT_EQ(Fnv1a(english.Normalize(found->second)), row[1]) << found->second;
    }
    EXPECT_EQ(Fnv1a(NormalizeBasic(found->second, false)), row[2]) << found->second;
  }
}

TEST(Normalizers, GiveValidTextForAnyBytes) {
  const EnglishNormalizer english;
  Random random(9);
  for (int i = 0; i < 500; ++i) {
    std::string bytes;
    for (int j = 0; j < 30; ++j) bytes.push_back(static_cast<char>(random.Next()));
    EXPECT_TRUE(IsValidUtf8(english.Normalize(bytes)));
    EXPECT_TRUE(IsValidUtf8(NormalizeBasic(bytes, random.Next() % 2 == 0)));
  }
}

// Any order of the words that mean something to the number rules.
TEST(EnglishNormalizer, TakesAnyOrderOfNumberWords) {
  constexpr const char* kWords[] = {"one",   "and",    "a",    "half",     "hundred",   "million",
                                    "point", "double", "oh",   "twenty",   "minus",     "dollars",
                                    "cents", "per",    "cent", "third",    "thousands", "5",
                                    "$2",    "0.5",    "%",    "decillion"};
  const EnglishNormalizer english;
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (int j = 0; j < 9; ++j)
      text += kWords[random.Next() % std::size(kWords)] + std::string(" ");
    EXPECT_TRUE(IsValidUtf8(english.Normalize(text))) << text;
  }
}

// Quadratic work on these would take minutes.
TEST(Normalizers, AreLinearInHostileTexts) {
  const EnglishNormalizer english;
  for (const char* part : {"(", "<", "' ", "  '", "1,", "and a ", "one thousand ", "$1 ", "9",
                           "double five ", "mm", "\xce\xa3", ". "}) {
    std::string text;
    while (text.size() < 300'000) text += part;
    EXPECT_LE(NormalizeBasic(text, true).size(), 2 * text.size());
    EXPECT_LE(english.Normalize(text).size(), 8 * text.size());
  }
}

TEST(AmericanSpelling, KeepsWordsThatOnlyLookBritish) {
  for (const char* word :
       {"advertise",  "arise",      "chastise",    "chemise",   "comprise",  "compromise",
        "concise",    "cruise",     "demise",      "despise",   "devise",    "disguise",
        "enterprise", "exercise",   "expertise",   "franchise", "improvise", "improvisation",
        "incise",     "likewise",   "merchandise", "noise",     "paradise",  "praise",
        "precise",    "premises",   "promised",    "promising", "raise",     "revised",
        "rise",       "sunrise",    "supervise",   "surmise",   "surprise",  "televise",
        "tortoise",   "treatise",   "wisest",      "visited",   "finished",  "sister",
        "calling",    "controlled", "compelled",   "excelled",  "fulfilled", "installed",
        "rebelled",   "seller",     "taller",      "acre",      "here",      "were",
        "there",      "hour",       "four",        "journey",   "court",     "source",
        "contour",    "fence",      "hence",       "silence",   "rogue",     "league",
        "vogue",      "brogue",     "aerial",      "phoenix",   "shoe"}) {
    EXPECT_EQ(AmericanSpelling(word), word);
  }
}

TEST(SplitWords, PartsAtWhiteSpace) {
  EXPECT_EQ(SplitWords("  a bc\u3000d\n"), (std::vector<std::string>{"a", "bc", "d"}));
  EXPECT_TRUE(SplitWords("  ").empty());
}

}  // namespace
}  // namespace ironscribe::text
