// Prices, hardware and speeds from YAML (docs/schemas/prices.schema.json): those that the program
// brings along and those that a user lays over. Nothing is taken from a table with a mistake in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cost/currency.h"
#include "cost/own_iron.h"
#include "cost/price_plan.h"

namespace ironscribe::price_tables {

struct PriceTables {
  std::vector<cost::PricePlan> plans;
  std::vector<cost::Hardware> hardware;
  std::vector<cost::ModelSpeed> speeds;
};

// `text` is the content of `file`, which is used in messages. Amounts become the exchange's report
// currency. Speeds may name the hardware of the same file and of the tables `under` it. Plans and
// speeds that replace one of `under` and have no 'wer' keep its word error rate. Errors:
// InvalidArgument with file and line, also for a currency without rate.
Result<PriceTables> ReadPriceTables(const std::string& text, const std::string& file,
                                    const cost::Exchange& exchange, const PriceTables& under = {});

// Plans and hardware of the same id, and speeds of the same model, software and hardware, are
// replaced; others are added.
void LayOver(PriceTables over, PriceTables& tables);

// The files of data/prices as they were when the program was built.
struct BuiltInTable {
  std::string_view file;
  std::string_view text;
};
const std::vector<BuiltInTable>& BuiltInTables();
Result<PriceTables> ReadBuiltInTables(const cost::Exchange& exchange);

// Days since 1970-01-01 of YYYY-MM-DD; YYYY-MM is its first day. Errors: InvalidArgument for what
// is no day.
Result<int> DayNumber(std::string_view date);

struct Ages {
  int rows = 0;
  int old = 0;         // Older than the limit.
  int undated = 0;     // Of an unknown day, so perhaps as old.
  int later = 0;       // Dated after `as_of`.
  std::string oldest;  // Its date and id.
  int oldest_days = 0;
};
// Of plans and of the offers of hardware, in days before `as_of` (DayNumber).
Ages AgesOf(const PriceTables& tables, int as_of, int limit_days);

}  // namespace ironscribe::price_tables
