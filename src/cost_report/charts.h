// The pictures of the cost report, as SVG inside HTML (src/html). Pure functions.
#pragma once

#include <string>

#include "cost_report/report.h"

namespace ironscribe::cost_report {

// A bar for each row, cheapest first, with a line from p10 to p90; at most `max_bars`. Those that
// may be compared are filled.
std::string YearBars(const CostReport& report, size_t max_bars);

// Cost of a year over its hours, both logarithmic: the cheapest providers, the one that is replaced
// and the cheapest own machines, with marks where these become cheaper.
std::string VolumeCurves(const CostReport& report);

// Saving of own machines against the cheapest provider at the ends of each parameter's range.
std::string TornadoBars(const CostReport& report, size_t max_bars);

// What the cheapest own machines' year is made of.
std::string OwnParts(const CostReport& report);

}  // namespace ironscribe::cost_report
