#include "text/redaction/detectors.h"

namespace ironscribe::text {
namespace {

constexpr size_t kNumDigits = 9;
constexpr size_t kCueReach = 12;

// Areas 000, 666 and 900 to 999, group 00 and serial 0000 are never given out (SSA, POMS
// RM 10201.035).
bool IsGivenOut(std::string_view digits) {
  const std::string_view area = digits.substr(0, 3);
  return area != "000" && area != "666" && area[0] != '9' && digits.substr(3, 2) != "00" &&
         digits.substr(5) != "0000";
}

bool IsSeparator(std::string_view separator) {
  return separator == "-" || separator == " " || separator == " - " || separator == ", " ||
         separator == ". ";
}

// Figures grouped 3-2-4.
bool IsGrouped(const DigitRun& run, size_t first, size_t last) {
  if (last - first != 2) return false;
  constexpr size_t kGroups[] = {3, 2, 4};
  for (size_t i = first; i <= last; ++i) {
    if (run.items[i].is_spoken || run.items[i].digits.size() != kGroups[i - first]) return false;
    if (i > first && !IsSeparator(run.separators[i])) return false;
  }
  return true;
}

bool IsSocialSecurityNumber(const PiiScan& scan, const DigitRun& run, size_t first, size_t last) {
  const size_t at = run.items[first].first;
  const size_t end = run.items[last].end;
  const size_t cue = scan.DistanceBefore(Cue::kSsn, at);
  const size_t reference = scan.DistanceBefore(Cue::kReference, at);
  if (cue <= kCueReach) return cue <= reference;
  if (scan.DistanceAfter(Cue::kSsn, end) <= 6 && reference > kCueReach) return true;
  return IsGrouped(run, first, last) && reference > 4;
}

}  // namespace

void FindSocialSecurityNumbers(PiiScan& scan) {
  for (const DigitRun& run : scan.runs()) {
    for (size_t first = 0; first < run.items.size(); ++first) {
      std::string digits;
      size_t last = first;
      for (; last < run.items.size() && digits.size() < kNumDigits; ++last) {
        digits += run.items[last].digits;
      }
      --last;
      if (digits.size() != kNumDigits || !IsGivenOut(digits)) continue;
      if (!scan.IsFree(run.items[first].first, run.items[last].end)) continue;
      if (!IsSocialSecurityNumber(scan, run, first, last)) continue;
      scan.Take(run.items[first].first, run.items[last].end, PiiType::kSsn);
      first = last;
    }
  }
}

}  // namespace ironscribe::text
