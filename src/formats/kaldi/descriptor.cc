#include "formats/kaldi/descriptor.h"

#include <charconv>
#include <cmath>

namespace ironscribe::formats::kaldi {
namespace {

using Kind = Descriptor::Kind;

// Recipes nest three or four deep; the limit keeps a hostile file from exhausting the stack.
constexpr int kMaxDepth = 32;
constexpr size_t kMaxParts = 1000;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Descriptor> ParseAll() {
    ASSIGN_OR_RETURN(Descriptor descriptor, Parse(0));
    if (!Word().empty() || position_ < text_.size()) return Error("text behind the expression");
    return descriptor;
  }

 private:
  Status Error(std::string_view what) const {
    return DataLossError("'" + std::string(text_.substr(0, 200)) + "', character " +
                         std::to_string(position_) + ": " + std::string(what));
  }

  void SkipSpace() {
    while (position_ < text_.size() && text_[position_] == ' ') ++position_;
  }

  std::string_view Word() {
    SkipSpace();
    const size_t begin = position_;
    while (position_ < text_.size() &&
           std::string_view("(), ").find(text_[position_]) == std::string_view::npos) {
      ++position_;
    }
    return text_.substr(begin, position_ - begin);
  }

  bool Take(char c) {
    SkipSpace();
    if (position_ == text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  template <typename T>
  Status Number(T* value) {
    const std::string_view word = Word();
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), *value);
    if (error != std::errc() || end != word.data() + word.size()) return Error("no number");
    return OkStatus();
  }

  Status Frames(int32_t* frames) {
    RETURN_IF_ERROR(Number(frames));
    // Contexts are tens of frames; the bound keeps sums of offsets far from overflow.
    if (std::abs(static_cast<int64_t>(*frames)) > 100000) return Error("an impossible offset");
    return OkStatus();
  }

  Status Scale(float* scale) {
    RETURN_IF_ERROR(Number(scale));
    return std::isfinite(*scale) ? OkStatus() : Error("a scale that is not finite");
  }

  Status Parts(int depth, Descriptor* descriptor) {
    do {
      ASSIGN_OR_RETURN(Descriptor part, Parse(depth + 1));
      descriptor->parts.push_back(std::move(part));
      if (descriptor->parts.size() > kMaxParts) return Error("too many parts");
    } while (Take(','));
    return OkStatus();
  }

  Status OnePart(int depth, Descriptor* descriptor) {
    ASSIGN_OR_RETURN(Descriptor part, Parse(depth + 1));
    descriptor->parts.push_back(std::move(part));
    return OkStatus();
  }

  Status Comma() { return Take(',') ? OkStatus() : Error("a comma was expected"); }

  Status Arguments(std::string_view function, int depth, Descriptor* to) {
    if (function == "Append" || function == "Sum" || function == "Failover") {
      to->kind = function == "Append" ? Kind::kAppend
                 : function == "Sum"  ? Kind::kSum
                                      : Kind::kFailover;
      RETURN_IF_ERROR(Parts(depth, to));
      if (to->kind == Kind::kFailover && to->parts.size() != 2) return Error("not two parts");
      return OkStatus();
    }
    if (function == "IfDefined") {
      to->kind = Kind::kIfDefined;
      return OnePart(depth, to);
    }
    if (function == "Scale" || function == "Const") {
      to->kind = function == "Scale" ? Kind::kScale : Kind::kConst;
      RETURN_IF_ERROR(Scale(&to->scale));
      RETURN_IF_ERROR(Comma());
      return to->kind == Kind::kScale ? OnePart(depth, to) : Number(&to->number);
    }
    if (function == "Offset" || function == "Round") {
      to->kind = function == "Offset" ? Kind::kOffset : Kind::kRound;
      RETURN_IF_ERROR(OnePart(depth, to));
      RETURN_IF_ERROR(Comma());
      RETURN_IF_ERROR(Frames(&to->number));
      if (to->kind == Kind::kRound && to->number < 1) return Error("rounding to nothing");
      if (Take(',')) return Error("offsets in x are not supported");
      return OkStatus();
    }
    if (function == "ReplaceIndex") {
      to->kind = Kind::kReplaceIndex;
      RETURN_IF_ERROR(OnePart(depth, to));
      RETURN_IF_ERROR(Comma());
      if (Word() != "t") return Error("only the index t can be replaced");
      RETURN_IF_ERROR(Comma());
      return Frames(&to->number);
    }
    return UnimplementedError(
        Error("the expression '" + std::string(function) + "' is not supported").message());
  }

  Result<Descriptor> Parse(int depth) {
    if (depth > kMaxDepth) return Error("nested too deeply");
    Descriptor descriptor;
    const std::string_view word = Word();
    if (word.empty()) return Error("a name was expected");
    if (!Take('(')) {
      descriptor.name = std::string(word);
      return descriptor;
    }
    RETURN_IF_ERROR(Arguments(word, depth, &descriptor));
    if (!Take(')')) return Error("a bracket was expected");
    return descriptor;
  }

  std::string_view text_;
  size_t position_ = 0;
};

}  // namespace

Result<Descriptor> ParseDescriptor(std::string_view text) { return Parser(text).ParseAll(); }

}  // namespace ironscribe::formats::kaldi
