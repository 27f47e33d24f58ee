#include "eval/corpus_folders.h"

#include <gtest/gtest.h>

#include "eval/test_files.h"

namespace ironscribe::eval {
namespace {

Manifest Read(const std::filesystem::path& path) {
  auto manifest = ReadManifest(path, {});
  EXPECT_TRUE(manifest.ok()) << manifest.status().message();
  return manifest.ok() ? std::move(manifest).value() : Manifest();
}

TEST(CorpusFolders, LibriSpeech) {
  const TestFolder folder;
  folder.Write("84/121123/84-121123.trans.txt",
               "84-121123-0000 GO DO YOU HEAR\n84-121123-0001 BUT IN LESS\n");
  folder.Write("84/121123/84-121123-0000.flac", "");
  folder.Write("84/121123/84-121123-0001.wav", "");
  const Manifest manifest = Read(folder.path());
  ASSERT_EQ(manifest.utterances.size(), 2u);
  EXPECT_EQ(manifest.utterances[0].id, "84-121123-0000");
  EXPECT_EQ(manifest.utterances[0].speaker, "84");
  EXPECT_EQ(manifest.utterances[0].text, "GO DO YOU HEAR");
  EXPECT_EQ(manifest.utterances[0].audio, folder.path() / "84/121123/84-121123-0000.flac");
  EXPECT_EQ(manifest.utterances[1].audio.extension(), ".wav");
}

TEST(CorpusFolders, CommonVoice) {
  const TestFolder folder;
  const std::string table =
      "client_id\tpath\tsentence\tup_votes\tlocale\nabc\tone.mp3\tBonjour.\t2\tfr\n";
  folder.Write("test.tsv", table);
  folder.Write("dev.tsv", table);
  folder.Write("clips/one.mp3", "");
  for (const auto& path : {folder.path(), folder.path() / "dev.tsv"}) {
    const Manifest manifest = Read(path);
    ASSERT_EQ(manifest.utterances.size(), 1u);
    EXPECT_EQ(manifest.utterances[0].audio, folder.path() / "clips/one.mp3");
    EXPECT_EQ(manifest.utterances[0].text, "Bonjour.");
    EXPECT_EQ(manifest.utterances[0].speaker, "abc");
    EXPECT_EQ(manifest.utterances[0].language, "fr");
  }
}

TEST(CorpusFolders, CommonVoiceWithSeveralTables) {
  const TestFolder folder;
  folder.Write("train.tsv", "x");
  folder.Write("dev.tsv", "x");
  folder.Write("clips/one.mp3", "");
  EXPECT_TRUE(Holds(ReadManifest(folder.path(), {}).status().message(), "several tables"));
}

TEST(CorpusFolders, Kaldi) {
  const TestFolder folder;
  folder.Write("a.wav", "");
  folder.Write("wav.scp", "rec1 a.wav\nrec2 sox x.wav -t wav - |\n");
  folder.Write("segments", "u1 rec1 0.5 2.25\nu2 rec1 3 2\nu3 rec2 0 1\n");
  folder.Write("text", "u1 hello there\nu2 never\nu3 neither\nu4 nor this\n");
  folder.Write("utt2spk", "u1 ann\nu2 ann\n");
  const Manifest manifest = Read(folder.path());
  ASSERT_EQ(manifest.utterances.size(), 1u);
  const Utterance& utterance = manifest.utterances[0];
  EXPECT_EQ(utterance.id, "u1");
  EXPECT_EQ(utterance.speaker, "ann");
  EXPECT_EQ(utterance.audio, folder.path() / "a.wav");
  ASSERT_TRUE(utterance.span.has_value());
  EXPECT_DOUBLE_EQ(utterance.span->end_seconds, 2.25);
  // The command, the segment that ends before it begins, and the three texts without recording.
  ASSERT_EQ(manifest.problems.size(), 5u);
  EXPECT_TRUE(Holds(manifest.problems[0].message, "commands are not run"));
  EXPECT_TRUE(Holds(manifest.problems[1].place, "segments:2"));
  EXPECT_TRUE(Holds(manifest.problems[2].message, "'u2' is not in 'segments'"));
  EXPECT_TRUE(Holds(manifest.problems[3].message, "'rec2' is not in 'wav.scp'"));
}

TEST(CorpusFolders, KaldiWithoutSegments) {
  const TestFolder folder;
  folder.Write("wav.scp", "u1 a.wav\n");
  folder.Write("text", "u1 hi\n\xff\xff x\n");
  const Manifest manifest = Read(folder.path());
  ASSERT_EQ(manifest.utterances.size(), 1u);
  EXPECT_EQ(manifest.utterances[0].text, "hi");
  EXPECT_FALSE(manifest.utterances[0].span.has_value());
  ASSERT_EQ(manifest.problems.size(), 1u);
  EXPECT_TRUE(Holds(manifest.problems[0].place, "text:2"));
}

}  // namespace
}  // namespace ironscribe::eval
