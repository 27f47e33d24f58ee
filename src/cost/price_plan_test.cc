#include "cost/price_plan.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "cost/finance.h"
#include "cost/own_iron.h"

namespace ironscribe::cost {
namespace {

PricePlan Base(PlanKind kind) {
  PricePlan plan;
  plan.kind = kind;
  plan.provenance = {"test", "2026-01-01"};
  return plan;
}

// One to five tiers with falling prices.
PricePlan RandomTiers(PlanKind kind, Random& random) {
  PricePlan plan = Base(kind);
  const int count = 1 + static_cast<int>(random.NextUnit() * 5);
  AudioMinutes from;
  double price = 0.01 + random.NextUnit();
  for (int i = 0; i < count; ++i) {
    const AudioMinutes to = from + AudioMinutes(1 + 1000 * random.NextUnit());
    plan.tiers.push_back(
        {from, i + 1 < count ? std::optional(to) : std::nullopt, MinutePrice(price)});
    from = to;
    price *= random.NextUnit();
  }
  return plan;
}

PricePlan Levels() {
  PricePlan plan = Base(PlanKind::kCommitment);
  plan.levels = {{Money(100), AudioMinutes(1000), MinutePrice(0.1)},
                 {Money(400), AudioMinutes(5000), MinutePrice(0.08)}};
  return plan;
}

bool Refuses(const PricePlan& plan, std::string_view message, int position) {
  const auto problem = FindProblem(plan);
  return problem.has_value() && problem->position == position &&
         problem->message.find(message) != std::string::npos;
}

TEST(PricePlan, GraduatedBillsNeverFallAndNeverJump) {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    const PricePlan plan = RandomTiers(PlanKind::kGraduated, random);
    ASSERT_FALSE(FindProblem(plan).has_value());
    EXPECT_TRUE(JumpsOf(plan).empty());
    const double highest = plan.tiers[0].price.value();
    Money before = MonthlyBill(plan, AudioMinutes(0));
    EXPECT_EQ(before, Money(0));
    for (int step = 1; step <= 600; ++step) {
      const Money bill = MonthlyBill(plan, AudioMinutes(10.0 * step));
      EXPECT_GE(bill, before);
      EXPECT_LE(bill.value(), before.value() + 10 * highest + 1e-9) << "a jump";
      before = bill;
    }
  }
}

TEST(PricePlan, VolumeJumpsAreShown) {
  PricePlan plan = Base(PlanKind::kVolume);
  plan.tiers = {{AudioMinutes(0), AudioMinutes(100), MinutePrice(2)},
                {AudioMinutes(100), std::nullopt, MinutePrice(1)}};
  EXPECT_EQ(MonthlyBill(plan, AudioMinutes(99)), Money(198));
  EXPECT_EQ(MonthlyBill(plan, AudioMinutes(100)), Money(100));
  const auto jumps = JumpsOf(plan);
  ASSERT_EQ(jumps.size(), 1u);
  EXPECT_EQ(jumps[0].minutes, AudioMinutes(100));
  EXPECT_EQ(jumps[0].before, Money(200));
  EXPECT_EQ(jumps[0].after, Money(100));
}

TEST(PricePlan, CommitmentTakesTheBestLevelOfTheYearAndShowsItsJumps) {
  const PricePlan plan = Levels();
  EXPECT_EQ(MonthlyBill(plan, AudioMinutes(0), 0), Money(100));
  EXPECT_NEAR(MonthlyBill(plan, AudioMinutes(2000), 0).value(), 200, 1e-9);
  EXPECT_EQ(BillYear(plan, EvenUsage(HoursOf(AudioMinutes(12 * 2000)))).level, 0u);
  const YearBill large = BillYear(plan, EvenUsage(HoursOf(AudioMinutes(12 * 5000))));
  EXPECT_EQ(large.level, 1u);
  EXPECT_NEAR(large.total().value(), 12 * 400, 1e-6);
  const auto jumps = JumpsOf(plan);
  ASSERT_EQ(jumps.size(), 2u);
  EXPECT_EQ(jumps[0].after, Money(100));
  // 300 more for the fee are 3,000 minutes of overage at 0.1.
  EXPECT_NEAR(jumps[1].minutes.value(), 4000, 1e-9);
}

// At the volume from which a level is cheaper, both bills are the same.
TEST(PricePlan, CommitmentLevelsCrossWhereTheirBillsMeet) {
  const struct {
    const char* what;
    std::vector<CommitmentLevel> levels;
    double minutes;
    double bill;
  } cases[] = {
      {"within the next level's audio (Azure, by hours: 2,000 + 4,900 / 0.80)",
       {{Money(1600), AudioMinutes(2000), MinutePrice(0.80)},
        {Money(6500), AudioMinutes(10'000), MinutePrice(0.65)}},
       8125,
       6500},
      {"above it: 100 + (200 - 10) = 200 + 0.5 (200 - 20)",
       {{Money(100), AudioMinutes(10), MinutePrice(1)},
        {Money(200), AudioMinutes(20), MinutePrice(0.5)}},
       200,
       290},
  };
  for (const auto& one : cases) {
    PricePlan plan = Base(PlanKind::kCommitment);
    plan.levels = one.levels;
    const auto jumps = JumpsOf(plan);
    ASSERT_EQ(jumps.size(), 2u) << one.what;
    EXPECT_NEAR(jumps[1].minutes.value(), one.minutes, 1e-9) << one.what;
    EXPECT_NEAR(jumps[1].before.value(), one.bill, 1e-9) << one.what;
    EXPECT_NEAR(jumps[1].after.value(), one.bill, 1e-9) << one.what;
    EXPECT_LT(MonthlyBill(plan, jumps[1].minutes - AudioMinutes(1), 0),
              MonthlyBill(plan, jumps[1].minutes - AudioMinutes(1), 1));
    EXPECT_GT(MonthlyBill(plan, jumps[1].minutes + AudioMinutes(1), 0),
              MonthlyBill(plan, jumps[1].minutes + AudioMinutes(1), 1));
  }
  PricePlan never = Base(PlanKind::kCommitment);
  never.levels = {{Money(100), AudioMinutes(10), MinutePrice(1)},
                  {Money(200), AudioMinutes(20), MinutePrice(1)}};
  EXPECT_EQ(JumpsOf(never).size(), 1u) << "the dearer fee never pays";
}

TEST(PricePlan, ZeroVolumeCostsTheFixedPart) {
  Random random(3);
  PricePlan graduated = RandomTiers(PlanKind::kGraduated, random);
  PricePlan volume = RandomTiers(PlanKind::kVolume, random);
  const Usage nothing = EvenUsage(AudioHours(0));
  EXPECT_EQ(BillYear(graduated, nothing).total(), Money(0));
  EXPECT_EQ(BillYear(volume, nothing).total(), Money(0));
  EXPECT_EQ(BillYear(Levels(), nothing).total(), Money(1200));
  graduated.fixed_per_month = Money(30);
  EXPECT_EQ(BillYear(graduated, nothing).total(), Money(360));
  const OwnBill own = OwnOverhead(nothing, {});
  EXPECT_EQ(own.total(), Money(160'000));
}

TEST(PricePlan, RefusesBrokenTables) {
  Random random(5);
  const auto tiers = [](std::vector<PriceTier> list) {
    PricePlan plan = Base(PlanKind::kGraduated);
    plan.tiers = std::move(list);
    return plan;
  };
  const MinutePrice price(1);
  const AudioMinutes zero, ten(10), twenty(20);
  EXPECT_TRUE(Refuses(tiers({}), "no tiers", -1));
  EXPECT_TRUE(Refuses(tiers({{zero, twenty, price}, {ten, {}, price}}), "overlaps", 1));
  EXPECT_TRUE(Refuses(tiers({{zero, {}, price}, {ten, {}, price}}), "overlaps", 1));
  EXPECT_TRUE(Refuses(tiers({{zero, ten, price}, {twenty, {}, price}}), "gap", 1));
  EXPECT_TRUE(Refuses(tiers({{ten, {}, price}}), "gap", 0));
  EXPECT_TRUE(Refuses(tiers({{zero, zero, price}, {zero, {}, price}}), "above its beginning", 0));
  EXPECT_TRUE(Refuses(tiers({{zero, ten, price}}), "has no price", 0));
  EXPECT_TRUE(Refuses(tiers({{zero, {}, MinutePrice(-1)}}), "below 0", 0));
  PricePlan plan = Levels();
  plan.levels[1].included_per_month = AudioMinutes(1);
  EXPECT_TRUE(Refuses(plan, "more and more", 1));
  plan = Levels();
  plan.levels.clear();
  EXPECT_TRUE(Refuses(plan, "no commitment", -1));
  plan = Levels();
  plan.levels[0].fee_per_month = Money(-1);
  EXPECT_TRUE(Refuses(plan, "below 0", 0));
  plan = RandomTiers(PlanKind::kGraduated, random);
  plan.provenance.source.clear();
  EXPECT_TRUE(Refuses(plan, "without source", -1));
  plan.provenance = {"somewhere", ""};
  EXPECT_TRUE(Refuses(plan, "without date", -1));
}

TEST(PricePlan, RoundingChannelsAndAddOns) {
  PricePlan plan = Base(PlanKind::kGraduated);
  plan.tiers = {{AudioMinutes(0), {}, MinutePrice(0.6)}};
  plan.billing.rounding = AudioSeconds(15);
  Usage usage = EvenUsage(AudioHours(1));
  usage.clips = {{AudioSeconds(16), 1}};
  EXPECT_NEAR(BillYear(plan, usage).total().value(), 36 * 30.0 / 16, 1e-9);
  usage.clips = {{AudioSeconds(30), 1}};
  EXPECT_NEAR(BillYear(plan, usage).total().value(), 36, 1e-9);
  usage.channels = 2;
  EXPECT_NEAR(BillYear(plan, usage).total().value(), 36, 1e-9);
  plan.billing.every_channel = true;
  EXPECT_NEAR(BillYear(plan, usage).total().value(), 72, 1e-9);
  usage.channels = 1;
  usage.features = {Feature::kRedaction, Feature::kDiarization, Feature::kMedical};
  plan.add_ons = {{Feature::kRedaction, MinutePrice(0.1)}, {Feature::kDiarization, {}}};
  const YearBill bill = BillYear(plan, usage);
  EXPECT_NEAR(bill.add_ons.value(), 6, 1e-9);
  EXPECT_EQ(bill.missing, std::vector<Feature>{Feature::kMedical});
}

TEST(OwnIron, BoughtMachinesAreCountedByTheFullestMonth) {
  const Hardware hardware{.vcpus = 16, .threads_per_core = 2};
  ModelSpeed speed;
  speed.speed = Speed(10);  // Per core: 80 for the machine.
  Usage usage = EvenUsage(AudioHours(0));
  usage.months[5] = AudioHours(2 * 80 * 730);  // Two machines, wholly busy.
  const Assumptions assumptions{.utilization = 0.5,
                                .spare_machines = 1,
                                .engineers = 0,
                                .months_stored = 0,
                                .electricity = Price<KilowattHours>(0.1),
                                .hosting_per_machine = Money(100)};
  const Offer bought{.kind = OfferKind::kBought,
                     .purchase = Money(8000),
                     .life_years = 4,
                     .power = Watts(500),
                     .pue = 2};
  const OwnBill bill = BillOwnYear(hardware, bought, speed, usage, assumptions);
  EXPECT_EQ(bill.machine_count, 5);
  EXPECT_EQ(bill.machines, Money(10'000));
  EXPECT_EQ(bill.hosting, Money(500));
  EXPECT_NEAR(bill.electricity.value(), 0.5 * 1460 * 0.1 * 2, 1e-9);
  const Offer spot{
      .kind = OfferKind::kSpot, .per_hour = Price<MachineHours>(1), .spot_rework = 0.1};
  EXPECT_NEAR(BillOwnYear(hardware, spot, speed, usage, assumptions).machines.value(),
              8760 + 1460 * 1.1 / 0.5, 1e-6)
      << "the spare machine is paid beside what works";
  usage = Scaled(usage, 10);
  EXPECT_NEAR(BillOwnYear(hardware, spot, speed, usage, assumptions).machines.value(),
              8760 + 14'600 * 1.1 / 0.5, 1e-6);
}

TEST(Finance, BreakEvenOverJumps) {
  const auto cloud = [](AudioHours hours) { return Money(hours.value()); };
  // A second machine from 1,500 hours on.
  const auto own = [](AudioHours hours) { return Money(hours.value() < 1'500 ? 1'000 : 2'000); };
  const auto found = FindBreakEven(cloud, own);
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(found->hours.value(), 1'000, 1e-3);
  EXPECT_TRUE(found->comes_back);
  const auto never = [](AudioHours hours) { return Money(1 + 2 * hours.value()); };
  EXPECT_FALSE(FindBreakEven(cloud, never).has_value());
  const auto nothing = [](AudioHours) { return Money(); };
  EXPECT_TRUE(FindBreakEven(cloud, nothing)->always);
  EXPECT_FALSE(FlatBreakEven(Price<AudioHours>(1), Money(5), Price<AudioHours>(1)).has_value());
}

TEST(Finance, PaybackAndPresentValue) {
  EXPECT_NEAR(*PaybackMonths(Money(50), Money(100)), 6, 1e-12);
  EXPECT_FALSE(PaybackMonths(Money(50), Money(0)).has_value());
  EXPECT_FALSE(PaybackMonths(Money(0), Money(-5)).has_value());
  const auto same = [](int) { return Money(110); };
  EXPECT_NEAR(PresentValue(Money(1), same, 0.1).value(), 1 + 100 + 110 / 1.21 + 110 / 1.331, 1e-9);
}

}  // namespace
}  // namespace ironscribe::cost
