#include "apps/cli/doctor_checks.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "apps/cli/doctor_command.h"
#include "io/file.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;

class DoctorTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) /
            ("doctor_test_" + std::to_string(::getpid()) + "_" +
             std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root_);
    subject_.store = {.models_folder = root_ / "models", .cache_folder = root_ / "cache"};
    subject_.decode_program = "/somewhere/ironscribe-decode";
    subject_.run_command =
        [this](const std::vector<std::string>& argv) -> Result<io::CommandOutput> {
      io::CommandOutput output;
      if (argv[0] == "python3") {
        if (!has_python_) return NotFoundError("no such program");
        output.standard_output = "pip 23.0.1 from /usr/lib/python3\n";
        return output;
      }
      EXPECT_EQ(argv, (std::vector<std::string>{"/somewhere/ironscribe-decode", "--self-test"}));
      output.exit.exit_code = decoder_exit_code_;
      output.standard_error = decoder_exit_code_ == 0 ? "" : "seccomp is forbidden\n";
      return output;
    };
  }
  void TearDown() override { fs::remove_all(root_); }

  void InstallModel() {
    ASSERT_TRUE(io::WriteFileAtomically(root_ / "models" / "own" / "model.bin", "x").ok());
  }
  Check Find(const std::string& name) {
    for (const Check& check : ExamineMachine(subject_)) {
      if (check.name == name) return check;
    }
    ADD_FAILURE() << "no check " << name;
    return {};
  }

  DoctorSubject subject_;
  bool has_python_ = true;
  int decoder_exit_code_ = 0;
  fs::path root_;
};

TEST_F(DoctorTest, MachineWithoutModelsIsNotUsable) {
  const auto checks = ExamineMachine(subject_);
  EXPECT_FALSE(IsUsable(checks));
  EXPECT_EQ(Find("models").state, CheckState::kMissing);
  EXPECT_NE(Find("models").remedy.find("ironscribe models pull"), std::string::npos);
  const fs::path finder = root_ / "models" / "silero-vad" / "model.safetensors";
  ASSERT_TRUE(io::WriteFileAtomically(finder, "x").ok());
  EXPECT_EQ(Find("models").finding, "none but silero-vad");
  EXPECT_FALSE(IsUsable(ExamineMachine(subject_)));
  InstallModel();
  EXPECT_TRUE(IsUsable(ExamineMachine(subject_)));
  EXPECT_EQ(Find("models").finding, "own, silero-vad");
}

TEST_F(DoctorTest, EverythingThatIsNotGoodHasARemedy) {
  has_python_ = false;
  subject_.decode_program.clear();
  subject_.store.cache_folder = "/proc/ironscribe";
  for (const Check& check : ExamineMachine(subject_)) {
    EXPECT_EQ(check.remedy.empty(), check.state == CheckState::kGood) << check.name;
    EXPECT_FALSE(check.finding.empty()) << check.name;
  }
  EXPECT_EQ(Find("cache folder").state, CheckState::kLimited);
  EXPECT_EQ(Find("package client").state, CheckState::kLimited);
}

TEST_F(DoctorTest, DecoderThatFailsItsSelfTest) {
  EXPECT_EQ(Find("media decoder").state, CheckState::kGood);
  decoder_exit_code_ = 1;
  const Check check = Find("media decoder");
  EXPECT_EQ(check.state, CheckState::kLimited);
  EXPECT_NE(check.finding.find("seccomp is forbidden"), std::string::npos);
  EXPECT_EQ(Find("audio formats").state, CheckState::kLimited);
}

TEST_F(DoctorTest, LookingLeavesNoTrace) {
  fs::create_directories(root_);
  ExamineMachine(subject_);
  EXPECT_TRUE(fs::is_empty(root_));
}

TEST_F(DoctorTest, MemoryFields) {
  constexpr std::string_view kText = "MemTotal:       24689764 kB\nMemAvailable:   100 kB\n";
  EXPECT_EQ(MemoryField(kText, "MemTotal"), 24689764ull * 1024);
  EXPECT_EQ(MemoryField(kText, "MemAvailable"), 100u * 1024);
  EXPECT_EQ(MemoryField(kText, "Mem"), 0u);
  EXPECT_EQ(MemoryField("MemTotal:", "MemTotal"), 0u);
}

TEST_F(DoctorTest, CpuLevels) {
  InstallModel();
  for (CpuLevel level : SupportedCpuLevels()) {
    std::ostringstream out, err;
    const std::string name(CpuLevelName(level));
    EXPECT_EQ(RunDoctor({"--cpu-level", name}, subject_, out, err), 0) << err.str();
    EXPECT_NE(out.str().find("kernels for " + name), std::string::npos) << out.str();
  }
  const std::string missing = DetectCpuLevel() > CpuLevel::kAvx512 ? "avx512" : "neon_i8mm";
  std::ostringstream out, err;
  EXPECT_EQ(RunDoctor({"--cpu-level", missing}, subject_, out, err), 2);
  EXPECT_NE(err.str().find("it has portable"), std::string::npos) << err.str();
  EXPECT_EQ(out.str(), "");
  subject_.cpu_level = CpuLevel::kPortable;
  EXPECT_EQ(Find("processor").state, CheckState::kLimited);
}

TEST_F(DoctorTest, CommandLine) {
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(RunDoctor({}, subject_, out, err), 1);
  EXPECT_NE(out.str().find("-> ironscribe models pull"), std::string::npos) << out.str();
  InstallModel();
  out.str("");
  EXPECT_EQ(RunDoctor({"--json"}, subject_, out, err), 0);
  const auto json = nlohmann::json::parse(out.str(), nullptr, false);
  EXPECT_EQ(json["usable"], true);
  EXPECT_EQ(json["checks"].size(), ExamineMachine(subject_).size());
  out.str("");
  EXPECT_EQ(RunDoctor({"--models-dir", (root_ / "none").string()}, subject_, out, err), 1);
  EXPECT_EQ(RunDoctor({"--help"}, subject_, out, err), 0);
  EXPECT_EQ(RunDoctor({"--loud"}, subject_, out, err), 2);
}

}  // namespace
}  // namespace ironscribe::cli
