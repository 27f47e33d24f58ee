#include "price_tables/price_tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "price_tables/table_readers.h"
#include "price_tables/yaml_node.h"

namespace ironscribe::price_tables {
namespace {

constexpr int kFormat = 1;

bool SameSpeed(const cost::ModelSpeed& a, const cost::ModelSpeed& b) {
  return a.model == b.model && a.software == b.software && a.hardware == b.hardware;
}

template <typename T>
bool IsSameRow(const T& a, const T& b) {
  if constexpr (requires { a.id; }) {
    return a.id == b.id;
  } else {
    return SameSpeed(a, b);
  }
}

std::string NameOf(const cost::ModelSpeed& speed) {
  return fmt::format("{} of {}{}{}", speed.model, speed.software,
                     speed.by_core() ? " by core" : " on ", speed.hardware);
}
template <typename T>
std::string NameOf(const T& row) {
  return row.id;
}

template <typename T, typename Read>
Status ReadList(const YamlNode& root, const std::string& key, const Read& read,
                std::vector<T>& list) {
  const auto node = root.Find(key);
  if (!node.has_value() || node->IsNull()) return OkStatus();
  ASSIGN_OR_RETURN(const std::vector<YamlNode> items, node->Items());
  for (const YamlNode& item : items) {
    ASSIGN_OR_RETURN(T value, read(item));
    for (const T& before : list) {
      if (!IsSameRow(before, value)) continue;
      return item.Error(fmt::format("'{}' stands twice in this table", NameOf(value)));
    }
    list.push_back(std::move(value));
  }
  return OkStatus();
}

template <typename T, typename Same>
void Replace(std::vector<T> over, std::vector<T>& list, const Same& same) {
  for (T& one : over) {
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const T& old) { return same(old, one); });
    if (found == list.end()) {
      list.push_back(std::move(one));
    } else {
      *found = std::move(one);
    }
  }
}

// Another price or speed of the same product makes no other errors.
template <typename T, typename Same>
void KeepWords(const std::vector<T>& under, const Same& same, T& row) {
  const auto found =
      std::find_if(under.begin(), under.end(), [&](const T& old) { return same(old, row); });
  if (found != under.end()) row.words = found->words;
}

void Count(const std::string& id, const cost::Provenance& provenance, int as_of, int limit_days,
           Ages& ages) {
  ++ages.rows;
  if (provenance.date == cost::kUnknownDate) {
    ++ages.undated;
    return;
  }
  const auto day = DayNumber(provenance.date);
  if (!day.ok()) return;
  const int age = as_of - *day;
  if (age < 0) ++ages.later;
  if (age > limit_days) ++ages.old;
  if (age > ages.oldest_days) {
    ages.oldest_days = age;
    ages.oldest = fmt::format("{}, {}", id, provenance.date);
  }
}

}  // namespace

Result<PriceTables> ReadPriceTables(const std::string& text, const std::string& file,
                                    const cost::Exchange& exchange, const PriceTables& under) {
  ASSIGN_OR_RETURN(const YamlNode root, YamlNode::Parse(text, file));
  RETURN_IF_ERROR(root.CheckKeys({"format", "currency", "plans", "hardware", "speeds"}));
  ASSIGN_OR_RETURN(const double format, root.GetNumber("format", 0, 1000));
  if (format != kFormat) return root.Error(fmt::format("format {} is unknown; 1 is", format));
  ASSIGN_OR_RETURN(const YamlNode currency, root.Get("currency"));
  ASSIGN_OR_RETURN(const std::string code, currency.Text());
  if (!cost::IsCurrency(code)) return currency.Error("a currency is three capital letters");
  const auto rate = exchange.RateOf(code);
  if (!rate.ok()) return currency.Error(rate.status().message());
  PriceTables tables;
  RETURN_IF_ERROR(ReadList(
      root, "plans",
      [&](const YamlNode& node) -> Result<cost::PricePlan> {
        ASSIGN_OR_RETURN(cost::PricePlan plan, ReadPlan(node, *rate));
        if (!node.Find("wer").has_value()) {
          KeepWords(under.plans, IsSameRow<cost::PricePlan>, plan);
        }
        return plan;
      },
      tables.plans));
  RETURN_IF_ERROR(ReadList(
      root, "hardware", [&](const YamlNode& node) { return ReadHardware(node, *rate); },
      tables.hardware));
  std::vector<std::string> machines;
  for (const PriceTables* table : {&under, static_cast<const PriceTables*>(&tables)}) {
    for (const cost::Hardware& one : table->hardware) machines.push_back(one.id);
  }
  RETURN_IF_ERROR(ReadList(
      root, "speeds",
      [&](const YamlNode& node) -> Result<cost::ModelSpeed> {
        ASSIGN_OR_RETURN(cost::ModelSpeed speed, ReadSpeed(node, machines));
        if (!node.Find("wer").has_value()) KeepWords(under.speeds, SameSpeed, speed);
        return speed;
      },
      tables.speeds));
  return tables;
}

void LayOver(PriceTables over, PriceTables& tables) {
  const auto same_id = [](const auto& a, const auto& b) { return a.id == b.id; };
  Replace(std::move(over.plans), tables.plans, same_id);
  Replace(std::move(over.hardware), tables.hardware, same_id);
  Replace(std::move(over.speeds), tables.speeds, SameSpeed);
}

Result<PriceTables> ReadBuiltInTables(const cost::Exchange& exchange) {
  PriceTables tables;
  for (const BuiltInTable& one : BuiltInTables()) {
    ASSIGN_OR_RETURN(PriceTables read, ReadPriceTables(std::string(one.text), std::string(one.file),
                                                       exchange, tables));
    LayOver(std::move(read), tables);
  }
  return tables;
}

Ages AgesOf(const PriceTables& tables, int as_of, int limit_days) {
  Ages ages;
  for (const cost::PricePlan& plan : tables.plans) {
    Count(plan.id, plan.provenance, as_of, limit_days, ages);
  }
  for (const cost::Hardware& hardware : tables.hardware) {
    for (const cost::Offer& offer : hardware.offers) {
      Count(hardware.id, offer.provenance, as_of, limit_days, ages);
    }
  }
  return ages;
}

}  // namespace ironscribe::price_tables
