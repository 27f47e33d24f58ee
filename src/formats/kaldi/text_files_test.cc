#include "formats/kaldi/text_files.h"

#include <gtest/gtest.h>

#include "formats/kaldi/descriptor.h"

namespace ironscribe::formats::kaldi {
namespace {

TEST(OptionsTest, NamesAndValues) {
  const auto options = Options::Parse(
      "# comment\n--beam=10.5\n--use_energy=false  # why\n--max-active=7000\n--flag\n\n--n=", "f");
  ASSERT_TRUE(options.ok()) << options.status().ToString();
  EXPECT_EQ(*options->Number("beam", 0), 10.5);
  EXPECT_FALSE(*options->Bool("use-energy", true));
  EXPECT_EQ(*options->Int("max-active", 0), 7000);
  EXPECT_TRUE(*options->Bool("flag", false));
  EXPECT_EQ(*options->Int("absent", 5), 5);
  EXPECT_EQ(options->Text("absent", "x"), "x");
  EXPECT_FALSE(options->Int("beam", 0).ok());
  EXPECT_FALSE(options->Bool("beam", true).ok());
  EXPECT_FALSE(options->Number("n", 0).ok());
  EXPECT_FALSE(Options::Parse("beam=1", "f").ok());
  EXPECT_FALSE(Options::Parse("--", "f").ok());
  EXPECT_FALSE(Options::Parse("--x=nan", "f")->Number("x", 0).ok());
}

TEST(IntegersTest, Separators) {
  EXPECT_EQ(*ParseIntegers("1\n 2\t3", "f"), (std::vector<int32_t>{1, 2, 3}));
  EXPECT_EQ(*ParseIntegers("1:2:10", "f", ":"), (std::vector<int32_t>{1, 2, 10}));
  EXPECT_TRUE(ParseIntegers(" \n", "f")->empty());
  EXPECT_FALSE(ParseIntegers("1:2", "f").ok());
  EXPECT_FALSE(ParseIntegers("99999999999", "f").ok());
}

TEST(WordBoundariesTest, ByPhone) {
  const auto places = ParseWordBoundaries("1 nonword\n3 begin\n4 end\n", "f");
  ASSERT_TRUE(places.ok()) << places.status().ToString();
  using enum PhonePlace;
  EXPECT_EQ(*places, (std::vector<PhonePlace>{kNone, kNonWord, kNone, kBegin, kEnd}));
  EXPECT_FALSE(ParseWordBoundaries("1 middle\n", "f").ok());
  EXPECT_FALSE(ParseWordBoundaries("0 begin\n", "f").ok());
  EXPECT_FALSE(ParseWordBoundaries("99999999 begin\n", "f").ok());
  EXPECT_FALSE(ParseWordBoundaries("one begin\n", "f").ok());
}

TEST(DescriptorTest, Nested) {
  const auto append =
      ParseDescriptor("Append(Offset(input, -1), Sum(a,Scale(0.66, b)), ReplaceIndex(i, t, 0))");
  ASSERT_TRUE(append.ok()) << append.status().ToString();
  ASSERT_EQ(append->parts.size(), 3u);
  EXPECT_EQ(append->parts[0].parts[0].name, "input");
  EXPECT_EQ(append->parts[1].parts[1].kind, Descriptor::Kind::kScale);
  EXPECT_FLOAT_EQ(append->parts[1].parts[1].scale, 0.66f);
  EXPECT_EQ(append->parts[2].kind, Descriptor::Kind::kReplaceIndex);
  EXPECT_EQ(ParseDescriptor("Failover(a, b)")->kind, Descriptor::Kind::kFailover);
  EXPECT_EQ(ParseDescriptor("IfDefined(Offset(a, -3))")->kind, Descriptor::Kind::kIfDefined);
  EXPECT_EQ(ParseDescriptor("Round(a, 3)")->number, 3);
  EXPECT_EQ(ParseDescriptor("Const(0.5, 8)")->number, 8);
}

TEST(DescriptorTest, Refused) {
  for (const char* text :
       {"", "Append(a", "Append()", "Offset(a)", "Offset(a, x)", "Offset(a, 99999999)",
        "Scale(nan, a)", "Switch(a, b)", "a b", "Append(a))", "Round(a, 0)", "Failover(a)"}) {
    EXPECT_FALSE(ParseDescriptor(text).ok()) << text;
  }
  std::string deep;
  for (int i = 0; i < 10000; ++i) deep += "Sum(";
  EXPECT_FALSE(ParseDescriptor(deep).ok());
}

}  // namespace
}  // namespace ironscribe::formats::kaldi
