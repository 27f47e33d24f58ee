#include "text/redaction/check_digits.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace ironscribe::text {
namespace {

// The numbers that the schemes publish for tests.
TEST(CheckDigits, TellCardNumbers) {
  for (const char* card :
       {"4111111111111111", "5555555555554444", "378282246310005", "6011111111111117",
        "3530111333300000", "30569309025904", "2223003122003222", "4222222222222"}) {
    EXPECT_TRUE(IsCardNumber(card)) << card;
    std::string wrong = card;
    wrong.back() = wrong.back() == '9' ? '0' : static_cast<char>(wrong.back() + 1);
    EXPECT_FALSE(IsCardNumber(wrong)) << wrong;
  }
  EXPECT_FALSE(IsCardNumber(""));
  EXPECT_FALSE(IsCardNumber("0000000000000000"));   // No scheme.
  EXPECT_FALSE(IsCardNumber("41111111111111111"));  // 17 digits.
  EXPECT_TRUE(HasLuhnCheckDigit("79927398713"));
  EXPECT_FALSE(HasLuhnCheckDigit("79927398710"));
}

// Examples of the IBAN registry.
TEST(CheckDigits, TellIbans) {
  for (const char* iban :
       {"GB29NWBK60161331926819", "DE89370400440532013000", "FR1420041010050500013M02606",
        "NO9386011117947", "MT84MALT011000012345MTLCAST001S", "CH9300762011623852957"}) {
    EXPECT_TRUE(IsIban(iban)) << iban;
    std::string swapped = iban;
    std::swap(swapped[4], swapped[swapped.size() - 2]);
    EXPECT_FALSE(swapped != iban && IsIban(swapped)) << swapped;
    EXPECT_FALSE(IsIban(std::string(iban) + "0"));
  }
  EXPECT_FALSE(IsIban(""));
  EXPECT_FALSE(IsIban("GB"));
  EXPECT_EQ(IbanLength("US"), 0);
}

}  // namespace
}  // namespace ironscribe::text
