#include "text/redaction/redactor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "text/redaction/detectors.h"

namespace ironscribe::text {
namespace {

constexpr PiiType kAllTypes[] = {PiiType::kCardNumber, PiiType::kIban,      PiiType::kPhoneNumber,
                                 PiiType::kEmail,      PiiType::kIpAddress, PiiType::kSsn,
                                 PiiType::kDateOfBirth};
static_assert(std::size(kAllTypes) == kNumPiiTypes);

// Ascending and disjoint.
std::vector<PiiSpan> Merged(std::vector<PiiSpan> spans) {
  std::stable_sort(spans.begin(), spans.end(),
                   [](const PiiSpan& a, const PiiSpan& b) { return a.offset < b.offset; });
  std::vector<PiiSpan> merged;
  for (PiiSpan& span : spans) {
    if (!merged.empty() && span.offset < merged.back().offset + merged.back().size) {
      PiiSpan& last = merged.back();
      last.size = std::max(last.size, span.offset + span.size - last.offset);
    } else {
      merged.push_back(std::move(span));
    }
  }
  return merged;
}

}  // namespace

Result<std::vector<PiiType>> ParsePiiTypes(std::span<const std::string> names) {
  std::vector<PiiType> types;
  for (const std::string& name : names) {
    const auto* found = std::find_if(std::begin(kAllTypes), std::end(kAllTypes),
                                     [&](PiiType type) { return PiiName(type) == name; });
    if (name == "all") {
      types.assign(std::begin(kAllTypes), std::end(kAllTypes));
    } else if (found != std::end(kAllTypes)) {
      types.push_back(*found);
    } else {
      std::string known = "all";
      for (const PiiType type : kAllTypes) known += ", " + PiiName(type);
      return InvalidArgumentError(fmt::format("unknown value '{}'; there are: {}", name, known));
    }
  }
  return types;
}

Redactor::Redactor(std::span<const PiiType> types, RedactionList list) : list_(std::move(list)) {
  for (const PiiType type : types) wanted_[static_cast<int>(type)] = true;
}

std::vector<PiiSpan> Redactor::Find(std::string_view text) const {
  PiiScan scan(text);
  // All kinds, wanted or not: what is a card number must not be taken for a telephone number. The
  // surer kinds first.
  FindEmails(scan);
  FindIpAddresses(scan);
  FindIbans(scan);
  FindCardNumbers(scan);
  FindSocialSecurityNumbers(scan);
  FindBirthDates(scan);
  FindPhoneNumbers(scan);
  std::vector<PiiSpan> spans = list_.Find(text, scan.tokens());
  for (const PiiScan::Found& found : scan.found()) {
    if (!wanted_[static_cast<int>(found.type)]) continue;
    spans.push_back({found.offset, found.end - found.offset, std::string(PiiLabel(found.type))});
  }
  return Merged(std::move(spans));
}

}  // namespace ironscribe::text
