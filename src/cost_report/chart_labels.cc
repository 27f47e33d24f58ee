#include "cost_report/chart_labels.h"

#include <fmt/format.h>

#include <cmath>

#include "cost_report/report.h"

namespace ironscribe::cost_report {

std::string Shortened(const std::string& name, size_t length) {
  if (name.size() <= length) return name;
  // Names are of tables and may hold UTF-8: no character is cut.
  size_t end = length - 3;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return name.substr(0, end) + "...";
}

std::string ShortMoney(double amount, const std::string& currency) {
  const std::string sign = amount < 0 ? "-" : "";
  const double size = std::abs(amount);
  const std::string symbol = MoneyText(cost::Money(0), currency);
  const std::string unit = symbol.substr(0, symbol.size() - 1);
  if (size >= 1e9) return fmt::format("{}{}{:.3g}G", sign, unit, size / 1e9);
  if (size >= 999'500) return fmt::format("{}{}{:.3g}M", sign, unit, size / 1e6);
  if (size >= 1000) return fmt::format("{}{}{:.3g}k", sign, unit, size / 1e3);
  return fmt::format("{}{}{:.3g}", sign, unit, size);
}

}  // namespace ironscribe::cost_report
