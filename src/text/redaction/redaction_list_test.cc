#include "text/redaction/redaction_list.h"

#include <gtest/gtest.h>

namespace ironscribe::text {
namespace {

std::string Found(const RedactionList& list, const std::string& text) {
  std::string found;
  for (const PiiSpan& span : list.Find(text, CutIntoTokens(text))) {
    found += span.label + ":" + text.substr(span.offset, span.size) + ";";
  }
  return found;
}

TEST(RedactionList, FindsWordsAndExpressions) {
  const auto list = RedactionList::Parse(
      "# secret projects\n\nPROJECT = blue heron\r\n  CODE ~ \\bORD-\\d{6}\\b  \n"
      "PROJECT=\u00c9cole\n",
      "list");
  ASSERT_TRUE(list.ok()) << list.status().message();
  EXPECT_EQ(Found(*list, "The Blue, Heron team"), "PROJECT:Blue, Heron;");
  EXPECT_EQ(Found(*list, "blue herons and blueheron"), "");
  EXPECT_EQ(Found(*list, "an \u00c9cole"), "PROJECT:\u00c9cole;");
  EXPECT_EQ(Found(*list, "ORD-123456, ORD-1234567, ORD-654321"),
            "CODE:ORD-123456;CODE:ORD-654321;");
  EXPECT_EQ(Found(*list, ""), "");
}

TEST(RedactionList, RefusesWrongLinesByNumber) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"NAME = x\nblue heron\n", "list, line 2: must be"},
      {"name = x\n", "list, line 1: must be"},
      {"A B = x\n", "must be"},
      {"NAME =  \n", "no letter"},
      {"NAME ~ (a\n", "regular expression '(a'"},
      {"NAME ~ \n", "empty"},
      {"NAME ~ a*\n", "matches the empty text"},
      {"NAME ~ (?=a)\n", "regular expression"},
      {"NAME = \xff\n", "not UTF-8"},
      {"NAME ~ ((((a{100}){100}){100}){100})\n", "regular expression"},
  };
  for (const auto& test : kCases) {
    const auto list = RedactionList::Parse(test.text, "list");
    ASSERT_FALSE(list.ok()) << test.text;
    EXPECT_EQ(list.status().code(), StatusCode::kInvalidArgument);
    EXPECT_NE(list.status().message().find(test.message), std::string::npos)
        << list.status().message();
  }
  std::string long_line = "NAME =";
  for (int i = 0; i < 40; ++i) long_line += " word";
  EXPECT_FALSE(RedactionList::Parse(long_line, "list").ok());
  EXPECT_FALSE(RedactionList::Parse(std::string(kMaxRedactionListBytes + 1, '\n'), "list").ok());
  std::string many;
  for (size_t i = 0; i <= kMaxRedactionEntries; ++i) many += "N = x\n";
  EXPECT_FALSE(RedactionList::Parse(many, "list").ok());
}

TEST(RedactionList, ExpressionsStayLinear) {
  const auto list = RedactionList::Parse("A ~ (a+)+$x\nB ~ (a|aa)+b\n", "list");
  ASSERT_TRUE(list.ok()) << list.status().message();
  const std::string text(200'000, 'a');
  EXPECT_EQ(Found(*list, text), "");
}

}  // namespace
}  // namespace ironscribe::text
