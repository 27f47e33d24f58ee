#include <algorithm>
#include <span>
#include <string>

#include "text/redaction/detectors.h"

namespace ironscribe::text {
namespace {

constexpr size_t kMinDigits = 7;
constexpr size_t kMaxDigits = 15;  // ITU-T E.164.
constexpr size_t kCueReach = 9;

// A stretch of a run.
struct Stretch {
  const DigitRun& run;
  size_t first;
  size_t last;
  std::string digits;

  size_t first_token() const { return run.items[first].first; }
  size_t end_token() const { return run.items[last].end; }
  std::span<const DigitItem> items() const {
    return std::span(run.items).subspan(first, last - first + 1);
  }
  // In words, or in figures one by one: "4. 1. 5. 5."
  bool IsDictated() const {
    const auto all = items();
    return std::any_of(all.begin(), all.end(),
                       [](const DigitItem& item) { return item.is_spoken; }) ||
           std::all_of(all.begin(), all.end(),
                       [](const DigitItem& item) { return item.digits.size() == 1; });
  }
  // "two, three, four, five": somebody counts.
  bool IsCounting() const {
    const auto all = items();
    const auto value = [](const DigitItem& item) {
      return item.digits.size() > 4 ? -1 : std::stoi(item.digits);
    };
    for (size_t i = 1; i < all.size(); ++i) {
      if (value(all[i]) != value(all[i - 1]) + 1) return false;
    }
    return all.size() > 2;
  }
  // "3-3-4" as {3, 3, 4}.
  std::vector<size_t> Groups() const {
    std::vector<size_t> groups;
    for (size_t i = first; i <= last; ++i) groups.push_back(run.items[i].digits.size());
    return groups;
  }
};

enum class Context { kPhone, kNothing, kOther };

// What the words before tell: the nearest cue counts, and "number" is what the word before it says.
Context ContextOf(const PiiScan& scan, const Stretch& stretch) {
  const size_t at = stretch.first_token();
  const std::string_view gap = scan.tokens()[at].gap;
  if (gap.find_first_of("$#") != gap.npos || gap.find("\u20ac") != gap.npos ||
      gap.find("\u00a3") != gap.npos) {
    return Context::kOther;
  }
  const size_t phone = scan.DistanceBefore(Cue::kPhone, at);
  const size_t number = scan.DistanceBefore(Cue::kNumber, at);
  const size_t reference = scan.DistanceBefore(Cue::kReference, at);
  if (phone <= kCueReach && phone < reference) return Context::kPhone;
  if (reference <= kCueReach) return Context::kOther;
  if (phone <= kCueReach || number <= kCueReach) return Context::kPhone;
  if (scan.DistanceAfter(Cue::kPhone, stretch.end_token()) <= 5) return Context::kPhone;
  return Context::kNothing;
}

bool HasPlus(const PiiScan& scan, const Stretch& stretch) {
  const size_t at = stretch.first_token();
  if (scan.tokens()[at].gap.ends_with('+')) return true;
  return at > 0 && scan.tokens()[at - 1].lower == "plus" && scan.tokens()[at].gap == " ";
}

// North American Numbering Plan: area and exchange start with 2 to 9.
bool IsNorthAmerican(std::string_view digits) {
  if (digits.size() == 11 && digits[0] == '1') digits.remove_prefix(1);
  return digits.size() == 10 && digits[0] >= '2' && digits[3] >= '2';
}

bool IsGroupedNorthAmerican(std::vector<size_t> groups) {
  if (groups.size() > 1 && groups[0] == 1) groups.erase(groups.begin());
  return groups == std::vector<size_t>{3, 3, 4} || groups == std::vector<size_t>{3, 7} ||
         groups == std::vector<size_t>{3, 3, 2, 2};
}

// With a trunk prefix 0, as in most of Europe.
bool IsNational(std::string_view digits) {
  return digits.size() >= 10 && digits.size() <= 12 && digits[0] == '0' && digits[1] != '0';
}

// Forms that are telephone numbers by themselves, unless the words say otherwise.
bool HasPhoneForm(const PiiScan& scan, const Stretch& stretch) {
  const std::string& digits = stretch.digits;
  if (stretch.IsCounting()) return false;
  if (digits.size() >= 8 && HasPlus(scan, stretch)) return true;
  const bool spoken = stretch.IsDictated();
  const bool is_grouped = stretch.last > stretch.first;
  if (digits.starts_with("00") && digits.size() >= 10 && (spoken || is_grouped)) return true;
  if (IsNorthAmerican(digits) && (spoken || IsGroupedNorthAmerican(stretch.Groups()))) return true;
  return IsNational(digits) && (spoken || is_grouped || digits.starts_with("07"));
}

// A date or an amount in figures: "03/14/2025", "1,234,567".
bool IsDateOrAmount(const Stretch& stretch) {
  for (size_t i = stretch.first + 1; i <= stretch.last; ++i) {
    if (stretch.run.separators[i] == ",") return true;
  }
  const std::vector<size_t> groups = stretch.Groups();
  if (groups.size() != 3 || stretch.digits.size() > 8) return false;
  const bool year_first = groups[0] == 4 && groups[1] <= 2 && groups[2] <= 2;
  const bool year_last = groups[0] <= 2 && groups[1] <= 2 && groups[2] == 4;
  return year_first || year_last;
}

// Calls `accept` with the stretches of a run from the longest number to the shortest at each place,
// takes those it wants and goes on behind them.
template <typename Accept>
void TakeStretches(PiiScan& scan, const DigitRun& run, Accept accept) {
  for (size_t first = 0; first < run.items.size(); ++first) {
    Stretch stretch{run, first, first, ""};
    std::vector<size_t> sizes;  // Of the number up to each item.
    for (size_t i = first; i < run.items.size(); ++i) {
      stretch.digits += run.items[i].digits;
      if (stretch.digits.size() > kMaxDigits) break;
      sizes.push_back(stretch.digits.size());
    }
    for (size_t count = sizes.size(); count > 0 && sizes[count - 1] >= kMinDigits; --count) {
      stretch.last = first + count - 1;
      stretch.digits.resize(sizes[count - 1]);
      if (!scan.IsFree(stretch.first_token(), stretch.end_token())) continue;
      if (IsDateOrAmount(stretch) || !accept(stretch)) continue;
      // The plus belongs to the number.
      const size_t before = stretch.first_token() - 1;
      const bool says_plus = stretch.first_token() > 0 && scan.tokens()[before].lower == "plus" &&
                             scan.IsFree(before, before + 1);
      scan.Take(stretch.first_token() - (says_plus ? 1 : 0), stretch.end_token(),
                PiiType::kPhoneNumber);
      first = stretch.last;
      break;
    }
  }
}

}  // namespace

void FindPhoneNumbers(PiiScan& scan) {
  for (const DigitRun& run : scan.runs()) {
    TakeStretches(scan, run, [&](const Stretch& stretch) {
      return HasPhoneForm(scan, stretch) && ContextOf(scan, stretch) != Context::kOther;
    });
    TakeStretches(scan, run, [&](const Stretch& stretch) {
      return ContextOf(scan, stretch) == Context::kPhone;
    });
  }
}

}  // namespace ironscribe::text
