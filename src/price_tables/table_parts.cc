// Dates, sources, error rates and features: what rows of every table have.

#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "base/nearest_names.h"
#include "price_tables/price_tables.h"
#include "price_tables/table_readers.h"

namespace ironscribe::price_tables {
namespace {

bool ParsePart(std::string_view text, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Result<int> DayNumber(std::string_view date) {
  int year = 0;
  int month = 0;
  int day = 1;
  const bool has_form = (date.size() == 7 || (date.size() == 10 && date[7] == '-')) &&
                        date[4] == '-' && ParsePart(date.substr(0, 4), year) &&
                        ParsePart(date.substr(5, 2), month) &&
                        (date.size() == 7 || ParsePart(date.substr(8), day));
  const std::chrono::year_month_day ymd{std::chrono::year(year),
                                        std::chrono::month(static_cast<unsigned>(month)),
                                        std::chrono::day(static_cast<unsigned>(day))};
  if (!has_form || month < 1 || day < 1 || !ymd.ok()) {
    return InvalidArgumentError(
        fmt::format("'{}' is no day; write YYYY-MM-DD or YYYY-MM", date.substr(0, 40)));
  }
  return static_cast<int>(std::chrono::sys_days(ymd).time_since_epoch().count());
}

Result<cost::Provenance> ReadProvenance(const YamlNode& node) {
  cost::Provenance provenance;
  const auto source = node.Find("source");
  if (!source.has_value() || source->IsNull()) {
    return node.Error("a price without 'source'; say where it was read");
  }
  ASSIGN_OR_RETURN(provenance.source, source->Text());
  const auto date = node.Find("date");
  if (!date.has_value() || date->IsNull()) {
    return node.Error("a price without 'date'; say when it was read, or unknown");
  }
  ASSIGN_OR_RETURN(provenance.date, date->Text());
  if (provenance.date == cost::kUnknownDate) return provenance;
  const auto day = DayNumber(provenance.date);
  if (!day.ok()) return date->Error(day.status().message());
  return provenance;
}

Result<cost::WordErrors> ReadWordErrors(const YamlNode& node) {
  cost::WordErrors words;
  const auto found = node.Find("wer");
  if (!found.has_value()) return words;
  RETURN_IF_ERROR(found->CheckKeys({"percent", "kind", "test", "source", "of"}));
  ASSIGN_OR_RETURN(const YamlNode kind, found->Get("kind"));
  ASSIGN_OR_RETURN(const std::string name, kind.Text());
  if (name == "unknown") return words;
  if (name == "published") {
    words.knowledge = cost::Knowledge::kPublished;
  } else if (name == "measured") {
    words.knowledge = cost::Knowledge::kMeasured;
  } else {
    return kind.Error(fmt::format("'{}'; known are measured, published, unknown", name));
  }
  ASSIGN_OR_RETURN(const double percent, found->GetNumber("percent", 0, 100));
  words.rate = percent / 100;
  ASSIGN_OR_RETURN(words.test, found->GetText("test"));
  ASSIGN_OR_RETURN(words.source, found->GetText("source"));
  if (const auto of = found->Find("of"); of.has_value()) {
    ASSIGN_OR_RETURN(const size_t choice, of->Choice({"product", "weights"}));
    words.of_weights = choice == 1;
  }
  return words;
}

Result<cost::Feature> ReadFeature(const YamlNode& node) {
  ASSIGN_OR_RETURN(const std::string name, node.Text());
  if (const auto feature = cost::FindFeature(name); feature.has_value()) return *feature;
  std::vector<std::string> known;
  for (const cost::Feature one : cost::kAllFeatures) known.emplace_back(cost::FeatureName(one));
  return node.Error(
      fmt::format("unknown feature '{}'; known are {}", name, fmt::join(known, ", ")));
}

Result<std::vector<cost::Feature>> ReadFeatures(const YamlNode& node) {
  ASSIGN_OR_RETURN(const std::vector<YamlNode> items, node.Items());
  std::vector<cost::Feature> features;
  for (const YamlNode& item : items) {
    ASSIGN_OR_RETURN(const cost::Feature feature, ReadFeature(item));
    features.push_back(feature);
  }
  return features;
}

}  // namespace ironscribe::price_tables
