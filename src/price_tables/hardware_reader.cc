// Rows of 'hardware:' and 'speeds:'.

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest_names.h"
#include "price_tables/table_readers.h"

namespace ironscribe::price_tables {
namespace {

using cost::MachineHours;
using cost::Money;
using cost::OfferKind;
using cost::Speed;

constexpr double kMaxSpeed = 1e9;
constexpr double kMaxVcpus = 100'000;

Status ReadBought(const YamlNode& node, double rate, cost::Offer& offer) {
  ASSIGN_OR_RETURN(const double purchase, node.GetNumber("price", 0, kMaxAmount));
  offer.purchase = Money(purchase * rate);
  ASSIGN_OR_RETURN(offer.life_years, node.GetNumber("life_years", 0.1, 100));
  ASSIGN_OR_RETURN(const double watts, node.GetNumber("watts", 0, 1e6));
  offer.power = cost::Watts(watts);
  if (const auto pue = node.Find("pue"); pue.has_value()) {
    ASSIGN_OR_RETURN(offer.pue, pue->Number(1, 10));
  }
  return OkStatus();
}

Result<cost::Offer> ReadOffer(const YamlNode& node, double rate) {
  RETURN_IF_ERROR(node.CheckKeys({"kind", "price_per_hour", "rework", "price", "life_years",
                                  "watts", "pue", "lacks", "source", "date"}));
  cost::Offer offer;
  ASSIGN_OR_RETURN(const YamlNode kind, node.Get("kind"));
  ASSIGN_OR_RETURN(const std::string name, kind.Text());
  bool is_known = false;
  for (const OfferKind one :
       {OfferKind::kOnDemand, OfferKind::kReserved, OfferKind::kSpot, OfferKind::kBought}) {
    if (cost::OfferKindName(one) != name) continue;
    offer.kind = one;
    is_known = true;
  }
  if (!is_known) {
    return kind.Error(
        fmt::format("unknown kind '{}'; known are on_demand, reserved, spot, bought", name));
  }
  ASSIGN_OR_RETURN(offer.provenance, ReadProvenance(node));
  ASSIGN_OR_RETURN(offer.lacks, node.TextOr("lacks", ""));
  if (offer.kind == OfferKind::kBought) {
    RETURN_IF_ERROR(ReadBought(node, rate, offer));
    return offer;
  }
  ASSIGN_OR_RETURN(const double price, node.GetNumber("price_per_hour", 0, kMaxAmount));
  offer.per_hour = cost::Price<MachineHours>(price * rate);
  ASSIGN_OR_RETURN(offer.spot_rework, node.NumberOr("rework", 0, 0, 10));
  return offer;
}

Status ReadSpeedRange(const YamlNode& node, cost::ModelSpeed& speed) {
  const auto machine = node.Find("speed");
  const auto core = node.Find("speed_per_core");
  if (machine.has_value() == core.has_value()) {
    return node.Error("one of 'speed' (with 'hardware') and 'speed_per_core' is needed");
  }
  ASSIGN_OR_RETURN(const double value,
                   (machine.has_value() ? machine : core)->Number(1e-6, kMaxSpeed));
  speed.speed = Speed(value);
  ASSIGN_OR_RETURN(const double low, node.NumberOr("low", value, 1e-6, value));
  ASSIGN_OR_RETURN(const double high, node.NumberOr("high", value, value, kMaxSpeed));
  speed.low = Speed(low);
  speed.high = Speed(high);
  if (!machine.has_value()) {
    if (node.Find("hardware").has_value()) {
      return node.Error("'speed_per_core' holds for any hardware; leave 'hardware' out");
    }
    return OkStatus();
  }
  ASSIGN_OR_RETURN(speed.hardware, node.GetText("hardware"));
  return OkStatus();
}

// A speed of a machine that nobody knows would never count.
Status CheckMachine(const YamlNode& hardware, const std::vector<std::string>& machines) {
  ASSIGN_OR_RETURN(const std::string id, hardware.Text());
  if (std::find(machines.begin(), machines.end(), id) != machines.end()) return OkStatus();
  const auto nearest = NearestNames(id, machines, 1);
  return hardware.Error(fmt::format("unknown hardware '{}'{}", id,
                                    nearest.empty()
                                        ? std::string("; describe it under 'hardware:'")
                                        : fmt::format("; did you mean '{}'?", nearest[0])));
}

}  // namespace

Result<cost::Hardware> ReadHardware(const YamlNode& node, double rate) {
  RETURN_IF_ERROR(node.CheckKeys({"id", "name", "vcpus", "threads_per_core", "memory_gb",
                                  "architecture", "accelerator", "offers", "note"}));
  cost::Hardware hardware;
  ASSIGN_OR_RETURN(hardware.id, node.GetText("id"));
  ASSIGN_OR_RETURN(hardware.name, node.GetText("name"));
  if (const auto vcpus = node.Find("vcpus"); vcpus.has_value()) {
    ASSIGN_OR_RETURN(const double count, vcpus->Number(1, kMaxVcpus));
    hardware.vcpus = static_cast<int>(count);
    // Not guessed: taking threads for cores would make a machine look twice as fast.
    ASSIGN_OR_RETURN(const double threads, node.GetNumber("threads_per_core", 1, 16));
    hardware.threads_per_core = static_cast<int>(threads);
  }
  ASSIGN_OR_RETURN(hardware.memory_gb, node.NumberOr("memory_gb", 0, 0, 1e6));
  ASSIGN_OR_RETURN(hardware.architecture, node.TextOr("architecture", hardware.architecture));
  ASSIGN_OR_RETURN(hardware.accelerator, node.TextOr("accelerator", ""));
  ASSIGN_OR_RETURN(hardware.note, node.TextOr("note", ""));
  const auto offers = node.Find("offers");
  if (!offers.has_value() || offers->IsNull()) return hardware;
  ASSIGN_OR_RETURN(const std::vector<YamlNode> items, offers->Items());
  for (const YamlNode& item : items) {
    ASSIGN_OR_RETURN(cost::Offer offer, ReadOffer(item, rate));
    hardware.offers.push_back(std::move(offer));
  }
  return hardware;
}

Result<cost::ModelSpeed> ReadSpeed(const YamlNode& node, const std::vector<std::string>& machines) {
  RETURN_IF_ERROR(
      node.CheckKeys({"model", "software", "hardware", "speed", "speed_per_core", "low", "high",
                      "kind", "processor", "architecture", "features", "wer", "source", "date"}));
  cost::ModelSpeed speed;
  ASSIGN_OR_RETURN(speed.model, node.GetText("model"));
  ASSIGN_OR_RETURN(speed.software, node.GetText("software"));
  RETURN_IF_ERROR(ReadSpeedRange(node, speed));
  if (!speed.by_core()) RETURN_IF_ERROR(CheckMachine(*node.Find("hardware"), machines));
  ASSIGN_OR_RETURN(const YamlNode kind, node.Get("kind"));
  ASSIGN_OR_RETURN(const std::string name, kind.Text());
  if (name != "measured" && name != "published") {
    return kind.Error(fmt::format("'{}'; a speed is measured or published", name));
  }
  speed.knowledge = name == "measured" ? cost::Knowledge::kMeasured : cost::Knowledge::kPublished;
  ASSIGN_OR_RETURN(speed.architecture, node.TextOr("architecture", speed.architecture));
  ASSIGN_OR_RETURN(speed.processor, node.TextOr("processor", ""));
  if (const auto features = node.Find("features"); features.has_value()) {
    ASSIGN_OR_RETURN(speed.features, ReadFeatures(*features));
  }
  ASSIGN_OR_RETURN(speed.words, ReadWordErrors(node));
  ASSIGN_OR_RETURN(speed.provenance, ReadProvenance(node));
  return speed;
}

}  // namespace ironscribe::price_tables
