// Writes Kaldi's objects in binary or text form, for tests. Follows formats/kaldi/FORMAT.md without
// sharing code with the reader.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "formats/testing/encode.h"

namespace ironscribe::formats::testing {

class KaldiWriter {
 public:
  explicit KaldiWriter(bool binary) : binary_(binary) {
    if (binary) text_ = std::string("\0B", 2);
  }

  KaldiWriter& Token(std::string_view token) {
    text_ += std::string(token) + " ";
    return *this;
  }
  KaldiWriter& Raw(std::string_view text) {
    text_ += text;
    return *this;
  }
  KaldiWriter& Int(int32_t value) {
    if (!binary_) return Raw(std::to_string(value) + " ");
    text_ += '\x04';
    Put(&text_, value);
    return *this;
  }
  KaldiWriter& Float(float value) {
    if (!binary_) return Raw(Digits(value) + " ");
    text_ += '\x04';
    Put(&text_, value);
    return *this;
  }
  KaldiWriter& Double(double value) {
    if (!binary_) return Raw(Digits(value) + " ");
    text_ += '\x08';
    Put(&text_, value);
    return *this;
  }
  KaldiWriter& Bool(bool value) {
    return Raw(binary_ ? (value ? "T" : "F") : (value ? "T " : "F "));
  }
  KaldiWriter& Ints(const std::vector<int32_t>& values) {
    if (!binary_) {
      Raw("[ ");
      for (const int32_t value : values) Raw(std::to_string(value) + " ");
      return Raw("]\n");
    }
    text_ += '\x04';
    Put(&text_, static_cast<int32_t>(values.size()));
    for (const int32_t value : values) Put(&text_, value);
    return *this;
  }
  KaldiWriter& Vector(const std::vector<float>& values) {
    if (!binary_) {
      Raw(" [ ");
      for (const float value : values) Raw(Digits(value) + " ");
      return Raw("]\n");
    }
    Token("FV").Int(static_cast<int32_t>(values.size()));
    for (const float value : values) Put(&text_, value);
    return *this;
  }
  KaldiWriter& Matrix(int32_t rows, int32_t cols, const std::vector<float>& values) {
    if (!binary_) {
      Raw(" [");
      for (int32_t i = 0; i < rows * cols; ++i) {
        if (i % cols == 0) Raw("\n  ");
        Raw(Digits(values[static_cast<size_t>(i)]) + " ");
      }
      return Raw("]\n");
    }
    Token("FM").Int(rows).Int(cols);
    for (const float value : values) Put(&text_, value);
    return *this;
  }
  KaldiWriter& DoubleMatrix(int32_t rows, int32_t cols, const std::vector<double>& values) {
    Token("DM").Int(rows).Int(cols);
    for (const double value : values) Put(&text_, value);
    return *this;
  }

  const std::string& text() const { return text_; }

 private:
  static std::string Digits(double value) {
    char digits[40];
    std::snprintf(digits, sizeof(digits), "%.9g", value);
    return digits;
  }

  bool binary_;
  std::string text_;
};

}  // namespace ironscribe::formats::testing
