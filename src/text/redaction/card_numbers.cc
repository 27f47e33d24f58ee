#include "text/redaction/check_digits.h"
#include "text/redaction/detectors.h"

namespace ironscribe::text {
namespace {

constexpr size_t kMinDigits = 13;
constexpr size_t kMaxDigits = 19;

// The last item of the longest card number that starts at item `first`, or `none`.
size_t LastOfCard(const DigitRun& run, size_t first, size_t none) {
  std::string digits;
  size_t last = none;
  for (size_t i = first; i < run.items.size(); ++i) {
    digits += run.items[i].digits;
    if (digits.size() > kMaxDigits) break;
    if (digits.size() >= kMinDigits && IsCardNumber(digits)) last = i;
  }
  return last;
}

}  // namespace

void FindCardNumbers(PiiScan& scan) {
  for (const DigitRun& run : scan.runs()) {
    const size_t none = run.items.size();
    for (size_t i = 0; i < run.items.size(); ++i) {
      const size_t last = LastOfCard(run, i, none);
      if (last == none) continue;
      const size_t first_token = run.items[i].first;
      const size_t end_token = run.items[last].end;
      if (!scan.IsFree(first_token, end_token)) continue;
      scan.Take(first_token, end_token, PiiType::kCardNumber);
      i = last;
    }
  }
}

}  // namespace ironscribe::text
