// The one implementation of Tokenizer: a token list, byte-pair merges over it and the special ids.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "text/bpe.h"
#include "text/token_list.h"
#include "text/tokenizer.h"

namespace ironscribe::text {

class BpeTokenizer : public Tokenizer {
 public:
  // Builds the merges from the ids' order: the token with the lowest id that two neighbours can
  // form comes first. True of GPT-2's and Whisper's vocabularies.
  static Result<std::shared_ptr<const BpeTokenizer>> FromRankedTokens(TokenList tokens);

  // With merges in order of rank. Errors: InvalidArgument for a merge of or to a special token.
  // Requires: the ids exist and the bytes of the two make up those of the result.
  static Result<std::shared_ptr<const BpeTokenizer>> FromMerges(TokenList tokens,
                                                                std::span<const Merge> merges);

  int vocab_size() const override { return static_cast<int>(tokens_.size()); }
  const SpecialTokens& special() const override { return special_; }
  std::vector<TokenId> Encode(std::string_view text) const override;
  std::string DecodeBytes(std::span<const TokenId> ids) const override;
  std::string_view TokenBytes(TokenId id) const override;
  std::vector<TokenId> NonSpeechTokens() const override;
  std::string Serialize() const override;

 private:
  BpeTokenizer(TokenList tokens, SpecialTokens special, BytePairEncoder encoder)
      : tokens_(std::move(tokens)), special_(std::move(special)), encoder_(std::move(encoder)) {}

  TokenList tokens_;
  SpecialTokens special_;
  BytePairEncoder encoder_;
};

}  // namespace ironscribe::text
