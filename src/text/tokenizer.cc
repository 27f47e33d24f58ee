#include "text/tokenizer.h"

#include <fmt/format.h>

#include <unordered_map>

#include "text/bpe_tokenizer.h"
#include "text/packed_tokenizer.h"
#include "text/special_tokens.h"
#include "text/token_list.h"
#include "text/utf8.h"
#include "text/vocabulary_files.h"

namespace ironscribe::text {
namespace {

using ByteMerges = std::vector<std::pair<std::string, std::string>>;

// The merges as ids. Requires: merges are not empty.
Result<std::vector<Merge>> ResolveMerges(const ByteMerges& merges, const TokenList& tokens) {
  std::unordered_map<std::string_view, TokenId> ids;
  ids.reserve(tokens.size());
  for (size_t i = 0; i < tokens.size(); ++i) ids.emplace(tokens[i], static_cast<TokenId>(i));
  std::vector<Merge> resolved;
  resolved.reserve(merges.size());
  for (const auto& [left, right] : merges) {
    const auto left_id = ids.find(left);
    const auto right_id = ids.find(right);
    const auto result_id = ids.find(left + right);
    if (left_id == ids.end() || right_id == ids.end() || result_id == ids.end()) {
      return InvalidArgumentError(fmt::format(
          "merge {} of the tokenizer joins tokens that its vocabulary lacks", resolved.size() + 1));
    }
    resolved.push_back({left_id->second, right_id->second, result_id->second});
  }
  return resolved;
}

bool ResultsAscend(const std::vector<Merge>& merges) {
  for (size_t i = 1; i < merges.size(); ++i) {
    if (merges[i].result <= merges[i - 1].result) return false;
  }
  return true;
}

Status CheckVocabSize(int vocab_size) {
  if (vocab_size > 0 && vocab_size <= kMaxTokens) return OkStatus();
  return InvalidArgumentError(fmt::format(
      "a vocabulary of {} tokens: between 1 and {} are supported", vocab_size, kMaxTokens));
}

// Where the results of the merges ascend, the ids are the ranks and the merges are rebuilt from
// them, because lists of merges exist that lack entries: those of multilingual Whisper folders
// begin with the second merge, so that " the" would fall into three tokens the model was never
// trained on.
Result<std::shared_ptr<const Tokenizer>> Build(std::vector<std::string> token_strings,
                                               const ByteMerges& merges, int vocab_size) {
  RETURN_IF_ERROR(CompleteSpecialTokens(vocab_size, token_strings));
  TokenList tokens(token_strings);
  std::shared_ptr<const BpeTokenizer> tokenizer;
  std::vector<Merge> resolved;
  if (!merges.empty()) {
    ASSIGN_OR_RETURN(resolved, ResolveMerges(merges, tokens));
  }
  if (ResultsAscend(resolved)) {
    ASSIGN_OR_RETURN(tokenizer, BpeTokenizer::FromRankedTokens(std::move(tokens)));
  } else {
    ASSIGN_OR_RETURN(tokenizer, BpeTokenizer::FromMerges(std::move(tokens), resolved));
  }
  return std::shared_ptr<const Tokenizer>(std::move(tokenizer));
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> Tokenizer::LoadFolder(const std::filesystem::path& folder,
                                                               int vocab_size) {
  RETURN_IF_ERROR(CheckVocabSize(vocab_size));
  ASSIGN_OR_RETURN(ParsedVocabulary vocabulary, ReadVocabularyFolder(folder, vocab_size));
  auto tokenizer = Build(std::move(vocabulary.tokens), vocabulary.merges, vocab_size);
  if (!tokenizer.ok()) return tokenizer.status().Annotate(folder.native());
  return tokenizer;
}

Result<std::shared_ptr<const Tokenizer>> Tokenizer::FromTokens(std::vector<std::string> tokens,
                                                               int vocab_size) {
  RETURN_IF_ERROR(CheckVocabSize(vocab_size));
  for (size_t id = 0; id < tokens.size(); ++id) {
    if (tokens[id].size() <= kMaxTokenBytes) continue;
    return InvalidArgumentError(fmt::format("token {} has {} bytes, more than the {} allowed", id,
                                            tokens[id].size(), kMaxTokenBytes));
  }
  return Build(std::move(tokens), {}, vocab_size);
}

Result<std::shared_ptr<const Tokenizer>> Tokenizer::Deserialize(std::string_view bytes) {
  ASSIGN_OR_RETURN(PackedTokenizer packed, UnpackTokenizer(bytes));
  ASSIGN_OR_RETURN(auto tokenizer,
                   BpeTokenizer::FromMerges(std::move(packed.tokens), packed.merges));
  return std::shared_ptr<const Tokenizer>(std::move(tokenizer));
}

std::string Tokenizer::Decode(std::span<const TokenId> ids) const {
  return SafeUtf8(DecodeBytes(ids));
}

std::optional<TokenId> Tokenizer::LanguageId(std::string_view code) const {
  for (const LanguageToken& language : special().languages) {
    if (language.code == code) return language.id;
  }
  return std::nullopt;
}

std::vector<TokenId> Tokenizer::BeginSuppressTokens() const {
  std::vector<TokenId> ids = Encode(" ");
  ids.push_back(special().end_of_text);
  return ids;
}

}  // namespace ironscribe::text
