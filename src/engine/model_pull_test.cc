#include "engine/model_pull.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "engine/stub_hub.h"
#include "engine/stub_wheel.h"
#include "io/file.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;

class ModelPullTest : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1", 1);
    root_ = fs::path(testing::TempDir()) /
            ("model_pull_test_" + std::to_string(::getpid()) + "_" +
             std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root_);
    catalog_ = {package_.Entry()};
    options_.store.models_folder = root_ / "models";
    options_.catalog = catalog_;
    options_.fetcher = &fetcher_;
    options_.http.retry_wait_ms = 1;
    hub_.files = {{"model.bin", "hub weights"}, {"config.json", "{}"}};
  }
  void TearDown() override { fs::remove_all(root_); }

  // Everything in the models folder, hidden things included.
  std::vector<std::string> Entries() {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(options_.store.models_folder, error)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
  fs::path ModelFile() { return options_.store.models_folder / "fake" / "model.bin"; }

  StubPackage package_;
  StubFetcher fetcher_{package_};
  StubHub hub_;
  std::vector<CatalogEntry> catalog_;
  PullOptions options_;
  fs::path root_;
};

using Names = std::vector<std::string>;

TEST_F(ModelPullTest, InstallsOnceAndLeavesNothingElse) {
  const auto first = PullModel("fake", options_);
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  EXPECT_FALSE(first->was_installed);
  EXPECT_EQ(Entries(), Names({"fake"}));
  EXPECT_EQ(*io::ReadFile(ModelFile(), 1000), StubPackage::ModelBytes());
  ASSERT_TRUE(first->model.manifest.has_value());
  EXPECT_EQ(first->model.manifest->name, "fake");

  const auto second = PullModel("fake", options_);
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  EXPECT_TRUE(second->was_installed);
  EXPECT_EQ(fetcher_.num_calls, 2);  // Two packages, fetched once.
}

TEST_F(ModelPullTest, FailureInstallsNothing) {
  fetcher_.failure = UnavailableError("no network");
  const auto pulled = PullModel("fake", options_);
  EXPECT_EQ(pulled.status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(Entries(), Names());
}

TEST_F(ModelPullTest, WrongChecksumInstallsNothing) {
  package_.wheels[1] += "x";
  EXPECT_EQ(PullModel("fake", options_).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(Entries(), Names());
}

TEST_F(ModelPullTest, InterruptionInstallsNothing) {
  std::stop_source stop;
  options_.stop = stop.get_token();
  fetcher_.before = [&] { stop.request_stop(); };
  EXPECT_EQ(PullModel("fake", options_).status().code(), StatusCode::kCancelled);
  EXPECT_EQ(Entries(), Names());
}

TEST_F(ModelPullTest, LeftoversOfAKilledPullDoNotMatter) {
  const fs::path stale = options_.store.models_folder / ".pulls" / "fake" / "model" / "stale.bin";
  ASSERT_TRUE(io::WriteFileAtomically(stale, "half").ok());
  ASSERT_TRUE(PullModel("fake", options_).ok());
  EXPECT_EQ(Entries(), Names({"fake"}));
  EXPECT_FALSE(fs::exists(ModelFile().parent_path() / "stale.bin"));
}

TEST_F(ModelPullTest, TwoAtOnceFetchOnce) {
  std::vector<std::jthread> threads;
  std::atomic<int> num_fetched = 0;
  std::atomic<int> num_found = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto pulled = PullModel("fake", options_);
      EXPECT_TRUE(pulled.ok()) << pulled.status().ToString();
      if (pulled.ok()) ++(pulled->was_installed ? num_found : num_fetched);
    });
  }
  threads.clear();
  EXPECT_EQ(num_fetched, 1);
  EXPECT_EQ(num_found, 3);
  EXPECT_EQ(fetcher_.num_calls, 2);
  EXPECT_EQ(Entries(), Names({"fake"}));
}

TEST_F(ModelPullTest, DamagedInstallationIsReplaced) {
  ASSERT_TRUE(PullModel("fake", options_).ok());
  ASSERT_TRUE(io::WriteFileAtomically(ModelFile(), "short").ok());
  const auto again = PullModel("fake", options_);
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_FALSE(again->was_installed);
  EXPECT_EQ(*io::ReadFile(ModelFile(), 1000), StubPackage::ModelBytes());
}

TEST_F(ModelPullTest, FolderOfSomebodyElseIsKeptUnlessForced) {
  const fs::path own = options_.store.models_folder / "fake" / "own.txt";
  ASSERT_TRUE(io::WriteFileAtomically(own, "mine").ok());
  EXPECT_EQ(PullModel("fake", options_).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_TRUE(fs::exists(own));
  options_.force = true;
  ASSERT_TRUE(PullModel("fake", options_).ok());
  EXPECT_FALSE(fs::exists(own));
  EXPECT_EQ(Entries(), Names({"fake"}));
}

TEST_F(ModelPullTest, HubRepositoryWithRevision) {
  const StubHttpServer server([&](const auto& request) { return hub_.Answer(request); });
  options_.hub_url = server.url();
  const auto pulled = PullModel("owner/name@v1", options_);
  ASSERT_TRUE(pulled.ok()) << pulled.status().ToString();
  EXPECT_EQ(pulled->model.name, "owner/name");
  EXPECT_EQ(pulled->model.manifest->revision, "v1");
  EXPECT_EQ(pulled->model.manifest->version, StubHub::kCommit);
  EXPECT_EQ(Entries(), Names({"owner--name"}));
  EXPECT_EQ(fetcher_.num_calls, 0);
  // Without a revision, and by its commit, it is the installed one; another one needs force.
  const size_t num_requests = server.requests().size();
  EXPECT_TRUE(PullModel("owner/name", options_)->was_installed);
  EXPECT_TRUE(PullModel(std::string("owner/name@") + StubHub::kCommit, options_)->was_installed);
  EXPECT_EQ(PullModel("owner/name@v2", options_).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(server.requests().size(), num_requests);
}

TEST_F(ModelPullTest, CatalogNameFromTheHub) {
  const StubHttpServer server([&](const auto& request) { return hub_.Answer(request); });
  options_.hub_url = server.url();
  options_.source = ModelSourceKind::kHub;
  const auto pulled = PullModel("fake", options_);
  ASSERT_TRUE(pulled.ok()) << pulled.status().ToString();
  EXPECT_EQ(*io::ReadFile(ModelFile(), 1000), "hub weights");
}

TEST_F(ModelPullTest, PackageOnlyModelsAreNotOnTheHub) {
  catalog_[0].hub_repository = "";
  EXPECT_EQ(PullModel("fake@main", options_).status().code(), StatusCode::kInvalidArgument);
  options_.source = ModelSourceKind::kHub;
  const auto pulled = PullModel("fake", options_);
  EXPECT_EQ(pulled.status().code(), StatusCode::kInvalidArgument);
  EXPECT_NE(pulled.status().message().find("package only"), std::string::npos);
  options_.source = ModelSourceKind::kAuto;
  EXPECT_TRUE(PullModel("fake", options_).ok());
}

TEST_F(ModelPullTest, PinnedSumsHoldForPackagesAndInstalledModels) {
  const std::string wrong(64, 'a');
  options_.pinned_sha256 = {{"model.bin", wrong}};
  EXPECT_EQ(PullModel("fake", options_).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(Entries(), Names());
  options_.pinned_sha256.clear();
  ASSERT_TRUE(PullModel("fake", options_).ok());
  options_.pinned_sha256 = {{"model.bin", wrong}};
  EXPECT_EQ(PullModel("fake", options_).status().code(), StatusCode::kDataLoss);
  options_.pinned_sha256 = {{"model.bin", "123"}};
  EXPECT_EQ(PullModel("fake", options_).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(ModelPullTest, NamesThatCannotBePulled) {
  EXPECT_EQ(PullModel("", options_).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(PullModel("../x", options_).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(PullModel("a/b/c", options_).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(PullModel("owner/name@", options_).status().code(), StatusCode::kInvalidArgument);
  const auto unknown = PullModel("tinny.en", options_);
  EXPECT_NE(unknown.status().message().find("tiny.en"), std::string::npos);
  options_.source = ModelSourceKind::kPackage;
  EXPECT_EQ(PullModel("owner/name", options_).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(ModelPullTest, ModelsFolderThatCannotBeWritten) {
  options_.store.models_folder = "/proc/ironscribe-models";
  const auto pulled = PullModel("fake", options_);
  EXPECT_FALSE(pulled.ok());
  EXPECT_NE(pulled.status().message().find("/proc/ironscribe-models"), std::string::npos);
}

}  // namespace
}  // namespace ironscribe::engine
