#include "price_tables/price_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "price_tables/table_readers.h"
#include "price_tables/yaml_node.h"

namespace ironscribe::price_tables {
namespace {

constexpr int kFormat = 1;

Status CheckNewId(const YamlNode& node, const std::string& id, std::set<std::string>& ids) {
  if (ids.insert(id).second) return OkStatus();
  return node.Error(fmt::format("'{}' stands twice in this table", id));
}

template <typename T, typename Read>
Status ReadList(const YamlNode& root, const std::string& key, const Read& read,
                std::vector<T>& list) {
  const auto node = root.Find(key);
  if (!node.has_value() || node->IsNull()) return OkStatus();
  ASSIGN_OR_RETURN(const std::vector<YamlNode> items, node->Items());
  std::set<std::string> ids;
  for (const YamlNode& item : items) {
    ASSIGN_OR_RETURN(T value, read(item));
    if constexpr (requires { value.id; }) RETURN_IF_ERROR(CheckNewId(item, value.id, ids));
    list.push_back(std::move(value));
  }
  return OkStatus();
}

bool SameSpeed(const cost::ModelSpeed& a, const cost::ModelSpeed& b) {
  return a.model == b.model && a.software == b.software && a.hardware == b.hardware;
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

void Count(const std::string& id, const cost::Provenance& provenance, int as_of, int limit_days,
           Ages& ages) {
  const auto day = DayNumber(provenance.date);
  if (!day.ok()) return;
  const int age = as_of - *day;
  ++ages.rows;
  if (age > limit_days || age < 0) ++ages.old;
  if (age > ages.oldest_days) {
    ages.oldest_days = age;
    ages.oldest = fmt::format("{}, {}", id, provenance.date);
  }
}

}  // namespace

Result<PriceTables> ReadPriceTables(const std::string& text, const std::string& file,
                                    const cost::Exchange& exchange) {
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
      root, "plans", [&](const YamlNode& node) { return ReadPlan(node, *rate); }, tables.plans));
  RETURN_IF_ERROR(ReadList(
      root, "hardware", [&](const YamlNode& node) { return ReadHardware(node, *rate); },
      tables.hardware));
  RETURN_IF_ERROR(ReadList(
      root, "speeds", [](const YamlNode& node) { return ReadSpeed(node); }, tables.speeds));
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
    ASSIGN_OR_RETURN(PriceTables read,
                     ReadPriceTables(std::string(one.text), std::string(one.file), exchange));
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
