#include "cost/own_iron.h"

#include <algorithm>
#include <cmath>

namespace ironscribe::cost {
namespace {

bool RunsAllYear(OfferKind kind) {
  return kind == OfferKind::kReserved || kind == OfferKind::kBought;
}

// Audio that is worked on: channels are transcribed each on its own.
AudioHours WorkOf(AudioHours hours, const Usage& usage) { return hours * usage.channels; }

// Machines that must be there all year: those of the fullest month's peak, and the spare ones.
double FixedMachines(const Usage& usage, Speed speed, const Assumptions& assumptions) {
  const AudioHours fullest = *std::max_element(usage.months.begin(), usage.months.end());
  const MachineHours busy = TimeFor(WorkOf(fullest, usage), speed);
  const double needed = busy / kHoursPerMonth / assumptions.utilization * assumptions.peak_factor;
  return std::ceil(needed - 1e-9) + assumptions.spare_machines;
}

}  // namespace

std::string_view OfferKindName(OfferKind kind) {
  switch (kind) {
    case OfferKind::kOnDemand:
      return "on_demand";
    case OfferKind::kReserved:
      return "reserved";
    case OfferKind::kSpot:
      return "spot";
    case OfferKind::kBought:
      return "bought";
  }
  return "";
}

bool Fits(const ModelSpeed& speed, const Hardware& hardware) {
  if (!speed.by_core()) return speed.hardware == hardware.id;
  return hardware.vcpus > 0 && hardware.accelerator.empty() &&
         speed.architecture == hardware.architecture;
}

Speed MachineSpeed(const Hardware& hardware, const ModelSpeed& speed) {
  return speed.by_core() ? speed.speed * hardware.cores() : speed.speed;
}

OwnBill OwnOverhead(const Usage& usage, const Assumptions& assumptions) {
  OwnBill bill;
  const Gigabytes stored = assumptions.stored_per_hour * usage.year().value();
  bill.storage = assumptions.storage_per_month * stored * assumptions.months_stored;
  bill.people = assumptions.salary_per_year * assumptions.engineers;
  bill.fixed = assumptions.fixed_per_year;
  return bill;
}

OwnBill BillOwnYear(const Hardware& hardware, const Offer& offer, const ModelSpeed& speed,
                    const Usage& usage, const Assumptions& assumptions) {
  OwnBill bill = OwnOverhead(usage, assumptions);
  const Speed machine = MachineSpeed(hardware, speed) * assumptions.speed_change;
  bill.busy = TimeFor(WorkOf(usage.year(), usage), machine);
  if (RunsAllYear(offer.kind)) {
    bill.machine_count = FixedMachines(usage, machine, assumptions);
    bill.paid = kHoursPerYear * bill.machine_count;
  } else {
    const double rework = offer.kind == OfferKind::kSpot ? 1 + offer.spot_rework : 1;
    bill.paid =
        bill.busy * rework / assumptions.utilization + kHoursPerYear * assumptions.spare_machines;
    bill.machine_count = bill.paid / kHoursPerYear;
  }
  if (offer.kind == OfferKind::kBought) {
    bill.machines = offer.purchase * bill.machine_count / offer.life_years;
    bill.electricity = assumptions.electricity * EnergyOf(offer.power, bill.busy) *
                       offer.pue.value_or(assumptions.pue);
    bill.hosting = assumptions.hosting_per_machine * bill.machine_count;
  } else {
    bill.machines = offer.per_hour * bill.paid;
  }
  bill.machines = bill.machines * assumptions.machine_price_change;
  return bill;
}

Price<MachineHours> CoreHourPriceFor(Money target, AudioHours hours, Speed per_core,
                                     double utilization) {
  return Price<MachineHours>(target.value() / (TimeFor(hours, per_core) / utilization).value());
}

}  // namespace ironscribe::cost
