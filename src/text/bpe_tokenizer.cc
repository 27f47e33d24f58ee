#include "text/bpe_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "text/packed_tokenizer.h"
#include "text/special_tokens.h"
#include "text/split_pieces.h"

namespace ironscribe::text {
namespace {

// The token of each single byte.
Result<std::array<int32_t, 256>> FindByteIds(const TokenList& tokens, TokenId end_of_text) {
  std::array<int32_t, 256> ids;
  ids.fill(-1);
  for (TokenId id = 0; id < end_of_text; ++id) {
    const std::string_view token = tokens[static_cast<size_t>(id)];
    if (token.size() != 1) continue;
    int32_t& slot = ids[static_cast<uint8_t>(token[0])];
    if (slot < 0) slot = id;
  }
  for (int byte = 0; byte < 256; ++byte) {
    if (ids[static_cast<size_t>(byte)] >= 0) continue;
    return InvalidArgumentError(fmt::format(
        "the tokenizer has no token for the byte 0x{:02x}: not a byte-level vocabulary", byte));
  }
  return ids;
}

bool IsTextMerge(const Merge& merge, TokenId end_of_text) {
  return std::max({merge.left, merge.right, merge.result}) < end_of_text;
}

}  // namespace

Result<std::shared_ptr<const BpeTokenizer>> BpeTokenizer::FromRankedTokens(TokenList tokens) {
  ASSIGN_OR_RETURN(SpecialTokens special, FindSpecialTokens(tokens));
  ASSIGN_OR_RETURN(const auto byte_ids, FindByteIds(tokens, special.end_of_text));
  BytePairEncoder encoder(byte_ids, static_cast<size_t>(special.end_of_text));
  // A token's bytes, encoded with the merges of lower rank only, leave exactly the two parts that
  // this token joins: no merge that crosses its borders can have happened where it is formed.
  std::vector<int32_t> parts;
  for (TokenId id = 0; id < special.end_of_text; ++id) {
    const std::string_view token = tokens[static_cast<size_t>(id)];
    if (token.size() < 2) continue;
    parts.clear();
    encoder.EncodePiece(token, parts);
    if (parts.size() == 2) encoder.AddMerge({parts[0], parts[1], id});
  }
  return std::shared_ptr<const BpeTokenizer>(
      new BpeTokenizer(std::move(tokens), std::move(special), std::move(encoder)));
}

Result<std::shared_ptr<const BpeTokenizer>> BpeTokenizer::FromMerges(
    TokenList tokens, std::span<const Merge> merges) {
  ASSIGN_OR_RETURN(SpecialTokens special, FindSpecialTokens(tokens));
  ASSIGN_OR_RETURN(const auto byte_ids, FindByteIds(tokens, special.end_of_text));
  BytePairEncoder encoder(byte_ids, merges.size());
  for (const Merge& merge : merges) {
    // Otherwise text could be encoded as a control token.
    if (!IsTextMerge(merge, special.end_of_text)) {
      return InvalidArgumentError(
          fmt::format("a merge of the tokens {} and {} to {} is not among the {} text tokens",
                      merge.left, merge.right, merge.result, special.end_of_text));
    }
    encoder.AddMerge(merge);
  }
  return std::shared_ptr<const BpeTokenizer>(
      new BpeTokenizer(std::move(tokens), std::move(special), std::move(encoder)));
}

std::vector<TokenId> BpeTokenizer::Encode(std::string_view text) const {
  std::vector<TokenId> ids;
  for (const std::string_view piece : SplitPieces(text)) encoder_.EncodePiece(piece, ids);
  return ids;
}

std::string BpeTokenizer::DecodeBytes(std::span<const TokenId> ids) const {
  std::string bytes;
  for (const TokenId id : ids) bytes.append(TokenBytes(id));
  return bytes;
}

std::string_view BpeTokenizer::TokenBytes(TokenId id) const {
  return is_text(id) ? tokens_[static_cast<size_t>(id)] : std::string_view();
}

std::string BpeTokenizer::Serialize() const { return PackTokenizer(tokens_, encoder_.merges()); }

// openai/whisper's rule (tokenizer.py, non_speech_tokens): symbols that annotate rather than speak,
// where one token spells them, with and without a space in front; of the musical signs the first
// token in any case, because they share their first two bytes; and hyphen and apostrophe at the
// start of a word.
std::vector<TokenId> BpeTokenizer::NonSpeechTokens() const {
  static constexpr std::string_view kSymbols[] = {
      "\"",  "#",  "(",  ")",   "*",   "+",   "/",   ":",  ";",   "<",  "=",  ">",
      "@",   "[",  "\\", "]",   "^",   "_",   "`",   "{",  "|",   "}",  "~",  "「",
      "」",  "『", "』", "<<",  ">>",  "<<<", ">>>", "--", "---", "-(", "-[", "('",
      "(\"", "((", "))", "(((", ")))", "[[",  "]]",  "{{", "}}",  "♪♪", "♪♪♪"};
  static constexpr std::string_view kMusical[] = {"♩", "♪", "♫", "♬", "♭", "♮", "♯"};
  std::vector<TokenId> result = {Encode(" -").front(), Encode(" '").front()};
  const auto consider = [&](const std::string& spelling, bool always) {
    const std::vector<TokenId> ids = Encode(spelling);
    if (ids.size() == 1 || always) result.push_back(ids.front());
  };
  for (const std::string_view symbol : kSymbols) {
    consider(std::string(symbol), false);
    consider(" " + std::string(symbol), false);
  }
  for (const std::string_view sign : kMusical) {
    consider(std::string(sign), true);
    consider(" " + std::string(sign), true);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

}  // namespace ironscribe::text
