#include "text/redaction/pii_scan.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace ironscribe::text {
namespace {

struct CueWord {
  std::string_view word;
  Cue cue;
};
constexpr CueWord kCueWords[] = {
    {"phone", Cue::kPhone},
    {"telephone", Cue::kPhone},
    {"mobile", Cue::kPhone},
    {"cell", Cue::kPhone},
    {"cellphone", Cue::kPhone},
    {"call", Cue::kPhone},
    {"called", Cue::kPhone},
    {"calling", Cue::kPhone},
    {"dial", Cue::kPhone},
    {"fax", Cue::kPhone},
    {"ring", Cue::kPhone},
    {"reach", Cue::kPhone},
    {"reached", Cue::kPhone},
    {"landline", Cue::kPhone},
    {"whatsapp", Cue::kPhone},
    {"hotline", Cue::kPhone},
    {"text", Cue::kPhone},
    {"callback", Cue::kPhone},
    {"number", Cue::kNumber},
    {"order", Cue::kReference},
    {"orders", Cue::kReference},
    {"invoice", Cue::kReference},
    {"ticket", Cue::kReference},
    {"reference", Cue::kReference},
    {"ref", Cue::kReference},
    {"confirmation", Cue::kReference},
    {"tracking", Cue::kReference},
    {"account", Cue::kReference},
    {"serial", Cue::kReference},
    {"part", Cue::kReference},
    {"sku", Cue::kReference},
    {"item", Cue::kReference},
    {"case", Cue::kReference},
    {"claim", Cue::kReference},
    {"model", Cue::kReference},
    {"policy", Cue::kReference},
    {"booking", Cue::kReference},
    {"reservation", Cue::kReference},
    {"isbn", Cue::kReference},
    {"iban", Cue::kReference},
    {"receipt", Cue::kReference},
    {"transaction", Cue::kReference},
    {"batch", Cue::kReference},
    {"build", Cue::kReference},
    {"shipment", Cue::kReference},
    {"parcel", Cue::kReference},
    {"product", Cue::kReference},
    {"social", Cue::kSsn},
    {"ssn", Cue::kSsn},
    {"born", Cue::kBirth},
    {"birth", Cue::kBirth},
    {"birthday", Cue::kBirth},
    {"birthdate", Cue::kBirth},
    {"dob", Cue::kBirth},
    {"birthdays", Cue::kBirth},
    {"appointment", Cue::kOtherDate},
    {"meeting", Cue::kOtherDate},
    {"due", Cue::kOtherDate},
    {"expires", Cue::kOtherDate},
    {"expiry", Cue::kOtherDate},
    {"delivered", Cue::kOtherDate},
    {"delivery", Cue::kOtherDate},
    {"moved", Cue::kOtherDate},
    {"married", Cue::kOtherDate},
    {"started", Cue::kOtherDate},
    {"joined", Cue::kOtherDate},
    {"hired", Cue::kOtherDate},
    {"ordered", Cue::kOtherDate},
    {"scheduled", Cue::kOtherDate},
    {"version", Cue::kVersion},
    {"v", Cue::kVersion},
    {"release", Cue::kVersion},
    {"firmware", Cue::kVersion},
    {"driver", Cue::kVersion},
    {"kernel", Cue::kVersion},
    {"build", Cue::kVersion},
    {"upgrade", Cue::kVersion},
    {"upgraded", Cue::kVersion},
    {"software", Cue::kVersion},
    {"section", Cue::kVersion},
    {"chapter", Cue::kVersion},
    {"email", Cue::kEmail},
    {"mail", Cue::kEmail},
    {"emails", Cue::kEmail},
    {"write", Cue::kEmail},
    {"contact", Cue::kEmail},
    {"send", Cue::kEmail},
    {"inbox", Cue::kEmail},
    {"username", Cue::kEmail},
    {"login", Cue::kEmail},
    {"ip", Cue::kHost},
    {"server", Cue::kHost},
    {"host", Cue::kHost},
    {"gateway", Cue::kHost},
    {"router", Cue::kHost},
    {"ping", Cue::kHost},
};

bool IsFiller(std::string_view lower) {
  for (const std::string_view word : {"uh", "um", "er", "erm", "dash", "hyphen", "space"}) {
    if (lower == word) return true;
  }
  return false;
}

// What may stand between two parts of a number: blanks and the signs people group digits by, also
// as UTF-8 writes a no-break space and the dashes.
bool IsGroupingGap(std::string_view gap) {
  constexpr size_t kMaxGapBytes = 8;
  return gap.size() <= kMaxGapBytes &&
         gap.find_first_not_of(" -.,()/+\n\t\xc2\xa0\xe2\x80\x93\x94\x91\x90\x89\xaf") == gap.npos;
}

// Whether no word follows in the same sentence: "9999." and "1, 5", not "12 people".
bool StandsAlone(std::span<const WordToken> tokens, const DigitItem& item) {
  return item.end == tokens.size() || tokens[item.end].is_digits ||
         tokens[item.end].gap.find_first_of(".,") != std::string_view::npos;
}

// A full stop ends a number, unless a recogniser has set it between dictated groups: between
// words, groups of three, single digits ("4. 1. 5."), and before what is no part of a sentence.
bool EndsSentence(std::string_view gap, const DigitItem& before, const DigitItem& after,
                  std::span<const WordToken> tokens) {
  const size_t stop = gap.find('.');
  if (stop == gap.npos || stop + 1 == gap.size() || gap[stop + 1] != ' ') return false;
  if (before.is_spoken && after.is_spoken) return false;
  const size_t sizes[] = {before.digits.size(), after.digits.size()};
  const bool are_groups = sizes[0] >= 3 && sizes[1] >= 3;
  const bool are_digits = sizes[0] == 1 && sizes[1] == 1;
  return !are_groups && !are_digits && !StandsAlone(tokens, after);
}

// The item that continues a number whose last item is `last`; `separator` gets what lies between.
std::optional<DigitItem> NextItem(std::span<const WordToken> tokens, const DigitItem& last,
                                  std::string& separator) {
  separator.clear();
  size_t at = last.end;
  for (; at < tokens.size(); ++at) {
    if (!IsGroupingGap(tokens[at].gap)) return std::nullopt;
    separator += tokens[at].gap;
    if (!IsFiller(tokens[at].lower)) break;
  }
  auto item = ReadDigitItem(tokens, at);
  if (item && EndsSentence(separator, last, *item, tokens)) return std::nullopt;
  return item;
}

std::vector<DigitRun> FindRuns(std::span<const WordToken> tokens) {
  std::vector<DigitRun> runs;
  for (size_t at = 0; at < tokens.size();) {
    auto item = ReadDigitItem(tokens, at);
    if (!item) {
      ++at;
      continue;
    }
    DigitRun run;
    std::string separator(tokens[at].gap);
    while (item) {
      at = item->end;
      run.items.push_back(*std::move(item));
      run.separators.push_back(separator);
      item = NextItem(tokens, run.items.back(), separator);
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace

std::string_view PiiLabel(PiiType type) {
  switch (type) {
    case PiiType::kEmail:
      return "EMAIL";
    case PiiType::kIpAddress:
      return "IP_ADDRESS";
    case PiiType::kIban:
      return "IBAN";
    case PiiType::kCardNumber:
      return "CARD_NUMBER";
    case PiiType::kSsn:
      return "SSN";
    case PiiType::kDateOfBirth:
      return "DATE_OF_BIRTH";
    case PiiType::kPhoneNumber:
      return "PHONE_NUMBER";
  }
  return "";
}

std::string PiiName(PiiType type) {
  std::string name(PiiLabel(type));
  for (char& c : name) c = c == '_' ? '-' : static_cast<char>(c - 'A' + 'a');
  return name;
}

PiiScan::PiiScan(std::string_view text)
    : text_(text), tokens_(CutIntoTokens(text)), runs_(FindRuns(tokens_)) {
  taken_.resize(tokens_.size());
  std::unordered_multimap<std::string_view, Cue> cue_of;
  for (const CueWord& word : kCueWords) cue_of.emplace(word.word, word.cue);
  for (size_t i = 0; i < tokens_.size(); ++i) {
    std::string_view word = tokens_[i].lower;
    if (word.ends_with("'s")) word.remove_suffix(2);  // "my cell's ..."
    const bool spells_dob =
        i > 1 && word == "b" && tokens_[i - 1].lower == "o" && tokens_[i - 2].lower == "d";
    const auto [first, last] = cue_of.equal_range(spells_dob ? "dob" : word);
    for (auto it = first; it != last; ++it) cues_[static_cast<size_t>(it->second)].push_back(i);
  }
}

bool PiiScan::IsFree(size_t first, size_t end) const {
  for (size_t i = first; i < end; ++i) {
    if (taken_[i]) return false;
  }
  return true;
}

void PiiScan::Take(size_t first, size_t end, PiiType type) {
  for (size_t i = first; i < end; ++i) taken_[i] = true;
  size_t offset = tokens_[first].offset;
  if (type == PiiType::kPhoneNumber) {
    while (offset > 0 && (text_[offset - 1] == '+' || text_[offset - 1] == '(')) --offset;
  }
  found_.push_back({offset, tokens_[end - 1].end(), type});
}

void PiiScan::TakeBytes(size_t offset, size_t end, PiiType type) {
  auto token = std::partition_point(tokens_.begin(), tokens_.end(),
                                    [&](const WordToken& t) { return t.end() <= offset; });
  for (; token != tokens_.end() && token->offset < end; ++token) {
    taken_[static_cast<size_t>(token - tokens_.begin())] = true;
  }
  found_.push_back({offset, end, type});
}

size_t PiiScan::DistanceBefore(Cue cue, size_t at) const {
  const std::vector<size_t>& places = cues_[static_cast<size_t>(cue)];
  const auto next = std::lower_bound(places.begin(), places.end(), at);
  return next == places.begin() ? kFar : at - *(next - 1);
}

size_t PiiScan::DistanceAfter(Cue cue, size_t end) const {
  const std::vector<size_t>& places = cues_[static_cast<size_t>(cue)];
  const auto next = std::lower_bound(places.begin(), places.end(), end);
  return next == places.end() ? kFar : *next - end + 1;
}

}  // namespace ironscribe::text
