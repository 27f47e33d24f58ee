#include "service/admission.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/random.h"

namespace ironscribe::service {
namespace {

using std::chrono::milliseconds;

EntryRequest Request(std::string key) { return {.model = "m", .key = std::move(key)}; }

Admission::Ticket Enter(Admission& admission, const EntryRequest& request) {
  auto entered = admission.TryEnter(request);
  EXPECT_TRUE(std::holds_alternative<Admission::Ticket>(entered));
  return std::get<Admission::Ticket>(std::move(entered));
}

TEST(AdmissionTest, ATicketThatGoesMakesRoomForTheNext) {
  Admission admission({.running = 1});
  auto first = Enter(admission, Request("a"));
  ASSERT_TRUE(first.Wait({}).ok());
  auto second = Enter(admission, Request("a"));
  std::atomic<bool> runs{false};
  std::thread waiter([&] {
    EXPECT_TRUE(second.Wait({}).ok());
    runs = true;
  });
  while (admission.Snapshot().classes[1].waiting == 0) std::this_thread::yield();
  EXPECT_FALSE(runs);
  EXPECT_EQ(second.Outlook().ahead, 0);
  first.SetAudioSeconds(7);
  first.Finish();
  waiter.join();
  EXPECT_EQ(admission.Snapshot().finished, 1u);
  second = {};
  EXPECT_EQ(admission.Snapshot().models[0].running, 0);
  EXPECT_EQ(admission.Snapshot().finished, 1u);
}

TEST(AdmissionTest, WhoeverStopsWaitingIsCancelledAndFreesThePlace) {
  Admission admission({.running = 1, .max_waiting = 1});
  auto first = Enter(admission, Request("a"));
  ASSERT_TRUE(first.Wait({}).ok());
  {
    auto second = Enter(admission, Request("a"));
    std::stop_source stop;
    std::thread waiter(
        [&] { EXPECT_EQ(second.Wait(stop.get_token()).code(), StatusCode::kCancelled); });
    while (admission.Snapshot().classes[1].waiting == 0) std::this_thread::yield();
    EXPECT_TRUE(std::holds_alternative<Refusal>(admission.TryEnter(Request("a"))));
    stop.request_stop();
    waiter.join();
  }
  auto third = Enter(admission, Request("a"));
  first = {};
  EXPECT_TRUE(third.Wait({}).ok());
}

TEST(AdmissionTest, ADeadlineEndsTheWaiting) {
  Admission admission({.running = 1});
  auto first = Enter(admission, Request("a"));
  ASSERT_TRUE(first.Wait({}).ok());
  EntryRequest request = Request("b");
  request.deadline = Admission::Clock::now() + milliseconds(20);
  auto second = Enter(admission, request);
  EXPECT_EQ(second.Wait({}).code(), StatusCode::kDeadlineExceeded);
  ASSERT_TRUE(second.Lost().has_value());
  EXPECT_EQ(second.Lost()->reason, RefusalReason::kDeadline);
  EXPECT_EQ(admission.Snapshot().classes[1].waiting, 0);
}

TEST(AdmissionTest, APlaceThatIsLostIsToldWhileTheBodyStillComes) {
  Admission admission({.running = 1, .max_waiting = 2});
  auto first = Enter(admission, Request("a")), second = Enter(admission, Request("a"));
  EXPECT_FALSE(second.Lost().has_value());
  auto third = Enter(admission, Request("b"));
  ASSERT_TRUE(second.Lost().has_value());
  EXPECT_EQ(second.Lost()->reason, RefusalReason::kDisplaced);
  EXPECT_EQ(second.Wait({}).code(), StatusCode::kResourceExhausted);
  EXPECT_TRUE(third.Wait({}).ok());
}

TEST(AdmissionTest, DrainingRefusesNewcomersOnly) {
  Admission admission({});
  auto first = Enter(admission, Request("a"));
  admission.Drain();
  const auto refused = admission.TryEnter(Request("a"));
  ASSERT_TRUE(std::holds_alternative<Refusal>(refused));
  EXPECT_EQ(std::get<Refusal>(refused).reason, RefusalReason::kDraining);
  EXPECT_TRUE(first.Wait({}).ok());
}

// Run under the thread sanitizer: clients that come, wait, stop, and finish, never more at once
// than there are places, and in the end nothing is left.
TEST(AdmissionTest, ManyThreadsNeverExceedThePlaces) {
  constexpr int kPlaces = 3;
  Admission admission({.running = kPlaces, .max_waiting = 6, .max_waiting_per_key = 4});
  std::atomic<int> running{0}, most{0}, done{0}, refused{0};
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      Random random(i);
      for (int n = 0; n < 200; ++n) {
        EntryRequest request = Request(std::to_string(i % 3));
        request.priority = static_cast<Priority>(random.Next() % kNumPriorities);
        if (random.Next() % 8 == 0) request.deadline = Admission::Clock::now() + milliseconds(1);
        auto entered = admission.TryEnter(request);
        auto* ticket = std::get_if<Admission::Ticket>(&entered);
        std::stop_source stop;
        if (random.Next() % 8 == 0) stop.request_stop();
        if (ticket == nullptr || !ticket->Wait(stop.get_token()).ok()) {
          ++refused;
          continue;
        }
        const int now = ++running;
        int seen = most.load();
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        ticket->SetAudioSeconds(random.NextUnit() * 20);
        std::this_thread::yield();
        --running;
        ++done;
        if (random.Next() % 2 == 0) ticket->Finish();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, kPlaces);
  EXPECT_EQ(done + refused, 8 * 200);
  EXPECT_GT(done, 0);
  const QueueSnapshot snapshot = admission.Snapshot();
  EXPECT_EQ(snapshot.models.at(0).running, 0);
  for (const auto& of_class : snapshot.classes) EXPECT_EQ(of_class.waiting + of_class.reserved, 0);
}

}  // namespace
}  // namespace ironscribe::service
