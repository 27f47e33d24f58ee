#include "apps/cli/config_file.h"

#include <gtest/gtest.h>

#include "apps/cli/test_fakes.h"

namespace ironscribe::cli {
namespace {

Result<std::vector<ConfigValue>> Read(std::string_view yaml) {
  const TestFolder folder;
  return ReadConfigSection(folder.Write("config.yaml", yaml), "transcribe");
}

TEST(ReadConfigSection, GivesValuesAndLists) {
  const auto values = Read(
      "# a comment\n"
      "transcribe:\n"
      "  model: tiny.en\n"
      "  word-times: true\n"
      "  format: [txt, srt]\n"
      "  initial-prompt: \"a: b\"\n");
  ASSERT_TRUE(values.ok()) << values.status().message();
  ASSERT_EQ(values->size(), 4u);
  EXPECT_EQ((*values)[0].key, "model");
  EXPECT_EQ((*values)[0].values, (std::vector<std::string>{"tiny.en"}));
  EXPECT_EQ((*values)[1].values, (std::vector<std::string>{"true"}));
  EXPECT_EQ((*values)[2].values, (std::vector<std::string>{"txt", "srt"}));
  EXPECT_EQ((*values)[3].values, (std::vector<std::string>{"a: b"}));
}

TEST(ReadConfigSection, GivesNothingForAnEmptyFileOrSection) {
  for (const char* yaml : {"", "# only a comment\n", "transcribe:\n"}) {
    const auto values = Read(yaml);
    ASSERT_TRUE(values.ok()) << yaml;
    EXPECT_TRUE(values->empty()) << yaml;
  }
}

TEST(ReadConfigSection, NamesTheLineOfAMistake) {
  const struct {
    const char *yaml, *message;
  } kCases[] = {
      {"model: tiny\n", "line 1: unknown section 'model'; there are 'transcribe:' and 'serve:'"},
      {"models:\n  source: hub\n", "line 1: unknown section 'models'; there are"},
      {"transcribe:\n  model: x\ndoctor: {}\n", "line 3: unknown section 'doctor'"},
      {"transcribe:\n  model: {a: b}\n", "line 2: model must be a value or a list"},
      {"transcribe:\n  format: [txt, [srt]]\n", "line 2: format holds something nested"},
      {"transcribe: 5\n", "line 1: 'transcribe:' must hold flags"},
      {"- a\n", "line 1: expected sections such as 'transcribe:'"},
      {"transcribe:\n  a: [1\n", "line 3: "},
      {"transcribe:\n\tmodel: x\n", "line 2: "},
      {"transcribe:\n  a: *nowhere\n", "line 2: "},
  };
  for (const auto& test : kCases) {
    const auto values = Read(test.yaml);
    ASSERT_FALSE(values.ok()) << test.yaml;
    EXPECT_EQ(values.status().code(), StatusCode::kInvalidArgument);
    EXPECT_NE(values.status().message().find(test.message), std::string::npos)
        << values.status().message();
  }
}

TEST(ReadConfigSection, SurvivesHostileFiles) {
  EXPECT_FALSE(Read(std::string(100'000, '[')).ok());
  EXPECT_FALSE(Read(std::string(2 << 20, ' ')).ok());
  std::string nested;
  for (int i = 0; i < 50'000; ++i) nested += "- ";
  EXPECT_FALSE(Read(nested).ok());
  EXPECT_FALSE(Read(std::string("\x00\xFF\xFE{", 4)).ok());
}

TEST(ReadConfigSection, SaysWhenThereIsNoFile) {
  EXPECT_EQ(ReadConfigSection("/nowhere/config.yaml", "transcribe").status().code(),
            StatusCode::kNotFound);
}

}  // namespace
}  // namespace ironscribe::cli
