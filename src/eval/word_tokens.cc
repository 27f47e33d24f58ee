#include "eval/word_tokens.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "eval/alignment.h"

namespace ironscribe::eval {
namespace {

// For each token of the words taken one by one its place among the tokens of the whole text. Where
// the two differ, tokens that follow a changed one were joined with it ("twenty one" to "21": one
// changed, one missing); those that follow an equal one were dropped.
std::vector<std::optional<size_t>> Counterparts(std::span<const Edit> edits) {
  std::vector<std::optional<size_t>> places;
  std::optional<size_t> joined;
  for (const Edit& edit : edits) {
    switch (edit.kind) {
      case EditKind::kHit:
        places.push_back(edit.hypothesis);
        joined.reset();
        break;
      case EditKind::kSubstitution:
        places.push_back(edit.hypothesis);
        joined = edit.hypothesis;
        break;
      case EditKind::kDeletion:
        places.push_back(joined);
        break;
      case EditKind::kInsertion:
        joined = edit.hypothesis;
        break;
    }
  }
  return places;
}

}  // namespace

Result<std::vector<std::vector<size_t>>> TokensOfWords(std::span<const std::string> words,
                                                       std::span<const std::string> tokens,
                                                       const Tokenize& tokenize) {
  std::vector<std::string> single;
  std::vector<size_t> ends;
  for (const std::string& word : words) {
    for (std::string& token : tokenize(word)) single.push_back(std::move(token));
    ends.push_back(single.size());
  }
  SymbolTable table;
  const std::vector<Symbol> single_symbols = table.Of(single);
  const std::vector<Symbol> token_symbols = table.Of(tokens);
  ASSIGN_OR_RETURN(const auto edits, Align(single_symbols, token_symbols, AlignmentCosts::kUnit));
  const auto places = Counterparts(edits);
  std::vector<std::vector<size_t>> result(words.size());
  size_t begin = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    for (; begin < ends[i]; ++begin) {
      if (!places[begin].has_value()) continue;
      const size_t place = *places[begin];
      if (result[i].empty() || result[i].back() != place) result[i].push_back(place);
    }
  }
  return result;
}

}  // namespace ironscribe::eval
