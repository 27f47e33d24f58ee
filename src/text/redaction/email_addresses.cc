// Written addresses are found by their "@". Dictated ones are found by "at" before a domain with a
// "dot": from there the local part is read backwards, over "dot", "underscore" and spelled letters,
// and over plain words only where the talk is of mail, because "look at example dot com" names a
// page.

#include <algorithm>
#include <iterator>
#include <optional>

#include "text/redaction/detectors.h"

namespace ironscribe::text {
namespace {

constexpr size_t kMaxTokens = 32;     // Of a local part or a domain.
constexpr size_t kCueReach = 12;      // Words between "email" and the address.
constexpr size_t kMaxPlainWords = 3;  // "john smith" before "at".

// Endings of domains that people give out, and those that are English words as well.
constexpr std::string_view kEndings[] = {
    "com", "org",  "net",  "edu",  "gov",   "mil",    "int",     "info", "biz",    "name", "app",
    "dev", "tech", "site", "shop", "cloud", "online", "example", "test", "health", "uk",   "de",
    "fr",  "es",   "nl",   "ch",   "se",    "dk",     "fi",      "pl",   "cz",     "ie",   "eu",
    "ca",  "au",   "nz",   "jp",   "cn",    "kr",     "br",      "mx",   "ru",     "tr",   "za",
    "io",  "ai",   "co",   "tv",   "pt",    "gr",     "hu",      "ro",   "ac",     "gg",   "lu",
    "li",  "sk",   "si",   "hr",   "bg",    "ee",     "lt",      "lv",   "ua",     "il",   "ar",
    "cl",  "ng",   "ke",   "sg",   "hk",    "tw",     "th",      "vn",   "ph",     "ly",   "sh",
};
constexpr std::string_view kWordEndings[] = {"it", "at", "be", "in", "me", "us",
                                             "is", "no", "to", "so", "my", "am"};

// Words before "at" that are no local part.
constexpr std::string_view kNeverLocal[] = {
    "is",       "it",      "was",      "are",     "be",       "been",      "the",      "a",
    "an",       "my",      "your",     "his",     "her",      "our",       "their",    "look",
    "looking",  "looks",   "looked",   "meet",    "met",      "see",       "visit",    "go",
    "work",     "works",   "working",  "worked",  "stay",     "live",      "lives",    "shop",
    "buy",      "bought",  "order",    "ordered", "book",     "booked",    "register", "sign",
    "up",       "out",     "in",       "here",    "there",    "available", "online",   "found",
    "find",     "check",   "arrive",   "arrived", "aim",      "start",     "good",     "best",
    "everyone", "people",  "team",     "hosted",  "posted",   "published", "listed",   "now",
    "today",    "again",   "directly", "please",  "not",      "and",       "or",       "on",
    "page",     "website", "site",     "article", "products", "prices",    "more",     "details",
    "them",     "us",      "you",      "him",     "it's",
};

// Words that a local part does not reach over.
constexpr std::string_view kStops[] = {
    "email",    "mail",    "address", "send",     "write",   "contact", "me",       "him",
    "us",       "you",     "i",       "we",       "they",    "he",      "she",      "to",
    "of",       "for",     "with",    "by",       "from",    "as",      "that",     "this",
    "use",      "try",     "reach",   "via",      "under",   "at",      "so",       "but",
    "if",       "then",    "also",    "yes",      "no",      "okay",    "ok",       "just",
    "would",    "could",   "can",     "will",     "it's",    "that's",  "its",      "copy",
    "cc",       "forward", "login",   "username", "account", "um",      "uh",       "sure",
    "well",     "right",   "emails",  "inbox",    "old",     "new",     "personal", "private",
    "business", "mine",    "called",  "spelled",
};

template <size_t kSize>
bool Holds(const std::string_view (&words)[kSize], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool IsConnector(std::string_view lower) {
  for (const std::string_view word : {"dot", "underscore", "dash", "hyphen", "minus", "plus"}) {
    if (lower == word) return true;
  }
  return false;
}

// Signs inside an address that is written.
bool IsWrittenConnector(std::string_view gap) {
  return gap.size() <= 2 && gap.find_first_not_of("._-+%'") == gap.npos;
}

// What a recogniser sets where somebody who dictates stops for breath.
bool IsPause(std::string_view gap) { return gap == ", " || gap == ". "; }

bool IsLetter(const WordToken& token) { return !token.is_digits && token.lower.size() == 1; }

bool IsSpelled(const WordToken& token) {
  return token.is_digits || token.lower.size() == 1 || SpokenDigit(token.lower) ||
         SpokenTeen(token.lower) || SpokenTens(token.lower);
}

// Hosts of nothing but mail.
constexpr std::string_view kMailHosts[] = {"gmail",  "hotmail", "outlook",    "yahoo",
                                           "icloud", "aol",     "protonmail", "gmx"};

// Who does something, so that what follows is no name: "we met at ...".
constexpr std::string_view kSubjects[] = {"i",   "we",  "they", "he",   "she",
                                          "you", "who", "it",   "that", "people"};

// A pause inside a dictated domain: "j, o, e" and around "dot".
bool IsPauseInDomain(std::span<const WordToken> tokens, size_t at) {
  if (!IsPause(tokens[at].gap)) return false;
  const WordToken& before = tokens[at - 1];
  return tokens[at].lower == "dot" || before.lower == "dot" || before.lower == "at" ||
         (IsLetter(before) && IsLetter(tokens[at]) && tokens[at].written != "I");
}

struct Domain {
  size_t end = 0;            // Token behind it.
  bool says_dot = false;     // In words.
  bool is_doubtful = false;  // "the dot in"
};

// The domain that starts at token `at`: labels of a few words, "dot", labels, an ending. Behind a
// written "@" (RFC 5321) any word behind a dot may be the ending; in speech only known ones are.
std::optional<Domain> ReadDomain(std::span<const WordToken> tokens, size_t at, bool behind_sign) {
  Domain domain;
  size_t label_words = 0;
  bool is_first_label = true;
  const size_t limit = std::min(tokens.size(), at + kMaxTokens);
  std::optional<Domain> complete;
  if (tokens[at].lower == "www") return complete;
  for (size_t i = at; i < limit; ++i) {
    const WordToken& token = tokens[i];
    const bool blank = token.gap == " " || (i > at && IsPauseInDomain(tokens, i));
    if (i > at && !blank && !IsWrittenConnector(token.gap)) break;
    const bool says_dot = blank && token.lower == "dot" && i > at;
    const bool written_dot = i > at && token.gap == ".";
    if (says_dot || written_dot) {
      if (label_words == 0) break;
      domain.says_dot = domain.says_dot || says_dot;
      is_first_label = false;
      label_words = 0;
      if (says_dot) continue;
    }
    // "g mail" and spelled names before the first dot; one word behind it, or letters.
    constexpr size_t kMaxFirstWords = 3;
    const bool connects = says_dot || written_dot || !blank;
    if (label_words > 0 && !connects && !IsSpelled(token)) {
      if (!is_first_label || label_words >= kMaxFirstWords) break;
    }
    if (token.lower == "at" && (is_first_label || label_words > 0)) break;
    ++label_words;
    if (is_first_label) continue;
    const bool spelled_ending = token.lower.size() == 1 && label_words >= 2;
    const bool doubtful = Holds(kWordEndings, token.lower);
    const bool any_ending =
        behind_sign && written_dot && !token.is_digits && token.lower.size() >= 2;
    if (doubtful || spelled_ending || any_ending || Holds(kEndings, token.lower)) {
      complete = Domain{i + 1, domain.says_dot, doubtful && blank};
    }
  }
  return complete;
}

struct Local {
  size_t first = 0;
  bool is_evident = false;  // By its form alone.
};

// Reads backwards from the token before "at"; nothing when that can be no local part.
std::optional<Local> ReadLocal(const PiiScan& scan, size_t at, bool talks_of_mail) {
  const auto tokens = scan.tokens();
  if (at == 0) return std::nullopt;
  Local local{at - 1, false};
  if (IsConnector(tokens[local.first].lower)) return std::nullopt;
  const bool says_who = at > 1 && tokens[at - 1].gap == " " && !IsSpelled(tokens[at - 1]) &&
                        Holds(kSubjects, tokens[at - 2].lower);
  if (says_who) return std::nullopt;
  const bool spells_a = at > 1 && IsLetter(tokens[at - 1]) && IsLetter(tokens[at - 2]);
  if (!spells_a && Holds(kNeverLocal, tokens[local.first].lower)) return std::nullopt;
  local.is_evident = IsSpelled(tokens[local.first]) && tokens[local.first].lower != "i";
  size_t plain_words = 1;
  while (local.first > 0 && at - local.first < kMaxTokens) {
    const WordToken& current = tokens[local.first];
    const WordToken& previous = tokens[local.first - 1];
    const bool pauses =
        IsPause(current.gap) && ((IsSpelled(previous) && IsSpelled(current)) ||
                                 IsConnector(previous.lower) || IsConnector(current.lower));
    if (!current.gap.empty() && current.gap != " " && !pauses) {
      if (!IsWrittenConnector(current.gap)) break;
      local.is_evident = true;
      --local.first;
      continue;
    }
    if (current.gap.empty()) {
      --local.first;
      continue;
    }
    if (IsConnector(previous.lower) && local.first > 1) {
      local.is_evident = true;
      local.first -= 2;
      continue;
    }
    if (Holds(kNeverLocal, previous.lower) || Holds(kStops, previous.lower)) {
      // "a" and "i" may be letters of a name that is spelled.
      const bool is_letter = IsLetter(previous) && IsLetter(current);
      if (!is_letter) break;
    }
    const bool spells = IsSpelled(previous) && (IsSpelled(current) || local.is_evident);
    if (!spells && !IsSpelled(current)) {
      if (!talks_of_mail || ++plain_words > kMaxPlainWords) break;
    }
    if (spells) local.is_evident = true;
    --local.first;
  }
  return local;
}

bool IsCourtesy(std::string_view lower) {
  for (const std::string_view word : {"please", "thanks", "thank", "okay", "yes", "right"}) {
    if (lower == word) return true;
  }
  return false;
}

// Whether nothing but the address is said: "John at example.com, please".
bool IsWholeSentence(const PiiScan& scan, size_t first, size_t end) {
  const auto tokens = scan.tokens();
  constexpr std::string_view kSentenceEnds = ".?!";
  const bool starts =
      first == 0 || tokens[first].gap.find_first_of(kSentenceEnds) != std::string_view::npos;
  const std::string_view behind =
      end < tokens.size() ? tokens[end].gap : scan.text().substr(tokens[end - 1].end());
  const bool ends = end == tokens.size() || behind.find_first_of(kSentenceEnds) != behind.npos ||
                    (behind == ", " && IsCourtesy(tokens[end].lower));
  return starts && ends;
}

void FindWritten(PiiScan& scan) {
  const auto tokens = scan.tokens();
  for (size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i].gap.find('@') == std::string_view::npos || tokens[i].gap.size() > 3) continue;
    size_t first = i - 1;
    while (first > 0 && i - first < kMaxTokens && IsWrittenConnector(tokens[first].gap)) --first;
    const auto domain = ReadDomain(tokens, i, /*behind_sign=*/true);
    if (!domain || !scan.IsFree(first, domain->end)) continue;
    scan.Take(first, domain->end, PiiType::kEmail);
    i = domain->end - 1;
  }
}

}  // namespace

void FindEmails(PiiScan& scan) {
  FindWritten(scan);
  const auto tokens = scan.tokens();
  for (size_t at = 1; at + 1 < tokens.size(); ++at) {
    if (tokens[at].lower != "at") continue;
    if (tokens[at].gap != " " && !(IsPause(tokens[at].gap) && IsLetter(tokens[at - 1]))) continue;
    if (tokens[at + 1].gap != " " && tokens[at + 1].gap != ", ") continue;
    const auto domain = ReadDomain(tokens, at + 1, /*behind_sign=*/false);
    if (!domain) continue;
    const bool talks_of_mail = scan.DistanceBefore(Cue::kEmail, at) <= kCueReach ||
                               scan.DistanceAfter(Cue::kEmail, domain->end) <= 6;
    const auto local = ReadLocal(scan, at, talks_of_mail);
    if (!local) continue;
    const bool is_mail_host = Holds(kMailHosts, tokens[at + 1].lower);
    const bool is_sure = talks_of_mail || local->is_evident || is_mail_host ||
                         IsWholeSentence(scan, local->first, domain->end);
    if (!is_sure && (!domain->says_dot || domain->is_doubtful)) continue;
    if (!scan.IsFree(local->first, domain->end)) continue;
    scan.Take(local->first, domain->end, PiiType::kEmail);
    at = domain->end - 1;
  }
}

}  // namespace ironscribe::text
