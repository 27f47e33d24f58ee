#include "formats/zip/zip_file.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstring>

#include "base/random.h"

namespace ironscribe::formats {
namespace {

namespace fs = std::filesystem;

struct Member {
  std::string name;
  std::string content;
  bool deflate = false;
  bool zip64 = false;
};

template <typename T>
std::string Int(uint64_t value) {
  const T narrow = static_cast<T>(value);
  return std::string(reinterpret_cast<const char*>(&narrow), sizeof(T));
}

std::string Deflate(const std::string& text) {
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = text.size();
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = packed.size();
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// An archive made field by field, so that tests can bend single fields.
std::string MakeZip(const std::vector<Member>& members, const std::string& comment = "") {
  std::string body, directory;
  for (const Member& member : members) {
    const std::string packed = member.deflate ? Deflate(member.content) : member.content;
    const uint64_t offset = body.size();
    const uint32_t sum =
        crc32(0, reinterpret_cast<const Bytef*>(member.content.data()), member.content.size());
    const std::string common = Int<uint16_t>(20) + Int<uint16_t>(0) +
                               Int<uint16_t>(member.deflate ? 8 : 0) + Int<uint32_t>(0) +
                               Int<uint32_t>(sum);
    const std::string sizes = Int<uint32_t>(packed.size()) + Int<uint32_t>(member.content.size());
    body += Int<uint32_t>(0x04034b50) + common + sizes + Int<uint16_t>(member.name.size()) +
            Int<uint16_t>(0) + member.name + packed;
    std::string extra;
    if (member.zip64) {
      extra = Int<uint16_t>(1) + Int<uint16_t>(24) + Int<uint64_t>(member.content.size()) +
              Int<uint64_t>(packed.size()) + Int<uint64_t>(offset);
    }
    directory += Int<uint32_t>(0x02014b50) + Int<uint16_t>(20) + common +
                 (member.zip64 ? std::string(8, '\xff') : sizes) +
                 Int<uint16_t>(member.name.size()) + Int<uint16_t>(extra.size()) +
                 Int<uint16_t>(0) + std::string(8, '\0') +
                 Int<uint32_t>(member.zip64 ? 0xffffffff : offset) + member.name + extra;
  }
  return body + directory + Int<uint32_t>(0x06054b50) + Int<uint32_t>(0) +
         Int<uint16_t>(members.size()) + Int<uint16_t>(members.size()) +
         Int<uint32_t>(directory.size()) + Int<uint32_t>(body.size()) +
         Int<uint16_t>(comment.size()) + comment;
}

Result<std::unique_ptr<ZipFile>> OpenZip(const std::string& archive, ZipLimits limits = {}) {
  return ZipFile::FromBytes(FileBytes::Borrow(std::as_bytes(std::span(archive)), "a.zip"), limits);
}

std::string Read(const ZipFile& zip, std::string_view name) {
  const ZipEntry* entry = zip.Find(name);
  if (entry == nullptr) return "(missing)";
  const auto content = zip.ReadMember(*entry, 1 << 24);
  return content.ok() ? *content : content.status().ToString();
}

const std::string kLong(300'000, 'z');

TEST(ZipFileTest, ReadsStoredAndDeflatedMembers) {
  const std::string archive =
      MakeZip({{"a/b.txt", "hello"}, {"long", kLong, true}, {"dir/", ""}}, "a comment");
  const auto zip = OpenZip(archive);
  ASSERT_TRUE(zip.ok()) << zip.status().ToString();
  EXPECT_EQ((*zip)->entries().size(), 3u);
  EXPECT_EQ(Read(**zip, "a/b.txt"), "hello");
  EXPECT_EQ(Read(**zip, "long"), kLong);
  EXPECT_TRUE((*zip)->Find("dir/")->is_folder());
  EXPECT_EQ((*zip)->Find("nothing"), nullptr);
}

TEST(ZipFileTest, StoredBytesLieInTheFile) {
  const std::string archive = MakeZip({{"a", "hello"}, {"b", kLong, true}});
  const auto zip = OpenZip(archive);
  ASSERT_TRUE(zip.ok());
  const auto bytes = (*zip)->StoredBytes(*(*zip)->Find("a"));
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(reinterpret_cast<const char*>(bytes->data()), archive.data() + archive.find("hello"));
  EXPECT_EQ((*zip)->StoredBytes(*(*zip)->Find("b")).status().code(),
            StatusCode::kFailedPrecondition);
}

TEST(ZipFileTest, ReadsZip64Fields) {
  const auto archive = MakeZip({{"first", "1"}, {"big", kLong, true, true}});
  const auto zip = OpenZip(archive);
  ASSERT_TRUE(zip.ok()) << zip.status().ToString();
  EXPECT_EQ(Read(**zip, "big"), kLong);
}

TEST(ZipFileTest, ReadsZip64EndRecord) {
  std::string archive = MakeZip({{"first", "1"}});
  const std::string end = archive.substr(archive.size() - 22);
  archive.resize(archive.size() - 22);
  uint32_t size, offset;
  std::memcpy(&size, end.data() + 12, 4);
  std::memcpy(&offset, end.data() + 16, 4);
  const uint64_t end64_offset = archive.size();
  archive += Int<uint32_t>(0x06064b50) + Int<uint64_t>(44) + Int<uint32_t>(45) + Int<uint64_t>(0) +
             Int<uint64_t>(1) + Int<uint64_t>(1) + Int<uint64_t>(size) + Int<uint64_t>(offset) +
             Int<uint32_t>(0x07064b50) + Int<uint32_t>(0) + Int<uint64_t>(end64_offset) +
             Int<uint32_t>(1);
  archive += end.substr(0, 8) + std::string(12, '\xff') + Int<uint16_t>(0);
  const auto zip = OpenZip(archive);
  ASSERT_TRUE(zip.ok()) << zip.status().ToString();
  EXPECT_EQ(Read(**zip, "first"), "1");
}

TEST(ZipFileTest, ExtractWritesTheMember) {
  const fs::path folder = fs::temp_directory_path() / ("zip_test_" + std::to_string(::getpid()));
  const std::string archive = MakeZip({{"long", kLong, true}});
  const auto zip = OpenZip(archive);
  ASSERT_TRUE(zip.ok());
  {
    auto output = io::AtomicFile::Create(folder / "out");
    ASSERT_TRUE(output.ok());
    ASSERT_TRUE((*zip)->Extract((*zip)->entries()[0], **output).ok());
    ASSERT_TRUE((*output)->Commit().ok());
  }
  EXPECT_EQ(*io::ReadFile(folder / "out", 1 << 20), kLong);
  fs::remove_all(folder);
}

TEST(ZipFileTest, LimitsAreEnforced) {
  const std::string archive = MakeZip({{"a", "hello"}, {"b", kLong, true}});
  EXPECT_EQ(OpenZip(archive, {.max_entries = 1}).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(OpenZip(archive, {.max_total_bytes = 300'004}).status().code(),
            StatusCode::kResourceExhausted);
  const auto zip = OpenZip(archive, {.max_total_bytes = 300'005});
  ASSERT_TRUE(zip.ok());
  EXPECT_EQ((*zip)->ReadMember(*(*zip)->Find("b"), 299'999).status().code(),
            StatusCode::kResourceExhausted);
}

TEST(ZipFileTest, AMemberThatGrowsBeyondItsDeclaredSizeIsStopped) {
  std::string archive = MakeZip({{"bomb", kLong, true}});
  const uint32_t small = 100;
  std::memcpy(archive.data() + archive.find("PK\x01\x02") + 24, &small, 4);
  const auto zip = OpenZip(archive, {.max_total_bytes = 1000});
  ASSERT_TRUE(zip.ok());
  const auto content = (*zip)->ReadMember((*zip)->entries()[0], 1000);
  EXPECT_EQ(content.status().code(), StatusCode::kDataLoss);
  EXPECT_NE(content.status().message().find("more bytes"), std::string::npos);
}

TEST(ZipFileTest, ChecksumsAreChecked) {
  std::string archive = MakeZip({{"a", "hello"}});
  archive[archive.find("hello")] = 'j';
  const auto zip = OpenZip(archive);
  ASSERT_TRUE(zip.ok());
  EXPECT_NE(Read(**zip, "a").find("checksum"), std::string::npos);
}

TEST(ZipFileTest, OverlapsAndDuplicatesAreRefused) {
  std::string archive = MakeZip({{"aa", "hello"}, {"ab", "hello"}});
  EXPECT_FALSE(OpenZip(MakeZip({{"same", "1"}, {"same", "2"}})).ok());
  // The second entry points at the first member.
  const size_t second = archive.find("PK\x01\x02", archive.find("PK\x01\x02") + 1);
  std::memset(archive.data() + second + 42, 0, 4);
  archive[second + 47] = 'a';
  EXPECT_FALSE(OpenZip(archive).ok());
}

TEST(ZipFileTest, EncryptedMembersAndOtherMethodsAreNamed) {
  std::string archive = MakeZip({{"secret", "hello"}});
  archive[archive.find("PK\x01\x02") + 8] = 1;
  auto zip = OpenZip(archive);
  ASSERT_TRUE(zip.ok());
  EXPECT_NE(Read(**zip, "secret").find("encrypted"), std::string::npos);
  archive = MakeZip({{"lzma", "hello"}});
  archive[8] = 14;
  archive[archive.find("PK\x01\x02") + 10] = 14;
  zip = OpenZip(archive);
  ASSERT_TRUE(zip.ok());
  EXPECT_NE(Read(**zip, "lzma").find("method 14"), std::string::npos);
}

TEST(ZipFileTest, UnsafeNamesAreRecognised) {
  for (const std::string_view name : {"a", "a/b", "a..b/c", "..a", "dir/", "a/./b"}) {
    EXPECT_TRUE(IsSafeName(name)) << name;
  }
  for (const std::string_view name : {"", "/a", "..", "../a", "a/../b", "a/..", "a\\b", "C:a"}) {
    EXPECT_FALSE(IsSafeName(name)) << name;
  }
  EXPECT_FALSE(IsSafeName(std::string_view("a\0b", 3)));
}

TEST(ZipFileTest, EveryTruncationIsRefused) {
  const std::string archive = MakeZip({{"a", "hello"}, {"b", std::string(500, 'q'), true}});
  for (size_t size = 0; size < archive.size(); ++size) {
    EXPECT_FALSE(OpenZip(archive.substr(0, size)).ok()) << size;
  }
}

TEST(ZipFileTest, MutationsNeverCrash) {
  const std::string archive = MakeZip(
      {{"a", "hello"}, {"b", std::string(500, 'q'), true}, {"c", "zip64", false, true}}, "note");
  Random random(23);
  for (int round = 0; round < 5000; ++round) {
    std::string changed = archive;
    for (uint64_t edits = 1 + random.Next() % 4; edits > 0; --edits) {
      changed[random.Next() % changed.size()] = static_cast<char>(random.Next());
    }
    const auto zip = OpenZip(changed, {.max_total_bytes = 1 << 20});
    if (!zip.ok()) continue;
    for (const ZipEntry& entry : (*zip)->entries()) {
      const auto content = (*zip)->ReadMember(entry, 1 << 20);
      EXPECT_TRUE(!content.ok() || content->size() == entry.size_bytes);
    }
  }
}

}  // namespace
}  // namespace ironscribe::formats
