#include "api/form.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "io/test_folder.h"

namespace ironscribe::api {
namespace {

constexpr const char* kType = "multipart/form-data; boundary=XY";

std::string Part(const std::string& name, const std::string& content) {
  return "--XY\r\nContent-Disposition: form-data; name=" + name + "\r\n\r\n" + content + "\r\n";
}

std::string ReadAll(const SpoolFile& file) {
  const auto descriptor = file.OpenForReading();
  EXPECT_TRUE(descriptor.ok());
  std::string bytes(file.size_bytes() + 1, '\0');
  const ssize_t count = ::pread(descriptor->get(), bytes.data(), bytes.size(), 0);
  bytes.resize(count < 0 ? 0 : static_cast<size_t>(count));
  return bytes;
}

class FormTest : public testing::Test {
 protected:
  std::shared_ptr<Spool> MakeSpool(uint64_t file_bytes = 1000, uint64_t total_bytes = 1000) {
    auto spool = Spool::Create({.folder = folder_.path(),
                                .max_total_bytes = total_bytes,
                                .max_file_bytes = file_bytes,
                                .max_memory_bytes = 100});
    EXPECT_TRUE(spool.ok());
    return *spool;
  }

  Result<Form> Read(const std::string& body, std::shared_ptr<Spool> spool) {
    ASSIGN_OR_RETURN(const auto reader, FormReader::Create(kType, "file", std::move(spool)));
    for (size_t at = 0; at < body.size(); at += 50) {
      RETURN_IF_ERROR(reader->Take(std::string_view(body).substr(at, 50)));
    }
    return reader->Finish();
  }

  io::TestFolder folder_;
};

TEST_F(FormTest, FileMayComeBeforeOrAfterFields) {
  for (const bool first : {true, false}) {
    const std::string file = Part("file", "sound");
    const std::string fields = Part("model", "tiny") + Part("a[]", "1") + Part("a[]", "2");
    auto form = Read((first ? file + fields : fields + file) + "--XY--", MakeSpool());
    ASSERT_TRUE(form.ok()) << form.status().ToString();
    ASSERT_EQ(form->fields.size(), 3u);
    EXPECT_EQ(form->fields[0].name, "model");
    EXPECT_EQ(form->fields[2].value, "2");
    ASSERT_NE(form->file, nullptr);
    EXPECT_EQ(ReadAll(*form->file), "sound");
  }
}

TEST_F(FormTest, LargeFilesGoToTheFolderAndLeaveNoName) {
  const auto spool = MakeSpool();
  std::string sound(700, 's');
  sound[99] = 'a';
  sound[100] = 'b';
  auto form = Read(Part("file", sound) + "--XY--", spool);
  ASSERT_TRUE(form.ok());
  EXPECT_EQ(ReadAll(*form->file), sound);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  EXPECT_EQ(spool->used_bytes(), 700u);
  form->file.reset();
  EXPECT_EQ(spool->used_bytes(), 0u);
}

TEST_F(FormTest, DescriptorsCannotWrite) {
  for (const size_t size : {size_t{10}, size_t{500}}) {
    auto form = Read(Part("file", std::string(size, 's')) + "--XY--", MakeSpool());
    ASSERT_TRUE(form.ok());
    const auto descriptor = form->file->OpenForReading();
    ASSERT_TRUE(descriptor.ok());
    EXPECT_LT(::pwrite(descriptor->get(), "x", 1, 0), 0);
  }
}

TEST_F(FormTest, LimitsAreTold) {
  const std::string large = Part("file", std::string(600, 's')) + "--XY--";
  EXPECT_EQ(Read(large, MakeSpool(500)).status().code(), StatusCode::kOutOfRange);
  const auto spool = MakeSpool(1000, 1000);
  auto first = Read(large, spool);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Read(large, spool).status().code(), StatusCode::kResourceExhausted);
  first = Form();
  EXPECT_TRUE(Read(large, spool).ok());
  EXPECT_EQ(spool->used_bytes(), 0u);
}

TEST_F(FormTest, FieldsHaveLimitsToo) {
  EXPECT_EQ(
      Read(Part("a", std::string(kMaxFieldBytes + 1, 'x')) + "--XY--", MakeSpool()).status().code(),
      StatusCode::kOutOfRange);
  std::string body;
  for (size_t i = 0; i <= kMaxFieldsBytes / kMaxFieldBytes; ++i) {
    body += Part("a", std::string(kMaxFieldBytes, 'x'));
  }
  EXPECT_EQ(Read(body + "--XY--", MakeSpool()).status().code(), StatusCode::kOutOfRange);
}

TEST_F(FormTest, RefusesTwoFilesAndFieldsThatAreNoText) {
  EXPECT_FALSE(Read(Part("file", "1") + Part("file", "2") + "--XY--", MakeSpool()).ok());
  EXPECT_FALSE(Read(Part("a", "\xff\xfe") + "--XY--", MakeSpool()).ok());
}

TEST_F(FormTest, AFolderThatIsNotThereIsTold) {
  EXPECT_FALSE(Spool::Create({.folder = folder_.path() / "none"}).ok());
}

TEST_F(FormTest, AnEmptyFileIsAFile) {
  auto form = Read(Part("file", "") + "--XY--", MakeSpool());
  ASSERT_TRUE(form.ok());
  ASSERT_NE(form->file, nullptr);
  EXPECT_EQ(ReadAll(*form->file), "");
}

TEST_F(FormTest, OwnersHaveASpoolShareOfTheirOwn) {
  const auto spool =
      *Spool::Create({.folder = folder_.path(), .max_total_bytes = 1000, .max_owner_bytes = 600});
  const auto first = spool->NewFile("a");
  EXPECT_TRUE(first->Append(std::string(500, 'x')).ok());
  auto second = spool->NewFile("a");
  EXPECT_EQ(second->Append(std::string(200, 'x')).code(), StatusCode::kResourceExhausted);
  const auto other = spool->NewFile("b");
  EXPECT_TRUE(other->Append(std::string(400, 'x')).ok());
  EXPECT_EQ(other->Append(std::string(101, 'x')).code(), StatusCode::kResourceExhausted);
  EXPECT_TRUE(second->Append(std::string(100, 'x')).ok());
  second.reset();
  EXPECT_EQ(spool->used_bytes(), 900u);
}

}  // namespace
}  // namespace ironscribe::api
