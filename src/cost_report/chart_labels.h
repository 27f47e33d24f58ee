// Texts of charts, short enough to stand beside bars and axes.
#pragma once

#include <string>

namespace ironscribe::cost_report {

// At most `length` bytes; dots stand for what was left out.
std::string Shortened(const std::string& name, size_t length);

// "$1.2M", "$350k"
std::string ShortMoney(double amount, const std::string& currency);

}  // namespace ironscribe::cost_report
