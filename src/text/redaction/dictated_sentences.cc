#include "text/redaction/dictated_sentences.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "text/redaction/dictated_figures.h"

namespace ironscribe::text {
namespace {

using dictation::Digits;
using dictation::From;
using dictation::Grouped;
using dictation::OneByOne;
using dictation::Pick;
using dictation::PickOne;
using dictation::SayDigit;
using dictation::SayDigits;
using dictation::SayNumber;
using dictation::SayPairs;
using dictation::SayThousands;
using dictation::Strings;

int LuhnSum(const std::string& digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 - (digit > 4 ? 9 : 0);
    sum += digit;
  }
  return sum;
}

std::string WithLuhn(std::string digits) {
  digits.push_back('0');
  digits.back() = static_cast<char>('0' + (10 - LuhnSum(digits) % 10) % 10);
  return digits;
}

std::string Card(Random& random) {
  const std::string digits = RandomCardNumber(random);
  const std::vector<int> fours =
      digits.size() == 15 ? std::vector<int>{4, 6, 5} : std::vector<int>{4, 4, 4, 4};
  switch (Pick(random, 11)) {
    case 8:
      return OneByOne(digits, random);
    case 9:
      return Grouped(digits, fours, ". ");
    case 10: {  // "four thousand one hundred eleven, eleven eleven, ..."
      if (digits.size() == 15 || digits[0] == '0') return digits;
      std::string said = SayThousands(std::stoi(digits.substr(0, 4)));
      for (size_t i = 4; i < digits.size(); i += 4) said += ", " + SayPairs(digits.substr(i, 4));
      return said;
    }
    case 0:
      return digits;
    case 1:
      return Grouped(digits, fours, "-");
    case 2:
      return Grouped(digits, fours, ", ");
    case 3: {  // "forty one eleven ..." where no pair starts with a nought
      std::string said;
      for (size_t i = 0; i + 1 < digits.size(); i += 2) {
        if (digits[i] == '0' || digits.size() % 2 == 1) return Grouped(digits, fours, " ");
        said += (said.empty() ? "" : " ") + SayNumber(std::stoi(digits.substr(i, 2)));
      }
      return said;
    }
    case 4:
    case 5:
      return SayDigits(digits, random);
    case 6: {  // With pauses.
      std::string said;
      for (size_t i = 0; i < digits.size(); i += 4) {
        said += (said.empty() ? "" : ", ") + SayDigits(digits.substr(i, 4), random);
      }
      return said;
    }
    default:
      return Grouped(digits, fours, " ");
  }
}

std::string Iban(Random& random) {
  struct Country {
    const char* code;
    int letters;
    int digits;
  };
  constexpr Country kCountries[] = {{"DE", 0, 18}, {"GB", 4, 14}, {"NL", 4, 10}, {"ES", 0, 20},
                                    {"AT", 0, 16}, {"BE", 0, 12}, {"CH", 0, 17}, {"PL", 0, 24}};
  const Country& country = kCountries[Pick(random, 8)];
  std::string rest;
  for (int i = 0; i < country.letters; ++i) rest += From(random, 'A', 'Z');
  rest += Digits(random, country.digits);
  // Check digits: 98 less the remainder of the rearranged number with "00".
  int remainder = 0;
  for (const char c : rest + country.code + "00") {
    remainder = c <= '9' ? (remainder * 10 + c - '0') % 97 : (remainder * 100 + c - 'A' + 10) % 97;
  }
  const int check = 98 - remainder;
  const std::string iban =
      country.code + std::to_string(check / 10) + std::to_string(check % 10) + rest;
  switch (Pick(random, 5)) {
    case 0:
      return iban;
    case 1: {
      std::string lower = iban;
      for (char& c : lower) c = c >= 'A' ? static_cast<char>(c - 'A' + 'a') : c;
      return lower;
    }
    case 2: {
      std::string said;
      for (const char c : iban) {
        if (!said.empty()) said += ' ';
        said += c >= 'A' ? std::string(1, c) : SayDigit(c, false);
      }
      return said;
    }
    default: {
      const std::vector<int> fours((iban.size() - 1) / 4, 4);
      std::string grouped = Grouped(iban, fours, " ");
      const size_t tail = iban.size() - 4 * fours.size();
      return grouped.insert(grouped.size() - tail, " ");
    }
  }
}

std::string NorthAmerican(Random& random) {
  return From(random, '2', '9') + From(random, '0', '8') + Digits(random, 1) +
         From(random, '2', '9') + Digits(random, 6);
}

std::string Phone(Random& random) {
  const std::string us = NorthAmerican(random);
  constexpr int kThreeThreeFour[] = {3, 3, 4};
  switch (Pick(random, 15)) {
    case 12:
      return OneByOne(us, random);
    case 13:
      return Grouped(us, kThreeThreeFour, ". ");
    case 14:
      return OneByOne("077" + Digits(random, 8), random);
    case 0:
      return "(" + us.substr(0, 3) + ") " + us.substr(3, 3) + "-" + us.substr(6);
    case 1:
      return Grouped(us, kThreeThreeFour, "-");
    case 2:
      return Grouped(us, kThreeThreeFour, ".");
    case 3:
      return "+1 " + Grouped(us, kThreeThreeFour, " ");
    case 4:
    case 5:
      return SayDigits(us, random);
    case 6:
      return "one eight hundred " + SayDigits(us.substr(3), random);
    case 7:
      return "020 7" + Digits(random, 3) + " " + Digits(random, 4);
    case 8:
      return "07700 9" + Digits(random, 5);
    case 9:
      return "+49 30 " + From(random, '1', '9') + Digits(random, 6);
    case 10:
      return SayDigits("077" + Digits(random, 8), random);
    default:
      return "plus four four " +
             SayDigits("20" + From(random, '3', '8') + Digits(random, 7), random);
  }
}

std::string Email(Random& random) {
  const Strings names = {"john", "maria", "ann", "peter", "wei", "fatima", "lars", "olga"};
  const Strings families = {"smith", "garcia", "lee", "mueller", "novak", "brown"};
  const Strings hosts = {"example", "contoso", "northwind", "acme", "fabrikam"};
  const Strings endings = {"com", "org", "net", "co.uk", "de", "io"};
  const std::string name = PickOne(random, names);
  const std::string family = PickOne(random, families);
  const std::string host = PickOne(random, hosts);
  const std::string ending = PickOne(random, endings);
  const std::string said_ending = ending == "co.uk" ? "co dot uk" : ending;
  switch (Pick(random, 13)) {
    case 9:
      return name + " at " + host + "." + ending;
    case 10: {  // "j, o, h, n, at yahoo, dot com"
      std::string spelled;
      for (const char c : name) spelled += std::string(1, c) + ", ";
      return spelled + "at " + host + ", dot " + said_ending;
    }
    case 11: {  // "J. O. H. N. at yahoo dot com"
      std::string spelled;
      for (const char c : name) spelled += std::string(1, static_cast<char>(c - 'a' + 'A')) + ". ";
      return spelled + "at " + host + " dot " + said_ending;
    }
    case 12:
      return name + ", dot, " + family + " at " + host + ", dot, " + said_ending;
    case 0:
      return name + "@" + host + "." + ending;
    case 1:
      return name + "." + family + "@" + host + "." + ending;
    case 2:
      return name + "_" + family + Digits(random, 2) + "@mail." + host + "." + ending;
    case 3:
      return name + "+news@" + host + "-shop." + ending;
    case 4:
      return name + " at " + host + " dot " + said_ending;
    case 5:
      return name + " dot " + family + " at " + host + " dot " + said_ending;
    case 6:
      return name + " underscore " + family + " at " + host + " dot " + said_ending;
    case 7: {
      std::string spelled;
      for (const char c : name) spelled += std::string(1, c) + " ";
      return spelled + "at " + host + " dot " + said_ending;
    }
    default:
      return name + " " + SayNumber(20 + Pick(random, 70)) + " at g mail dot com";
  }
}

std::string IpAddress(Random& random) {
  int parts[4];
  for (int& part : parts) part = Pick(random, 256);
  switch (Pick(random, 5)) {
    case 4: {  // With pauses.
      std::string written;
      for (const int part : parts) written += (written.empty() ? "" : ". ") + std::to_string(part);
      return written;
    }
    case 0: {  // "one nine two dot ..."
      std::string said;
      for (const int part : parts) {
        said += (said.empty() ? "" : " dot ") + SayDigits(std::to_string(part), random);
      }
      return said;
    }
    case 1: {  // "one ninety two dot ..."
      std::string said;
      for (const int part : parts) {
        if (!said.empty()) said += " dot ";
        if (part >= 110 && part % 100 >= 10) {
          said += SayNumber(part / 100) + " " + SayNumber(part % 100);
        } else if (part >= 100) {
          said += SayNumber(part / 100) + " hundred";
          if (part % 100 > 0) said += " and " + SayNumber(part % 100);
        } else {
          said += SayNumber(part);
        }
      }
      return said;
    }
    case 2: {
      const char* const kHex = "0123456789abcdef";
      std::string address = "2001:db8:";
      for (int group = 0; group < 6; ++group) {
        for (int i = 0; i < 4; ++i) address.push_back(kHex[Pick(random, 16)]);
        if (group < 5) address.push_back(':');
        if (group == 2 && Pick(random, 2) == 0) return address + ":" + kHex[1 + Pick(random, 15)];
      }
      return address;
    }
    default:
      return std::to_string(parts[0]) + "." + std::to_string(parts[1]) + "." +
             std::to_string(parts[2]) + "." + std::to_string(parts[3]);
  }
}

std::string Ssn(Random& random) {
  const std::string digits = From(random, '1', '5') + Digits(random, 2) + From(random, '1', '9') +
                             Digits(random, 1) + From(random, '1', '9') + Digits(random, 3);
  constexpr int kGroups[] = {3, 2, 4};
  switch (Pick(random, 7)) {
    case 5:
      return OneByOne(digits, random);
    case 6:
      return Grouped(digits, kGroups, ". ");
    case 0:
      return digits;
    case 1:
      return Grouped(digits, kGroups, " ");
    case 2:
    case 3:
      return SayDigits(digits, random);
    default:
      return Grouped(digits, kGroups, "-");
  }
}

const Strings& Months() {
  static const Strings months = {"January",   "February", "March",    "April",
                                 "May",       "June",     "July",     "August",
                                 "September", "October",  "November", "December"};
  return months;
}

std::string SayYear(int year) {
  if (year >= 2000) return "two thousand" + (year > 2000 ? " and " + SayNumber(year - 2000) : "");
  if (year % 100 == 0) return "nineteen hundred";
  if (year % 100 < 10) return "nineteen oh " + SayNumber(year % 100);
  return "nineteen " + SayNumber(year % 100);
}

std::string Date(Random& random) {
  const Strings ordinals = {"first",      "second",    "third",        "fourth",
                            "fifth",      "ninth",     "tenth",        "twelfth",
                            "nineteenth", "twentieth", "twenty first", "thirty first"};
  const int day = 1 + Pick(random, 28);
  const int month = Pick(random, 12);
  const int year = 1930 + Pick(random, 80);
  const std::string name = Months()[static_cast<size_t>(month)];
  const std::string two_digits = (month < 9 ? "0" : "") + std::to_string(month + 1);
  const std::string day_digits = (day < 10 ? "0" : "") + std::to_string(day);
  switch (Pick(random, 9)) {
    case 0:
      return two_digits + "/" + day_digits + "/" + std::to_string(year);
    case 1:
      return std::to_string(year) + "-" + two_digits + "-" + day_digits;
    case 2:
      return day_digits + "." + two_digits + "." + std::to_string(year);
    case 3:
      return name + " " + std::to_string(day) + "th, " + std::to_string(year);
    case 4:
      return std::to_string(day) + " " + name + " " + std::to_string(year);
    case 5:
      return "the " + PickOne(random, ordinals) + " of " + name + " " + SayYear(year);
    case 6:
      return name + " " + PickOne(random, ordinals) + " " + SayYear(year);
    case 7:
      return name + " the " + PickOne(random, ordinals) + ", " + std::to_string(year);
    default:
      return SayNumber(month + 1) + " " + SayNumber(day) + " " + SayYear(year);
  }
}

Strings Frames(PiiType type) {
  switch (type) {
    case PiiType::kCardNumber:
      return {"My card number is {}, please.", "Sure, it's {} and it expires in June.",
              "You can charge {}.", "okay the visa is {} thanks", "Use {} for the payment"};
    case PiiType::kIban:
      return {"The IBAN is {}.", "Please transfer it to {} by Friday.", "my account is {}",
              "okay so {} is the account", "Send the money to {}, thank you."};
    case PiiType::kPhoneNumber:
      return {"You can call me at {}.", "My number is {}, any time.", "her mobile is {} okay",
              "Please dial {} to reach the office.", "If that fails, ring {} after lunch."};
    case PiiType::kEmail:
      return {"My email is {}.",           "You can write to {} any time.",
              "send it to {} please",      "Her address is {}, I think.",
              "Please email {} about it.", "{}, please."};
    case PiiType::kIpAddress:
      return {"The server is {}.", "Ping {} and tell me.", "we block traffic from {} now",
              "It answers on {}, port eighty.", "Log in to {} first."};
    case PiiType::kSsn:
      return {"My social security number is {}.", "The social is {}, I believe.",
              "okay my ssn is {} thanks", "And your social? {}.", "Social security: {}."};
    case PiiType::kDateOfBirth:
      return {"I was born on {}.", "My date of birth is {}.", "birth date {} for the record",
              "And your date of birth? Yes, it's {}.", "Her birthday is {}, write it down."};
  }
  return {"{}"};
}

DictatedSentence Fill(const std::string& frame, const std::string& secret, PiiType type) {
  DictatedSentence sentence;
  const size_t place = frame.find("{}");
  sentence.text = frame.substr(0, place) + secret + frame.substr(place + 2);
  sentence.has_secret = true;
  sentence.type = type;
  sentence.offset = place;
  sentence.size = secret.size();
  return sentence;
}

// Sixteen digits with a card's first digit and a wrong check digit.
std::string NotACard(Random& random) {
  std::string digits = "4" + Digits(random, 15);
  while (LuhnSum(digits) % 10 == 0) digits = "4" + Digits(random, 15);
  return digits;
}

}  // namespace

std::string RandomCardNumber(Random& random) {
  const Strings prefixes = {"4", "51", "55", "2223", "34", "37", "6011"};
  const std::string prefix = PickOne(random, prefixes);
  const int size = prefix == "34" || prefix == "37" ? 15 : 16;
  return WithLuhn(prefix + Digits(random, size - 1 - static_cast<int>(prefix.size())));
}

DictatedSentence SecretSentence(PiiType type, Random& random) {
  const std::string frame = PickOne(random, Frames(type));
  switch (type) {
    case PiiType::kCardNumber:
      return Fill(frame, Card(random), type);
    case PiiType::kIban:
      return Fill(frame, Iban(random), type);
    case PiiType::kPhoneNumber:
      return Fill(frame, Phone(random), type);
    case PiiType::kEmail:
      return Fill(frame, Email(random), type);
    case PiiType::kIpAddress:
      return Fill(frame, IpAddress(random), type);
    case PiiType::kSsn:
      return Fill(frame, Ssn(random), type);
    case PiiType::kDateOfBirth:
      return Fill(frame, Date(random), type);
  }
  return {};
}

DictatedSentence HarmlessSentence(Random& random) {
  const std::string year = std::to_string(1950 + Pick(random, 80));
  const std::string month = PickOne(random, Months());
  const std::string digits = Digits(random, 12);
  const auto number = [&](int from, int to) {
    return std::to_string(from + Pick(random, to - from));
  };
  const Strings sentences = {
      "The order number is " + NotACard(random) + ".",
      "Your order " + Grouped(NotACard(random), std::vector<int>{4, 4, 4, 4}, " ") + " has left.",
      "Invoice " + digits.substr(0, 10) + " was paid in " + year + ".",
      "tracking number " + SayDigits(From(random, '2', '9') + digits.substr(0, 9), random),
      "Between " + year + " and " + number(2000, 2030) + ", sales rose by " + number(1, 90) + "%.",
      "in nineteen eighty four and again in two thousand and twelve",
      "It costs $" + number(1, 9) + "," + number(100, 999) + "," + number(100, 999) + " a year.",
      "twenty five thousand four hundred and twelve dollars and ninety nine cents",
      "Please install version " + number(1, 12) + "." + number(0, 20) + "." + number(0, 99) + ".",
      "We run version " + number(1, 9) + "." + number(0, 9) + "." + number(0, 9) + "." +
          number(0, 99) + " of the firmware.",
      "The meeting on " + month + " " + number(1, 28) + "th, " + year + " starts at 10:30.",
      "It is due on " + number(10, 12) + "/" + number(10, 28) + "/" + year + ".",
      "look at example dot com for more details",
      "You will find it at shop dot example dot com on the first page.",
      "I work at google.com and she works at acme.org.",
      "At this point in time we have 12, 45, 78, 23, 99 and 31.",
      "The score was twenty one to fourteen after ninety minutes.",
      "Flight " + number(100, 999) + " leaves gate " + number(1, 60) + " at 7:45 p.m.",
      "Room one oh one, floor three, second door.",
      "The population grew from 1,234,567 to 2,345,678.",
      "Call it a day at five thirty, we are twelve people.",
      "The ISBN is 978-0-306-40615-" + number(0, 6) + ".",
      "Take two tablets of 500 mg every 8 hours for 14 days.",
      "Our ticket " + digits.substr(0, 9) + " is still open.",
      "pi is three point one four one five nine two six five",
      "He was born in " + year + " in a town of 4500.",
      "Case number " + digits.substr(0, 7) + " was closed in " + month + ".",
      "The part number is 555-" + number(10, 99) + "-" + number(1000, 9999) + ".",
      "We sold one hundred and five of two hundred and fifty five.",
      "zip code " + digits.substr(0, 5) + ", three kilometres north",
      "std::vector and a::b are names in a program at 12:30:45.",
      "I dot my i's and cross my t's at home.",
      "We met at Amazon dot com last year.",
      "They launched it at shop.example.com in " + month + ".",
      "She saw it at example dot org, then bought it.",
      "Count with me: two, three, four, five, six, seven, eight, nine, ten.",
      "Press 1, 2, 3, 4, 5, 6, 7, 8, 9 in turn.",
      "I read chapter " + number(2, 9) + ". " + number(2, 9) + " people did not.",
      "The scores were " + number(11, 99) + ". " + number(11, 99) + ". " + number(11, 99) + ". " +
          number(11, 99) + ".",
      "It was " + year + ". 12 people came, 345 stayed away, 6789 did not care.",
      "We sold four thousand one hundred eleven of them in " + year + ".",
  };
  DictatedSentence sentence;
  sentence.text = PickOne(random, sentences);
  return sentence;
}

}  // namespace ironscribe::text
