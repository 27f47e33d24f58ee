#include "text/languages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "text/edit_distance.h"

namespace ironscribe::text {
namespace {

std::string_view CodeOf(std::string_view name_or_code) {
  const Language* language = FindLanguage(name_or_code);
  return language == nullptr ? "none" : language->code;
}

TEST(LanguagesTest, OneHundredDistinctInWhispersOrder) {
  ASSERT_EQ(AllLanguages().size(), 100u);
  std::set<std::string_view> codes;
  std::set<std::string_view> names;
  for (const Language& language : AllLanguages()) {
    codes.insert(language.code);
    names.insert(language.name);
  }
  EXPECT_EQ(codes.size(), 100u);
  EXPECT_EQ(names.size(), 100u);
  EXPECT_EQ(AllLanguages()[0].code, "en");
  EXPECT_EQ(AllLanguages()[20].code, "he");
  EXPECT_EQ(AllLanguages()[98].code, "su");
  EXPECT_EQ(AllLanguages()[99].code, "yue");
}

TEST(LanguagesTest, ByCodeNameAndAlias) {
  EXPECT_EQ(CodeOf("en"), "en");
  EXPECT_EQ(CodeOf("EN"), "en");
  EXPECT_EQ(CodeOf("German"), "de");
  EXPECT_EQ(CodeOf("haitian creole"), "ht");
  EXPECT_EQ(CodeOf("burmese"), "my");
  EXPECT_EQ(CodeOf("jv"), "jw");
  EXPECT_EQ(CodeOf("jw"), "jw");
  EXPECT_EQ(CodeOf("iw"), "he");
  EXPECT_EQ(CodeOf("pt-BR"), "pt");
  EXPECT_EQ(CodeOf("zh_TW"), "zh");
  EXPECT_EQ(CodeOf("cmn-Hans-CN"), "zh");
  EXPECT_EQ(CodeOf("yue-Hant-HK"), "yue");
  EXPECT_EQ(CodeOf(""), "none");
  EXPECT_EQ(CodeOf("klingon"), "none");
  EXPECT_EQ(CodeOf("-en"), "none");
  EXPECT_EQ(CodeOf("e"), "none");
}

TEST(LanguagesTest, EveryAliasLeadsSomewhereNew) {
  for (const LanguageAlias& alias : LanguageAliases()) {
    EXPECT_EQ(CodeOf(alias.alias), alias.code);
    for (const Language& language : AllLanguages()) {
      EXPECT_NE(language.code, alias.alias);
      EXPECT_NE(language.name, alias.alias);
    }
  }
}

TEST(LanguagesTest, NearestNames) {
  const auto first = [](std::string_view wrong) { return NearestLanguages(wrong, 1).at(0); };
  EXPECT_EQ(first("germn"), "german (de)");
  EXPECT_EQ(first("Englsh"), "english (en)");
  EXPECT_EQ(first("portug"), "portuguese (pt)");
  EXPECT_EQ(first("dutsch"), "dutch (nl)");
  EXPECT_EQ(NearestLanguages("xx", 3).size(), 3u);
  EXPECT_EQ(NearestLanguages("xx", 1000).size(), 100u);
  EXPECT_EQ(NearestLanguages(std::string(1 << 20, 'x'), 2).size(), 2u);
}

TEST(EditDistanceTest, KnownDistances) {
  EXPECT_EQ(EditDistance("", ""), 0);
  EXPECT_EQ(EditDistance("", "abc"), 3);
  EXPECT_EQ(EditDistance("abc", ""), 3);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3);
  EXPECT_EQ(EditDistance("saturday", "sunday"), 3);
  EXPECT_EQ(EditDistance("Fluß", "Fluss"), 2);
  EXPECT_EQ(EditDistance("日本", "日本語"), 1);
}

}  // namespace
}  // namespace ironscribe::text
