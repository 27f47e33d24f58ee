// One walk over the words of a text. A number under way is held either as a value to calculate with
// ("twenty" and "one" are 21) or as digits to continue ("one" and "oh" are "10"), as the original
// holds an int or a str; of values only the last digits are ever touched, so that the walk is
// linear however long a number gets.

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "text/english_numbers.h"

namespace ironscribe::text {
namespace {

using Kind = NumberWordKind;

// £, €, ¢ are two or three bytes of UTF-8.
constexpr std::array<std::string_view, 6> kSymbols = {"-", "+", "\u00a3", "\u20ac", "$", "\u00a2"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// ^\d+(\.\d+)?$
bool IsNumeric(std::string_view word) {
  const size_t point = word.find('.');
  const auto all_digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), IsDigit);
  };
  if (point == word.npos) return all_digits(word);
  return all_digits(word.substr(0, point)) && all_digits(word.substr(point + 1));
}

std::string_view LeadingSymbol(std::string_view word) {
  for (const std::string_view symbol : kSymbols) {
    if (word.starts_with(symbol)) return symbol;
  }
  return {};
}

// Leading zeros dropped, at least one digit left.
std::string Canonical(std::string_view digits) {
  const size_t first = digits.find_first_not_of('0');
  return std::string(first == digits.npos ? "0" : digits.substr(first));
}

// digits * 10^zeros where that is a whole number; `digits` is \d*(\.\d*)? with a digit at the
// start or after the point.
std::optional<std::string> Scaled(std::string_view digits, size_t zeros) {
  const size_t point = digits.find('.');
  const std::string_view whole = digits.substr(0, point);
  std::string_view decimals = point == digits.npos ? "" : digits.substr(point + 1);
  const auto is_digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), IsDigit);
  };
  if (!is_digits(whole) || !is_digits(decimals) || (whole.empty() && decimals.empty())) {
    return std::nullopt;
  }
  while (!decimals.empty() && decimals.back() == '0') decimals.remove_suffix(1);
  if (decimals.size() > zeros) return std::nullopt;
  return Canonical(std::string(whole) + std::string(decimals) +
                   std::string(zeros - decimals.size(), '0'));
}

// A whole number in decimal digits without leading zeros, or digits (and points) as spoken.
struct Value {
  std::string digits;
  bool is_text = false;

  bool is_zero() const { return digits == "0"; }

  bool EndsInZeros(size_t count) const {
    if (is_zero() || digits.size() < count) return is_zero();
    return digits.find_first_not_of('0', digits.size() - count) == std::string::npos;
  }

  // Requires: a whole number.
  void Add(int addend, size_t zeros) {
    if (addend == 0) return;
    if (digits.size() < zeros + 1) digits.insert(0, zeros + 1 - digits.size(), '0');
    size_t position = digits.size() - zeros;
    for (int carry = addend; carry > 0;) {
      if (position == 0) {
        digits.insert(0, 1, '0');
        position = 1;
      }
      --position;
      const int sum = digits[position] - '0' + carry % 10;
      digits[position] = static_cast<char>('0' + sum % 10);
      carry = carry / 10 + sum / 10;
    }
    if (digits.size() > 1 && digits[0] == '0') digits = Canonical(digits);
  }

  // Takes the last three digits off and adds them again with that many zeros behind.
  void MultiplyResidual(size_t zeros) {
    int residual = 0;
    for (size_t i = digits.size() - std::min<size_t>(3, digits.size()); i < digits.size(); ++i) {
      residual = residual * 10 + (digits[i] - '0');
      digits[i] = '0';
    }
    Add(residual, zeros);
    if (digits[0] == '0') digits = Canonical(digits);
  }

  void Continue(std::string_view more) {
    is_text = true;
    digits += more;
  }
};

class NumberPass {
 public:
  NumberPass(const EnglishNumbers& numbers, const std::vector<std::string>& words) : words_(words) {
    known_.reserve(words.size());
    for (const std::string& word : words) known_.push_back(numbers.Find(word));
  }

  std::vector<std::string> Run() {
    for (i_ = 0; i_ < words_.size(); ++i_) {
      if (!TakeDigits()) TakeWord();
    }
    Flush();
    return std::move(output_);
  }

 private:
  bool PreviousIs(Kind kind) const {
    return i_ > 0 && known_[i_ - 1] != nullptr && known_[i_ - 1]->kind == kind;
  }
  const NumberWord* next() const { return i_ + 1 < words_.size() ? known_[i_ + 1] : nullptr; }
  bool NextIsNumeric() const { return i_ + 1 < words_.size() && IsNumeric(words_[i_ + 1]); }
  bool NextCanBeNumber() const { return next() != nullptr || NextIsNumeric(); }

  void Output(std::string_view text) {
    output_.push_back(prefix_ + std::string(text));
    prefix_.clear();
    value_.reset();
  }
  void Flush() {
    if (value_.has_value()) Output(std::string(value_->digits));
  }
  void OutputWithSuffix(std::string_view suffix) { Output(value_->digits + std::string(suffix)); }

  // Numbers in digits, with or without a currency.
  bool TakeDigits() {
    const std::string& word = words_[i_];
    const std::string_view symbol = LeadingSymbol(word);
    const std::string_view number = std::string_view(word).substr(symbol.size());
    if (!IsNumeric(number)) return false;
    if (value_.has_value()) {
      if (value_->is_text && value_->digits.ends_with('.')) {
        value_->Continue(word);
        return true;
      }
      Flush();
    }
    if (!symbol.empty()) prefix_ = symbol;
    if (const auto whole = Scaled(number, 0)) {
      value_ = Value{*whole, false};
    } else {
      value_ = Value{std::string(number), true};
    }
    return true;
  }

  void TakeWord() {
    const NumberWord* word = known_[i_];
    if (word == nullptr) {
      Flush();
      Output(words_[i_]);
      return;
    }
    switch (word->kind) {
      case Kind::kZero:
        ContinueDigits("0");
        break;
      case Kind::kUnit:
        AddUnit(word->value);
        break;
      case Kind::kTen:
        AddTen(word->value);
        break;
      case Kind::kUnitSuffixed:
        AddUnit(word->value);
        OutputWithSuffix(word->suffix);
        break;
      case Kind::kTenSuffixed:
        AddTen(word->value);
        OutputWithSuffix(word->suffix);
        break;
      case Kind::kMultiplier:
      case Kind::kMultiplierSuffixed:
        TakeMultiplier(*word);
        break;
      default:
        TakeCompanion(*word);
    }
  }

  // str(value or "") + digits
  void ContinueDigits(std::string_view digits) {
    if (!value_.has_value() || (!value_->is_text && value_->is_zero())) value_ = Value{"", true};
    value_->Continue(digits);
  }

  // One to nineteen.
  void AddUnit(int unit) {
    const std::string digits = std::to_string(unit);
    if (!value_.has_value()) {
      value_ = Value{digits, false};
    } else if (value_->is_text || PreviousIs(Kind::kUnit)) {
      if (PreviousIs(Kind::kTen) && unit < 10) value_->digits.pop_back();  // Its zero.
      value_->Continue(digits);
    } else if (value_->EndsInZeros(unit < 10 ? 1 : 2)) {
      value_->Add(unit, 0);
    } else {
      value_->Continue(digits);
    }
  }

  void AddTen(int ten) {
    if (!value_.has_value()) {
      value_ = Value{std::to_string(ten), false};
    } else if (!value_->is_text && value_->EndsInZeros(2)) {
      value_->Add(ten, 0);
    } else {
      value_->Continue(std::to_string(ten));
    }
  }

  void TakeMultiplier(const NumberWord& word) {
    const auto zeros = static_cast<size_t>(word.value);
    const Value power{"1" + std::string(zeros, '0'), false};
    if (!value_.has_value()) {
      value_ = power;
    } else if (!value_->is_text && !(word.kind == Kind::kMultiplier && value_->is_zero())) {
      value_->MultiplyResidual(zeros);
    } else if (const auto scaled = Scaled(value_->digits, zeros)) {
      value_ = Value{*scaled, false};
    } else {
      Flush();
      value_ = power;
    }
    if (word.kind == Kind::kMultiplierSuffixed) OutputWithSuffix(word.suffix);
  }

  // Words that are numbers only beside one.
  void TakeCompanion(const NumberWord& word) {
    switch (word.kind) {
      case Kind::kSignBefore:
        Flush();
        if (NextCanBeNumber()) {
          prefix_ = word.suffix;
        } else {
          Output(words_[i_]);
        }
        break;
      case Kind::kCurrencyAfter:
        if (value_.has_value()) {
          prefix_ = word.suffix;
          Flush();
        } else {
          Output(words_[i_]);
        }
        break;
      case Kind::kPer:
      case Kind::kPercent:
        TakePercent(word.kind);
        break;
      default:
        TakeSpecial(word);
    }
  }

  void TakePercent(Kind kind) {
    if (value_.has_value()) {
      if (kind == Kind::kPercent) return OutputWithSuffix("%");
      if (i_ + 1 < words_.size() && words_[i_ + 1] == "cent") {
        ++i_;
        return OutputWithSuffix("%");
      }
    }
    Flush();
    Output(words_[i_]);
  }

  // and, double, triple, point
  void TakeSpecial(const NumberWord& word) {
    if (!NextCanBeNumber()) {
      Flush();
      Output(words_[i_]);
    } else if (word.kind == Kind::kAnd) {
      if (PreviousIs(Kind::kMultiplier)) return;
      Flush();
      Output(words_[i_]);
    } else if (word.kind == Kind::kRepeat) {
      TakeRepeat(word);
    } else if (NextIsNumeric() || next()->kind == Kind::kUnit || next()->kind == Kind::kTen ||
               next()->kind == Kind::kZero) {
      ContinueDigits(".");
    }
  }

  void TakeRepeat(const NumberWord& word) {
    const NumberWord* repeated = next();
    if (repeated == nullptr || (repeated->kind != Kind::kUnit && repeated->kind != Kind::kZero)) {
      Flush();
      Output(words_[i_]);
      return;
    }
    std::string digits;
    for (int i = 0; i < word.value; ++i) digits += std::to_string(repeated->value);
    ContinueDigits(digits);
    ++i_;
  }

  const std::vector<std::string>& words_;
  std::vector<const NumberWord*> known_;  // One per word, null for those of no number.
  std::vector<std::string> output_;
  std::string prefix_;
  std::optional<Value> value_;
  size_t i_ = 0;
};

}  // namespace

std::vector<std::string> WordsToNumbers(const EnglishNumbers& numbers,
                                        const std::vector<std::string>& words) {
  return NumberPass(numbers, words).Run();
}

}  // namespace ironscribe::text
