// What the same hours cost on machines of one's own: rented by the hour, reserved or bought, with
// the people, storage, egress and redundancy that belong to them. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cost/price_plan.h"
#include "cost/units.h"
#include "cost/usage.h"

namespace ironscribe::cost {

enum class OfferKind { kOnDemand, kReserved, kSpot, kBought };
std::string_view OfferKindName(OfferKind kind);

// One way to have a machine. On demand and spot are paid by the hour that they run, the others all
// year.
struct Offer {
  OfferKind kind = OfferKind::kOnDemand;
  Price<MachineHours> per_hour = {};  // All but bought.
  double spot_rework = 0;             // Share of the work done again after interruptions.
  Money purchase = {};                // Bought: one machine,
  double life_years = 0;              //   written off over this,
  Watts power = {};                   //   drawing this while it works,
  std::optional<double> pue = {};     //   times this for the building; nothing: as assumed.
  std::string lacks = {};  // What the price is without and no machine runs without; never wins.
  Provenance provenance = {};
};

struct Hardware {
  std::string id = {};
  std::string name = {};
  // A vCPU is often a thread, two of which share a core; speeds are known by core. 0: not known.
  int vcpus = 0;
  int threads_per_core = 1;
  double memory_gb = 0;
  std::string architecture = "x86_64";
  std::string accelerator = {};    // A GPU that is paid for: speeds by core are not taken for it.
  std::vector<Offer> offers = {};  // None: the price is asked for.
  std::string note = {};

  double cores() const { return static_cast<double>(vcpus) / threads_per_core; }
};

// How fast a model is, and how anybody knows.
struct ModelSpeed {
  std::string model = {};
  std::string software = {};
  std::string hardware = {};  // Id of the hardware, or empty: by core of any processor.
  Speed speed = {};           // Of a machine, or of a core.
  Speed low = {};  // Between these it lies in 95 of 100 cases; of published ranges the ends.
  Speed high = {};
  Knowledge knowledge = Knowledge::kUnknown;
  std::string processor = {};          // Where it was measured.
  std::vector<Feature> features = {};  // What comes with it.
  WordErrors words = {};
  Provenance provenance = {};

  std::string architecture = "x86_64";  // Of a speed by core.

  bool by_core() const { return hardware.empty(); }
};

// Whether the speed is known for that hardware.
bool Fits(const ModelSpeed& speed, const Hardware& hardware);

// Everything that is assumed and not in a table. The defaults are meant to be replaced;
// parameters.h says where each comes from and how far it may be off.
struct Assumptions {
  double utilization = 0.35;  // Share of its time that a machine works.
  double spare_machines = 1;  // N+1: kept running beside what the load needs.
  double engineers = 1;
  Money salary_per_year{160'000};
  Money fixed_per_year = {};  // Audits, licences, on-call.
  Money migration{40'000};    // Once.
  double peak_factor = 1;     // Of machines that run all year: peak over mean of a month.
  Gigabytes stored_per_hour{0.0144};
  double months_stored = 1;
  Price<Gigabytes> storage_per_month{0.023};
  Gigabytes sent_per_hour = {};  // Out of one's own cloud to a provider's interface.
  Price<Gigabytes> egress{0.09};
  Price<KilowattHours> electricity{0.12};
  double pue = 1.5;
  Money hosting_per_machine{600};   // Rack, network and spares of a bought machine, a year.
  double machine_price_change = 1;  // Prices of machines, times this.
  double price_change = 1;          // Providers' prices, times this.
  double speed_change = 1;          // Own speed, times this.
  double volume_change = 1;
  double discount_rate = 0.08;
  Money wage_per_hour = {};  // Of whoever corrects; 0: correction is left out.
  double words_per_hour = 9'000;
  Seconds seconds_per_error{5};
};

struct OwnBill {
  Money machines = {};  // Rent, or writing off.
  Money electricity = {};
  Money hosting = {};
  Money storage = {};
  Money people = {};
  Money fixed = {};
  MachineHours busy = {};    // Working.
  MachineHours paid = {};    // Paid for, bought ones included.
  double machine_count = 0;  // Mean of those by the hour; those that are there of the others.
  Money total() const { return machines + electricity + hosting + storage + people + fixed; }
};

// Speed of one machine: by core it is multiplied with the cores.
Speed MachineSpeed(const Hardware& hardware, const ModelSpeed& speed);

// A year on `offer`. Requires: speeds, life and utilisation above 0.
OwnBill BillOwnYear(const Hardware& hardware, const Offer& offer, const ModelSpeed& speed,
                    const Usage& usage, const Assumptions& assumptions);

// What storage, people and fixed parts cost without any machine.
OwnBill OwnOverhead(const Usage& usage, const Assumptions& assumptions);

// The highest price of a core-hour at which `hours` of audio cost `target` on machines alone.
Price<MachineHours> CoreHourPriceFor(Money target, AudioHours hours, Speed per_core,
                                     double utilization);

}  // namespace ironscribe::cost
