#include "text/vocabulary_formats.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "text/base64.h"
#include "text/byte_spelling.h"
#include "text/token_list.h"

namespace ironscribe::text {
namespace {

using Json = nlohmann::json;

Status FormatError(std::string_view name, std::string_view what) {
  return InvalidArgumentError(fmt::format("{}: {}", name, what));
}

// Tokens that arrive by id in any order.
class TokenCollector {
 public:
  TokenCollector(std::string_view name, int max_tokens) : name_(name), max_tokens_(max_tokens) {}

  // Giving the same token twice does no harm; two tokens with one id do.
  Status Add(int64_t id, std::string bytes) {
    if (id < 0 || id >= max_tokens_) {
      return FormatError(
          name_,
          fmt::format("token id {} is outside the model's {} rows: a tokenizer that does not "
                      "fit the weights; use the tokenizer files that came with the model",
                      id, max_tokens_));
    }
    if (bytes.size() > kMaxTokenBytes) {
      return FormatError(name_, fmt::format("token {} has {} bytes, more than the {} allowed", id,
                                            bytes.size(), kMaxTokenBytes));
    }
    const auto index = static_cast<size_t>(id);
    if (index >= tokens_.size()) tokens_.resize(index + 1);
    if (tokens_[index] && *tokens_[index] != bytes) {
      return FormatError(name_, fmt::format("token id {} is given to two tokens", id));
    }
    tokens_[index] = std::move(bytes);
    return OkStatus();
  }

  Status AddSpelled(int64_t id, std::string_view spelling) {
    auto bytes = BytesFromSpelling(spelling);
    if (!bytes) {
      return FormatError(name_, fmt::format("token {} is not in GPT-2's byte spelling: only "
                                            "byte-level BPE vocabularies are supported",
                                            id));
    }
    return Add(id, *std::move(bytes));
  }

  int64_t next_id() const { return static_cast<int64_t>(tokens_.size()); }

  Result<std::vector<std::string>> Take() {
    std::vector<std::string> tokens;
    tokens.reserve(tokens_.size());
    for (auto& token : tokens_) {
      if (!token) {
        return FormatError(name_, fmt::format("token id {} is missing, though there are {} ids",
                                              tokens.size(), tokens_.size()));
      }
      tokens.push_back(*std::move(token));
    }
    return tokens;
  }

 private:
  std::string name_;
  int max_tokens_;
  std::vector<std::optional<std::string>> tokens_;
};

// Calls body(line) for each line without its line end; a last line may lack one.
template <typename Body>
Status ForEachLine(std::string_view text, const Body& body) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    RETURN_IF_ERROR(body(line));
  }
  return OkStatus();
}

Result<Json> ParseJson(const VocabularyText& text) {
  Json json = Json::parse(text.bytes, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return FormatError(text.name, "not valid JSON");
  return json;
}

Result<int64_t> TokenIdOf(const Json& value, std::string_view name) {
  if (!value.is_number_integer()) return FormatError(name, "a token id is not an integer");
  return value.get<int64_t>();
}

// {"spelling": id, ...}
Status CollectVocabObject(const Json& vocab, std::string_view name, TokenCollector& collector) {
  for (const auto& [spelling, value] : vocab.items()) {
    ASSIGN_OR_RETURN(const int64_t id, TokenIdOf(value, name));
    RETURN_IF_ERROR(collector.AddSpelled(id, spelling));
  }
  return OkStatus();
}

// "left right" in byte spelling, which contains no space.
Status AddMergeLine(std::string_view line, std::string_view name, ParsedVocabulary& vocabulary) {
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos) {
    return FormatError(name, "a merge is not two tokens with a space between");
  }
  auto left = BytesFromSpelling(line.substr(0, space));
  auto right = BytesFromSpelling(line.substr(space + 1));
  if (!left || !right) return FormatError(name, "a merge is not in GPT-2's byte spelling");
  vocabulary.merges.emplace_back(*std::move(left), *std::move(right));
  return OkStatus();
}

// ["left right", ...] or [["left", "right"], ...].
Status AddJsonMerges(const Json& merges, std::string_view name, ParsedVocabulary& vocabulary) {
  for (const Json& merge : merges) {
    if (merge.is_string()) {
      RETURN_IF_ERROR(AddMergeLine(merge.get_ref<const std::string&>(), name, vocabulary));
    } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() &&
               merge[1].is_string()) {
      RETURN_IF_ERROR(AddMergeLine(merge[0].get<std::string>() + " " + merge[1].get<std::string>(),
                                   name, vocabulary));
    } else {
      return FormatError(name, "a merge is neither a string nor a pair of strings");
    }
  }
  return OkStatus();
}

// [{"id": 50257, "content": "<|startoftranscript|>"}, ...]
Status CollectAddedTokens(const Json& added, std::string_view name, TokenCollector& collector) {
  if (!added.is_array()) return FormatError(name, "added_tokens is not an array");
  for (const Json& token : added) {
    const auto id = token.find("id");  // end() for anything but an object
    const auto content = token.find("content");
    if (id == token.end() || content == token.end() || !content->is_string()) {
      return FormatError(name, "an entry of added_tokens lacks id or content");
    }
    ASSIGN_OR_RETURN(const int64_t value, TokenIdOf(*id, name));
    RETURN_IF_ERROR(collector.Add(value, content->get<std::string>()));
  }
  return OkStatus();
}

}  // namespace

Result<ParsedVocabulary> ParseTokenizerJson(const VocabularyText& text, int max_tokens) {
  ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const auto model = json.find("model");
  if (model == json.end() || !model->is_object()) {
    return FormatError(text.name, "has no object \"model\"");
  }
  const auto vocab = model->find("vocab");
  const auto merges = model->find("merges");
  if (vocab == model->end() || !vocab->is_object() || merges == model->end() ||
      !merges->is_array()) {
    return FormatError(text.name, "is not a BPE tokenizer: it needs model.vocab and model.merges");
  }
  TokenCollector collector(text.name, max_tokens);
  ParsedVocabulary vocabulary;
  RETURN_IF_ERROR(CollectVocabObject(*vocab, text.name, collector));
  if (const auto added = json.find("added_tokens"); added != json.end() && !added->is_null()) {
    RETURN_IF_ERROR(CollectAddedTokens(*added, text.name, collector));
  }
  RETURN_IF_ERROR(AddJsonMerges(*merges, text.name, vocabulary));
  ASSIGN_OR_RETURN(vocabulary.tokens, collector.Take());
  return vocabulary;
}

Result<ParsedVocabulary> ParseVocabJson(const VocabularyText& vocab, const VocabularyText& merges,
                                        const VocabularyText& added_tokens, int max_tokens) {
  ASSIGN_OR_RETURN(const Json json, ParseJson(vocab));
  if (!json.is_object()) return FormatError(vocab.name, "is not a JSON object");
  TokenCollector collector(vocab.name, max_tokens);
  ParsedVocabulary vocabulary;
  RETURN_IF_ERROR(CollectVocabObject(json, vocab.name, collector));
  if (!added_tokens.bytes.empty()) {
    ASSIGN_OR_RETURN(const Json added, ParseJson(added_tokens));
    if (!added.is_object()) return FormatError(added_tokens.name, "is not a JSON object");
    for (const auto& [content, value] : added.items()) {
      ASSIGN_OR_RETURN(const int64_t id, TokenIdOf(value, added_tokens.name));
      RETURN_IF_ERROR(collector.Add(id, content));
    }
  }
  bool first = true;
  RETURN_IF_ERROR(ForEachLine(merges.bytes, [&](std::string_view line) -> Status {
    const bool is_header = first && line.starts_with("#version");
    first = false;
    if (line.empty() || is_header) return OkStatus();
    return AddMergeLine(line, merges.name, vocabulary);
  }));
  ASSIGN_OR_RETURN(vocabulary.tokens, collector.Take());
  return vocabulary;
}

Result<ParsedVocabulary> ParseVocabularyTxt(const VocabularyText& text, int max_tokens) {
  TokenCollector collector(text.name, max_tokens);
  // An empty line is a token too: the multilingual vocabulary has one without bytes.
  RETURN_IF_ERROR(ForEachLine(text.bytes, [&](std::string_view line) {
    return collector.AddSpelled(collector.next_id(), line);
  }));
  ParsedVocabulary vocabulary;
  ASSIGN_OR_RETURN(vocabulary.tokens, collector.Take());
  return vocabulary;
}

Result<ParsedVocabulary> ParseVocabularyJson(const VocabularyText& text, int max_tokens) {
  ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  if (!json.is_array()) return FormatError(text.name, "is not a JSON array");
  TokenCollector collector(text.name, max_tokens);
  for (const Json& token : json) {
    if (!token.is_string()) return FormatError(text.name, "a token is not a string");
    RETURN_IF_ERROR(collector.AddSpelled(collector.next_id(), token.get_ref<const std::string&>()));
  }
  ParsedVocabulary vocabulary;
  ASSIGN_OR_RETURN(vocabulary.tokens, collector.Take());
  return vocabulary;
}

Result<ParsedVocabulary> ParseTiktoken(const VocabularyText& text, int max_tokens) {
  TokenCollector collector(text.name, max_tokens);
  RETURN_IF_ERROR(ForEachLine(text.bytes, [&](std::string_view line) -> Status {
    if (line.empty()) return OkStatus();
    const size_t space = line.find(' ');
    const auto bytes = DecodeBase64(line.substr(0, space));
    int64_t rank = -1;
    if (space != std::string_view::npos) {
      const char* end = line.data() + line.size();
      const auto parsed = std::from_chars(line.data() + space + 1, end, rank);
      if (parsed.ec != std::errc() || parsed.ptr != end) rank = -1;
    }
    if (!bytes || rank < 0) {
      return FormatError(text.name,
                         fmt::format("line {} is not \"base64 rank\"", collector.next_id() + 1));
    }
    return collector.Add(rank, *bytes);
  }));
  ParsedVocabulary vocabulary;
  ASSIGN_OR_RETURN(vocabulary.tokens, collector.Take());
  return vocabulary;
}

}  // namespace ironscribe::text
