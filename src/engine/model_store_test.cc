#include "engine/model_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/model_pull.h"
#include "engine/packed_cache_name.h"
#include "engine/stub_wheel.h"
#include "formats/packed/packed_writer.h"
#include "io/file.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;

class ModelStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) /
            ("model_store_test_" + std::to_string(::getpid()) + "_" +
             std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root_);
    // Names are paths first, so nothing of whoever starts the test may lie in the working
    // directory.
    fs::create_directories(root_);
    working_directory_ = fs::current_path();
    fs::current_path(root_);
    store_ = {.models_folder = root_ / "models", .cache_folder = root_ / "cache"};
  }
  void TearDown() override {
    fs::current_path(working_directory_);
    fs::remove_all(root_);
  }

  void PullFake() {
    StubPackage package;
    StubFetcher fetcher(package);
    const std::vector<CatalogEntry> catalog = {package.Entry()};
    PullOptions options;
    options.store = store_;
    options.catalog = catalog;
    options.fetcher = &fetcher;
    const auto pulled = PullModel("fake", options);
    ASSERT_TRUE(pulled.ok()) << pulled.status().ToString();
  }
  std::string ResolveError(std::string_view name) {
    const auto resolved = ResolveModel(name, store_);
    EXPECT_FALSE(resolved.ok()) << name;
    return resolved.status().message();
  }

  StoreOptions store_;
  fs::path root_;
  fs::path working_directory_;
};

TEST_F(ModelStoreTest, EmptyStore) {
  const auto models = ListInstalledModels(store_);
  ASSERT_TRUE(models.ok());
  EXPECT_TRUE(models->empty());
}

TEST_F(ModelStoreTest, ListsModelsWithAndWithoutRecord) {
  PullFake();
  ASSERT_TRUE(
      io::WriteFileAtomically(store_.models_folder / "own--copy" / "model.bin", "12345").ok());
  ASSERT_TRUE(io::WriteFileAtomically(store_.models_folder / ".pulls" / "x" / "y", "half").ok());
  ASSERT_TRUE(io::WriteFileAtomically(store_.models_folder / "stray.txt", "no model").ok());
  const auto models = ListInstalledModels(store_);
  ASSERT_TRUE(models.ok());
  ASSERT_EQ(models->size(), 2u);
  EXPECT_EQ((*models)[0].name, "fake");
  EXPECT_TRUE((*models)[0].manifest.has_value());
  EXPECT_EQ((*models)[1].name, "own/copy");
  EXPECT_FALSE((*models)[1].manifest.has_value());
  EXPECT_EQ((*models)[1].size_bytes, 5u);
}

TEST_F(ModelStoreTest, ResolvesPathsThenNames) {
  PullFake();
  const fs::path file = root_ / "some.pt";
  ASSERT_TRUE(io::WriteFileAtomically(file, "x").ok());
  EXPECT_EQ(*ResolveModel(file.string(), store_), file);
  EXPECT_EQ(*ResolveModel(root_.string(), store_), root_);
  EXPECT_EQ(*ResolveModel("fake", store_), store_.models_folder / "fake");
}

TEST_F(ModelStoreTest, AliasesFindTheModelUnderItsName) {
  ASSERT_TRUE(io::WriteFileAtomically(store_.models_folder / "large-v3" / "model.bin", "x").ok());
  EXPECT_EQ(*ResolveModel("large", store_), store_.models_folder / "large-v3");
}

TEST_F(ModelStoreTest, UnknownNamesGetNearestOnesAndTheCommand) {
  EXPECT_NE(ResolveError("base").find("ironscribe models pull base"), std::string::npos);
  EXPECT_NE(ResolveError("bsae").find("ironscribe models pull base"), std::string::npos);
  EXPECT_NE(ResolveError("some/repository").find("ironscribe models pull some/repository"),
            std::string::npos);
  EXPECT_NE(ResolveError("./no/such/folder").find("no such file or folder"), std::string::npos);
  EXPECT_NE(ResolveError("/no/such/folder").find("ironscribe models list"), std::string::npos);
  EXPECT_EQ(ResolveModel("", store_).status().code(), StatusCode::kInvalidArgument);
  PullFake();
  EXPECT_NE(ResolveError("fkae").find("nearest names: fake"), std::string::npos);
}

TEST_F(ModelStoreTest, FolderNames) {
  EXPECT_EQ(*ModelFolderName("tiny.en"), "tiny.en");
  EXPECT_EQ(*ModelFolderName("owner/name"), "owner--name");
  for (const char* name : {"", ".", "..", "../x", "x/..", "/x", "x/", "a/b/c", ".hidden", "a\nb"}) {
    EXPECT_FALSE(ModelFolderName(name).ok()) << name;
  }
}

TEST_F(ModelStoreTest, VerifyFindsAFlippedByte) {
  PullFake();
  auto report = VerifyModel("fake", store_, {});
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(report->num_files, 2u);
  EXPECT_TRUE(report->problems.empty());

  const fs::path file = store_.models_folder / "fake" / "model.bin";
  std::string bytes = *io::ReadFile(file, 1000);
  bytes[3] = static_cast<char>(bytes[3] ^ 1);
  ASSERT_TRUE(io::WriteFileAtomically(file, bytes).ok());
  report = VerifyModel("fake", store_, {});
  ASSERT_TRUE(report.ok());
  ASSERT_EQ(report->problems.size(), 1u);
  EXPECT_EQ(report->problems[0].file, "model.bin");
  EXPECT_NE(report->problems[0].what.find("SHA-256"), std::string::npos);
}

TEST_F(ModelStoreTest, VerifyFindsMissingAndShortFiles) {
  PullFake();
  fs::remove(store_.models_folder / "fake" / "config.json");
  ASSERT_TRUE(io::WriteFileAtomically(store_.models_folder / "fake" / "model.bin", "x").ok());
  const auto report = VerifyModel("fake", store_, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->problems.size(), 2u);
}

TEST_F(ModelStoreTest, VerifyFindsADamagedPackedForm) {
  PullFake();
  const fs::path packed =
      store_.cache_folder / PackedCacheName(store_.models_folder / "fake", "int8", "");
  auto writer = formats::PackedWriter::Create(packed);
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->Finish("{}").ok());
  auto report = VerifyModel("fake", store_, {});
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->problems.empty()) << report->problems[0].what;

  ASSERT_TRUE(io::WriteFileAtomically(packed, "no packed model").ok());
  report = VerifyModel("fake", store_, {});
  ASSERT_TRUE(report.ok());
  ASSERT_EQ(report->problems.size(), 1u);
  EXPECT_EQ(report->problems[0].file, packed.string());
  EXPECT_TRUE(report->problems[0].is_packed);
}

TEST_F(ModelStoreTest, VerifyRefusesADamagedRecord) {
  for (const char* record : {"", "{", "[]", "{\"format\":1,\"files\":[]}"}) {
    PullFake();
    const fs::path path = store_.models_folder / "fake" / kManifestFileName;
    ASSERT_TRUE(io::WriteFileAtomically(path, record).ok());
    const auto report = VerifyModel("fake", store_, {});
    EXPECT_EQ(report.status().code(), StatusCode::kFailedPrecondition) << record;
    EXPECT_NE(report.status().message().find("models pull --force fake"), std::string::npos);
    fs::remove_all(store_.models_folder / "fake");
  }
}

TEST_F(ModelStoreTest, AnEmptyFolderIsNoModel) {
  fs::create_directories(store_.models_folder / "tiny");
  EXPECT_TRUE(ListInstalledModels(store_)->empty());
  EXPECT_NE(ResolveError("tiny").find("is not installed"), std::string::npos);
}

TEST_F(ModelStoreTest, VerifyCanBeStopped) {
  PullFake();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(VerifyModel("fake", store_, stop.get_token()).status().code(), StatusCode::kCancelled);
}

TEST_F(ModelStoreTest, VerifyNeedsARecord) {
  ASSERT_TRUE(io::WriteFileAtomically(store_.models_folder / "own" / "model.bin", "x").ok());
  EXPECT_EQ(VerifyModel("own", store_, {}).status().code(), StatusCode::kFailedPrecondition);
}

TEST_F(ModelStoreTest, RemoveTakesTheFolderOnly) {
  PullFake();
  ASSERT_TRUE(io::WriteFileAtomically(store_.models_folder / "other" / "model.bin", "x").ok());
  const auto removed = RemoveModel("fake", store_);
  ASSERT_TRUE(removed.ok()) << removed.status().ToString();
  EXPECT_EQ(removed->paths.back(), store_.models_folder / "fake");
  EXPECT_GT(removed->size_bytes, 23u);
  EXPECT_FALSE(fs::exists(store_.models_folder / "fake"));
  EXPECT_TRUE(fs::exists(store_.models_folder / "other"));
  EXPECT_EQ(RemoveModel("fake", store_).status().code(), StatusCode::kNotFound);
}

TEST_F(ModelStoreTest, RemoveTakesPackedFormsOfThatModelOnly) {
  PullFake();
  const fs::path other = store_.models_folder / "other";
  ASSERT_TRUE(io::WriteFileAtomically(other / "model.bin", "x").ok());
  const fs::path mine =
      store_.cache_folder / PackedCacheName(store_.models_folder / "fake", "int8", "");
  const fs::path theirs = store_.cache_folder / PackedCacheName(other, "int8", "");
  ASSERT_TRUE(io::WriteFileAtomically(mine, "packed").ok());
  ASSERT_TRUE(io::WriteFileAtomically(theirs, "packed").ok());
  EXPECT_EQ(PackedCachesOf(store_.models_folder / "fake", store_), std::vector<fs::path>({mine}));
  const auto removed = RemoveModel("fake", store_);
  ASSERT_TRUE(removed.ok()) << removed.status().ToString();
  EXPECT_EQ(removed->paths, std::vector<fs::path>({mine, store_.models_folder / "fake"}));
  EXPECT_FALSE(fs::exists(mine));
  EXPECT_TRUE(fs::exists(theirs));
}

TEST_F(ModelStoreTest, RemoveRefusesPaths) {
  const fs::path precious = root_ / "precious" / "file";
  ASSERT_TRUE(io::WriteFileAtomically(precious, "x").ok());
  fs::create_directories(store_.models_folder);
  EXPECT_FALSE(RemoveModel("../precious", store_).ok());
  EXPECT_FALSE(RemoveModel((root_ / "precious").string(), store_).ok());
  EXPECT_FALSE(RemoveModel("..", store_).ok());
  EXPECT_FALSE(RemoveModel("", store_).ok());
  EXPECT_TRUE(fs::exists(precious));
}

}  // namespace
}  // namespace ironscribe::engine
