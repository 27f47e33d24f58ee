// Test support: invented sentences with personal data in many written and dictated forms, and hard
// negatives, from a seed. Shares no code with the detectors, but the everyday words they go by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "text/redaction/pii.h"

namespace ironscribe::text {

struct DictatedSentence {
  std::string text;
  bool has_secret = false;
  PiiType type = PiiType::kEmail;  // Of the secret.
  size_t offset = 0;
  size_t size = 0;
};

// A sentence with one secret of that kind.
DictatedSentence SecretSentence(PiiType type, Random& random);

// A sentence with numbers, names of pages and dates, but no personal data.
DictatedSentence HarmlessSentence(Random& random);

// For tests that need one: a valid card number, its digits.
std::string RandomCardNumber(Random& random);

}  // namespace ironscribe::text
