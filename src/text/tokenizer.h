// Byte-level BPE as Whisper and GPT-2 use it: text to token ids and back. Special tokens and
// languages are derived from the vocabulary itself. Immutable after loading; safe to share between
// threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::text {

using TokenId = int32_t;

// One language a vocabulary has a token for.
struct LanguageToken {
  std::string code;  // "en", "yue"
  TokenId id;
};

// The ids of Whisper's special tokens; -1 where the vocabulary has none. Everything from
// timestamp_begin to the end of the vocabulary is a time: 0.02 s per step.
struct SpecialTokens {
  TokenId end_of_text = -1;
  TokenId start_of_transcript = -1;
  TokenId translate = -1;
  TokenId transcribe = -1;
  TokenId start_of_lm = -1;
  TokenId start_of_previous = -1;
  TokenId no_speech = -1;
  TokenId no_timestamps = -1;
  TokenId timestamp_begin = -1;
  std::vector<LanguageToken> languages;  // In id order; one entry ("en") or none for .en models.
};

class Tokenizer {
 public:
  // Loads whatever a model folder has, in this order: tokenizer.json; vocab.json with merges.txt;
  // vocabulary.json or vocabulary.txt (CTranslate2; merges rebuilt from the ids' order); a
  // .tiktoken file. `vocab_size` is the number of rows of the model's embedding: special tokens
  // beyond the text vocabulary are synthesised to fill it where the file lacks them, by Whisper's
  // rule (51864 is English-only, 51865 has 99 languages, 51866 has 100). Errors: NotFound when the
  // folder has none of the files (names what is looked for), InvalidArgument when they do not fit
  // `vocab_size`.
  static Result<std::shared_ptr<const Tokenizer>> LoadFolder(const std::filesystem::path& folder,
                                                             int vocab_size);

  // From raw byte strings per token id (ggml files carry these); may be shorter than vocab_size.
  static Result<std::shared_ptr<const Tokenizer>> FromTokens(std::vector<std::string> tokens,
                                                             int vocab_size);

  // A compact binary form for the packed cache, and back; loading takes a few milliseconds.
  // Deserialize treats its input as hostile.
  virtual std::string Serialize() const = 0;
  static Result<std::shared_ptr<const Tokenizer>> Deserialize(std::string_view bytes);

  virtual ~Tokenizer() = default;

  virtual int vocab_size() const = 0;
  virtual const SpecialTokens& special() const = 0;
  bool is_multilingual() const { return special().languages.size() > 1; }
  bool is_timestamp(TokenId id) const { return id >= special().timestamp_begin; }
  // Text tokens are the ids below end_of_text.
  bool is_text(TokenId id) const { return id >= 0 && id < special().end_of_text; }

  // Text to ids. Special-token spellings inside the text are encoded as plain text, never as
  // specials: a prompt cannot inject control tokens. Any UTF-8 or other bytes are accepted.
  virtual std::vector<TokenId> Encode(std::string_view text) const = 0;

  // The exact bytes of the text tokens; special and timestamp ids are skipped.
  virtual std::string DecodeBytes(std::span<const TokenId> ids) const = 0;

  // DecodeBytes with every malformed or cut UTF-8 sequence replaced by U+FFFD.
  std::string Decode(std::span<const TokenId> ids) const;

  // The raw bytes of one token ("" for specials).
  virtual std::string_view TokenBytes(TokenId id) const = 0;

  // The token whose code is `language`, or nothing.
  std::optional<TokenId> LanguageId(std::string_view code) const;

  // Ids that Whisper never lets a decoder choose: symbols and brackets that annotate non-speech
  // (computed from the vocabulary by the rule of openai/whisper's `non_speech_tokens`), sorted.
  virtual std::vector<TokenId> NonSpeechTokens() const = 0;

  // Ids suppressed at the first text position: a single space and end of text.
  std::vector<TokenId> BeginSuppressTokens() const;

  // Groups text tokens into words (openai/whisper's split_to_word_tokens): at spaces and
  // punctuation, or at every character for zh, ja, th, lo, my and yue. Each entry is the word's
  // text (leading space kept) and the number of tokens it takes; special tokens are their own
  // words, without text.
  struct WordTokens {
    std::string text;
    int num_tokens;
  };
  std::vector<WordTokens> SplitToWords(std::span<const TokenId> ids,
                                       std::string_view language) const;
};

}  // namespace ironscribe::text
