#include "text/inverse_normalization/profanity.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "text/utf8.h"

namespace ironscribe::text {
namespace {

constexpr std::string_view kWords[] = {
    "arsehole",  "arseholes",    "asshole",       "assholes",      "bastard",  "bastards",
    "bitch",     "bitches",      "bitching",      "bollocks",      "bullshit", "cunt",
    "cunts",     "dickhead",     "dickheads",     "fuck",          "fucked",   "fucker",
    "fuckers",   "fuckin",       "fucking",       "fucks",         "fuck's",   "goddamn",
    "goddamned", "motherfucker", "motherfuckers", "motherfucking", "piss",     "pissed",
    "pissing",   "prick",        "pricks",        "shit",          "shits",    "shitting",
    "shitty",    "slut",         "sluts",         "twat",          "twats",    "wanker",
    "wankers",   "whore",        "whores",
};

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string Masked(std::string_view word) {
  const size_t first = NextUnit(word, 0).size_bytes;
  std::string masked(word.substr(0, first));
  for (size_t at = first; at < word.size(); at += NextUnit(word, at).size_bytes) masked += '*';
  return masked;
}

}  // namespace

Result<ProfanityMask> ProfanityMask::Create(std::string_view more, std::string_view name) {
  if (more.size() > kMaxProfanityListBytes) {
    return InvalidArgumentError(
        fmt::format("{}: longer than {} bytes", name, kMaxProfanityListBytes));
  }
  if (!IsValidUtf8(more)) return InvalidArgumentError(fmt::format("{}: not UTF-8", name));
  ProfanityMask mask;
  for (const std::string_view word : kWords) RETURN_IF_ERROR(mask.phrases_.Add(word, ""));
  int number = 0;
  for (size_t start = 0; start < more.size();) {
    const size_t end = std::min(more.find('\n', start), more.size());
    const std::string_view line = Trimmed(more.substr(start, end - start));
    start = end + 1;
    ++number;
    if (line.empty() || line[0] == '#') continue;
    RETURN_IF_ERROR(mask.phrases_.Add(line, "").Annotate(fmt::format("{}, line {}", name, number)));
  }
  return mask;
}

std::vector<TextEdit> ProfanityMask::Find(std::string_view text) const {
  const std::vector<WordToken> tokens = CutIntoTokens(text);
  std::vector<TextEdit> edits;
  size_t next_token = 0;
  for (const PhraseList::Match& match : phrases_.Find(tokens)) {
    for (size_t at = std::max(next_token, match.first_token); at < match.end_token; ++at) {
      edits.push_back({tokens[at].offset, tokens[at].written.size(), Masked(tokens[at].written)});
      next_token = at + 1;
    }
  }
  SpareLabels(text, edits);
  return edits;
}

}  // namespace ironscribe::text
