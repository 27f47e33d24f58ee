#include "engine/model_hub.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "engine/model_digest.h"
#include "engine/stub_hub.h"
#include "io/file.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;
using Request = StubHttpServer::Request;
using Answer = StubHttpServer::Answer;

class ModelHubTest : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1", 1);
    root_ = fs::path(testing::TempDir()) /
            ("model_hub_test_" + std::to_string(::getpid()) + "_" +
             std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root_);
    folders_ = {.staging = root_ / "model", .downloads = root_ / "downloads"};
    fs::create_directories(folders_.staging);
    fs::create_directories(folders_.downloads);
    hub_.files = {{"model.bin", std::string(100'000, 'w')},
                  {"config.json", R"({"a": 1})"},
                  {"tokenizer.json", "{}"},
                  {"README.md", "# not needed"}};
    request_.repository = StubHub::kRepository;
    request_.http.retry_wait_ms = 1;
  }
  void TearDown() override { fs::remove_all(root_); }

  Result<ModelManifest> Fetch() {
    return FetchWith([this](const Request& request) { return hub_.Answer(request); });
  }
  Result<ModelManifest> FetchWith(StubHttpServer::Handler handler) {
    const StubHttpServer server(std::move(handler));
    request_.hub_url = server.url() + "/";
    Result<ModelManifest> manifest = FetchFromHub(request_, folders_, callbacks_);
    requests_ = server.requests();
    return manifest;
  }
  size_t NumDownloads() {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(folders_.downloads), fs::directory_iterator()));
  }

  StubHub hub_;
  HubRequest request_;
  PullFolders folders_;
  PullCallbacks callbacks_;
  std::vector<Request> requests_;
  fs::path root_;
};

TEST_F(ModelHubTest, FetchesWhatAModelNeeds) {
  uint64_t last_done = 0;
  callbacks_.progress = [&](const PullProgress& progress) {
    EXPECT_GE(progress.done_bytes, last_done);
    EXPECT_EQ(progress.total_bytes, 100'000u + 8 + 2);
    last_done = progress.done_bytes;
  };
  request_.revision = "refs/pr/1";
  const auto manifest = Fetch();
  ASSERT_TRUE(manifest.ok()) << manifest.status().ToString();
  EXPECT_EQ(manifest->version, StubHub::kCommit);
  EXPECT_EQ(manifest->revision, "refs/pr/1");
  EXPECT_EQ(manifest->licence, "mit");
  EXPECT_EQ(manifest->files.size(), 3u);
  EXPECT_EQ(*io::ReadFile(folders_.staging / "model.bin", 1 << 20), hub_.files["model.bin"]);
  EXPECT_EQ(*io::ReadFile(folders_.staging / "config.json", 100), R"({"a": 1})");
  EXPECT_FALSE(fs::exists(folders_.staging / "README.md"));
  EXPECT_EQ(requests_[0].target, "/api/models/owner/name/revision/refs%2Fpr%2F1?blobs=true");
  EXPECT_EQ(NumDownloads(), 0u);
}

TEST_F(ModelHubTest, WrongSha256InstallsNothingAndSaysBothSums) {
  const std::string wrong(64, 'b');
  hub_.listed_sha256["model.bin"] = wrong;
  const auto manifest = Fetch();
  EXPECT_EQ(manifest.status().code(), StatusCode::kDataLoss);
  EXPECT_NE(manifest.status().message().find(wrong), std::string::npos);
  Digest digest;
  digest.Update(hub_.files["model.bin"]);
  EXPECT_NE(manifest.status().message().find(digest.Finish()), std::string::npos);
  EXPECT_FALSE(fs::exists(folders_.staging / "model.bin"));
  EXPECT_EQ(NumDownloads(), 0u);  // Wrong bytes are not kept to be continued.
}

TEST_F(ModelHubTest, WrongBlobIdOfASmallFile) {
  hub_.listed_blob_id["config.json"] = std::string(40, 'c');
  EXPECT_EQ(Fetch().status().code(), StatusCode::kDataLoss);
}

TEST_F(ModelHubTest, PinnedSums) {
  Digest digest;
  digest.Update(hub_.files["config.json"]);
  request_.pinned_sha256["config.json"] = digest.Finish();
  EXPECT_TRUE(Fetch().ok());
  request_.pinned_sha256["config.json"] = std::string(64, 'd');
  EXPECT_EQ(Fetch().status().code(), StatusCode::kDataLoss);
  request_.pinned_sha256 = {{"other.json", std::string(64, 'd')}};
  EXPECT_EQ(Fetch().status().code(), StatusCode::kInvalidArgument);
}

TEST_F(ModelHubTest, HubWithoutDigestsSaysSo) {
  hub_.lists_digests = false;
  std::string notes;
  callbacks_.note = [&](std::string_view note) { notes += note; };
  const auto manifest = Fetch();
  ASSERT_TRUE(manifest.ok()) << manifest.status().ToString();
  EXPECT_NE(notes.find("--sha256 model.bin="), std::string::npos) << notes;
}

TEST_F(ModelHubTest, TruncatedBodiesAreContinuedByTheNextPull) {
  request_.http.max_attempts = 1;
  bool cuts = true;
  const auto handler = [&](const Request& request) {
    Answer answer = hub_.Answer(request);
    if (cuts && request.target.ends_with("model.bin")) answer.cut_after_bytes = 30'000;
    return answer;
  };
  const auto cut = FetchWith(handler);
  EXPECT_EQ(cut.status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(NumDownloads(), 1u);
  cuts = false;
  const auto whole = FetchWith(handler);
  ASSERT_TRUE(whole.ok()) << whole.status().ToString();
  EXPECT_EQ(requests_[1].headers.at("range"), "bytes=30000-");
  EXPECT_EQ(*io::ReadFile(folders_.staging / "model.bin", 1 << 20), hub_.files["model.bin"]);
}

TEST_F(ModelHubTest, UnknownRepository) {
  const auto manifest = FetchWith([](const Request&) { return Answer{.status = 404}; });
  EXPECT_EQ(manifest.status().code(), StatusCode::kNotFound);
  EXPECT_NE(manifest.status().message().find("owner/name"), std::string::npos);
}

TEST_F(ModelHubTest, FileThatTheHubListsButDoesNotHave) {
  const auto manifest = FetchWith([&](const Request& request) {
    return request.target.starts_with("/api") ? hub_.Answer(request) : Answer{.status = 404};
  });
  EXPECT_EQ(manifest.status().code(), StatusCode::kNotFound);
}

TEST_F(ModelHubTest, SilentHubNamesAddressAndRemedy) {
  request_.http.stall_seconds = 1;
  request_.http.max_attempts = 1;
  const auto manifest = FetchWith([](const Request&) { return Answer{.hangs = true}; });
  EXPECT_EQ(manifest.status().code(), StatusCode::kUnavailable);
  EXPECT_NE(manifest.status().message().find("http://127.0.0.1"), std::string::npos);
  EXPECT_NE(manifest.status().message().find("copy a model folder"), std::string::npos);
}

TEST_F(ModelHubTest, BadRequests) {
  request_.hub_url = "ftp://127.0.0.1";
  EXPECT_EQ(FetchFromHub(request_, folders_, callbacks_).status().code(),
            StatusCode::kInvalidArgument);
  request_.hub_url = "http://127.0.0.1:1";
  request_.repository = "../etc/passwd";
  EXPECT_EQ(FetchFromHub(request_, folders_, callbacks_).status().code(),
            StatusCode::kInvalidArgument);
  request_.repository = "a/b";
  for (const char* revision : {"", "..", "a/../b"}) {
    request_.revision = revision;
    EXPECT_EQ(FetchFromHub(request_, folders_, callbacks_).status().code(),
              StatusCode::kInvalidArgument);
  }
}

TEST(HubListingTest, NonsenseIsRefused) {
  const std::string sha = R"("sha":"0123456789abcdef0123456789abcdef01234567")";
  for (const std::string& text :
       {std::string(), std::string("<html>"), std::string("[]"), std::string("{}"), "{" + sha + "}",
        "{" + sha + R"(,"siblings":{}})", "{" + sha + R"(,"siblings":[1]})",
        std::string(R"({"sha":"../x","siblings":[]})"), std::string(R"({"siblings":[]})"),
        "{" + sha + R"(,"siblings":[{"rfilename":"a","size":99999999999999999}]})"}) {
    EXPECT_EQ(ParseHubListing(text, "url").status().code(), StatusCode::kDataLoss) << text;
  }
}

TEST(HubListingTest, NamesThatLeaveTheFolderAreIgnored) {
  const auto listing = ParseHubListing(
      R"({"sha":"0123456789abcdef0123456789abcdef01234567","siblings":[{"rfilename":"../model.bin"},
          {"rfilename":"/model.bin"},{"rfilename":"a/model.bin"},
          {"rfilename":5},{"rfilename":""}]})",
      "url");
  ASSERT_TRUE(listing.ok()) << listing.status().ToString();
  EXPECT_TRUE(listing->files.empty());
  EXPECT_EQ(SelectModelFiles(*listing).status().code(), StatusCode::kNotFound);
}

std::vector<std::string> Selected(const std::vector<std::string>& names) {
  HubListing listing;
  for (const std::string& name : names) listing.files.push_back({.name = name});
  std::vector<std::string> selected;
  if (auto files = SelectModelFiles(listing); files.ok()) {
    for (const HubFile& file : *files) selected.push_back(file.name);
  }
  return selected;
}

TEST(SelectModelFilesTest, OneSetOfWeights) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(Selected({"model.safetensors", "model.bin", "config.json", "pytorch_model.bin"}),
            Names({"model.bin", "config.json"}));
  EXPECT_EQ(Selected({"flax_model.msgpack", "model.safetensors", "vocab.json", "merges.txt"}),
            Names({"model.safetensors", "vocab.json", "merges.txt"}));
  // The half-precision shards; not the float32 ones that large-v3 also has.
  EXPECT_EQ(Selected({"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                      "model.fp32-00001-of-00002.safetensors", "model.safetensors.index.json",
                      "model.safetensors.index.fp32.json"}),
            Names({"model.safetensors.index.json", "model-00001-of-00002.safetensors",
                   "model-00002-of-00002.safetensors"}));
  EXPECT_EQ(Selected({"pytorch_model.bin", "config.json"}),
            Names({"pytorch_model.bin", "config.json"}));
  EXPECT_EQ(Selected({"tf_model.h5", "config.json"}), Names());
}

TEST(HubRepositoryTest, Names) {
  EXPECT_TRUE(IsHubRepository("openai/whisper-large-v3"));
  EXPECT_TRUE(IsHubRepository("Systran/faster-whisper-tiny.en"));
  for (const char* name : {"", "a", "/a", "a/", "a/b/c", "../b", "a/..", "./b", "a b/c", "a/b?c",
                           "a/b#c", "a/.b", "a\\b/c", "a/b\n"}) {
    EXPECT_FALSE(IsHubRepository(name)) << name;
  }
}

}  // namespace
}  // namespace ironscribe::engine
