#include "apps/cli/input_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "apps/cli/test_fakes.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> RelativePaths(const std::vector<InputFile>& inputs) {
  std::vector<std::string> paths;
  for (const InputFile& input : inputs) {
    paths.push_back((input.status.ok() ? "" : "FAILED ") + input.relative_path.string());
  }
  return paths;
}

using Paths = std::vector<std::string>;

TEST(CollectInputs, WalksFoldersInOrderAndTakesMediaOnly) {
  const TestFolder folder;
  for (const char* name : {"b.WAV", "a.mp3", "notes.txt", "sub/deep/c.mkv", "sub/x.json",
                           ".hidden.wav", ".git/d.wav"}) {
    folder.Write(name, "x");
  }
  EXPECT_EQ(RelativePaths(CollectInputs({folder.path().string()}, {})),
            (Paths{"a.mp3", "b.WAV", "sub/deep/c.mkv"}));
}

TEST(CollectInputs, FiltersByPattern) {
  const TestFolder folder;
  for (const char* name : {"a.wav", "b.mp3", "c.dat", "old/d.wav", "new/e.wav", "new/f.dat"}) {
    folder.Write(name, "x");
  }
  const std::string root = folder.path().string();
  EXPECT_EQ(RelativePaths(CollectInputs({root}, {.include = {"*.dat"}, .exclude = {}})),
            (Paths{"c.dat", "new/f.dat"}));
  EXPECT_EQ(RelativePaths(CollectInputs({root}, {.include = {"new/*", "b.*"}, .exclude = {}})),
            (Paths{"b.mp3", "new/e.wav", "new/f.dat"}));
  EXPECT_EQ(RelativePaths(CollectInputs({root}, {.include = {}, .exclude = {"old", "b*"}})),
            (Paths{"a.wav", "new/e.wav"}));
}

TEST(CollectInputs, TakesAnyFileThatIsNamedButOnlyOnce) {
  const TestFolder folder;
  const std::string file = folder.Write("odd.bin", "x").string();
  const std::string again = (folder.path() / "." / "odd.bin").string();
  EXPECT_EQ(RelativePaths(CollectInputs({file, again, "-", "-"}, {})), (Paths{"odd.bin", "stdin"}));
}

TEST(CollectInputs, ReportsWhatIsMissingInItsPlace) {
  const TestFolder folder;
  fs::create_directories(folder.path() / "empty");
  const std::string file = folder.Write("a.wav", "x").string();
  const auto inputs =
      CollectInputs({"/nowhere/x.wav", file, (folder.path() / "empty").string()}, {});
  EXPECT_EQ(RelativePaths(inputs), (Paths{"FAILED x.wav", "a.wav", "FAILED empty"}));
  EXPECT_EQ(inputs[0].status.code(), StatusCode::kNotFound);
  EXPECT_NE(inputs[2].status.message().find("no audio or video files"), std::string::npos);
}

TEST(CollectInputs, DoesNotFollowLinksToFolders) {
  const TestFolder folder;
  folder.Write("sub/a.wav", "x");
  fs::create_directory_symlink(folder.path(), folder.path() / "sub" / "loop");
  EXPECT_EQ(RelativePaths(CollectInputs({folder.path().string()}, {})), (Paths{"sub/a.wav"}));
}

TEST(CollectInputs, ReportsAFolderThatCannotBeListedAndGoesOn) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may list every folder";
  const TestFolder folder;
  folder.Write("locked/a.wav", "x");
  folder.Write("open/b.wav", "x");
  fs::permissions(folder.path() / "locked", fs::perms::none);
  EXPECT_EQ(RelativePaths(CollectInputs({folder.path().string()}, {})),
            (Paths{"FAILED locked", "open/b.wav"}));
  fs::permissions(folder.path() / "locked", fs::perms::owner_all);
}

}  // namespace
}  // namespace ironscribe::cli
