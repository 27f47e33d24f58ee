// Every parser of this folder on inputs that are cut and changed: none may crash, hang, or make
// more of a file than there is in it. Runs under the sanitizers with the other tests.
#include <gtest/gtest.h>

#include "base/random.h"
#include "eval/hypothesis_formats.h"
#include "eval/manifest_lines.h"
#include "eval/result_json.h"
#include "eval/rttm.h"

namespace ironscribe::eval {
namespace {

using std::string_view_literals::operator""sv;  // Keeps NUL bytes.

struct Sample {
  const char* name;
  std::string_view text;
  // Returns how many items it found.
  size_t (*parse)(std::string_view text);
};

template <Status (*Read)(std::string_view, const LineSource&, const ManifestOptions&, Manifest&)>
size_t ParseManifest(std::string_view text) {
  Manifest manifest;
  (void)Read(text, {.path = "m", .audio_folder = "d"}, {}, manifest).ok();
  return manifest.utterances.size() + manifest.problems.size();
}

template <void (*Read)(std::string_view, std::string_view, HypothesisSet&)>
size_t ParseHypotheses(std::string_view text) {
  HypothesisSet set;
  Read(text, "h", set);
  return set.by_name.size() + set.problems.size();
}

size_t ParseJson(std::string_view text) {
  const auto hypothesis = ReadHypothesisJson(text, "h");
  return hypothesis.ok() ? hypothesis->words.size() : 0;
}

size_t ParseRttm(std::string_view text) {
  const auto turns = ReadRttm(text, "r", "a");
  return turns.ok() ? turns->turns.size() : 0;
}

size_t ParseResult(std::string_view text) {
  const auto result = ReadResultJson(text, "r", {.seed = 1, .replicates = 10});
  return result.ok() ? result->utterances.size() : 0;
}

constexpr std::string_view kResult =
    R"({"format":"ironscribe-eval","format_version":1,"system":"s","manifest":"m",)"
    R"("normalizer":"basic","align":"sclite","utterances":[{"id":"1","audio":"a","language":"en",)"
    R"("speaker":"x","has_hypothesis":true,"reference":"a b c","hypothesis":"a c d"}]})";

constexpr Sample kSamples[] = {
    {"jsonl",
     "{\"audio\":\"a.wav\",\"text\":\"hi \\u00e9\",\"language\":\"en\",\"words\":[{\"word\":\"hi\","
     "\"start\":0.5,\"end\":1}]}\n{\"audio\":\"b\",\"text\":\"\"}\n",
     ParseManifest<ReadJsonLines>},
    {"tsv",
     "audio\ttext\tspeaker\twords\na\tx\ts\t[{\"word\":\"x\",\"start\":0,\"end\":1}]\nb\ty\tt\t\n",
     ParseManifest<ReadTsvLines>},
    {"rttm", "SPEAKER a 1 0.5 1.25 <NA> <NA> ann <NA> <NA>\nSPEAKER b 1 1 2 <NA> <NA> bob\n",
     ParseRttm},
    {"ctm", "a 1 0.5 0.25 hello 0.9\n;; note\na 1 1.5 0.25 w\xc3\xa9 NA\n",
     ParseHypotheses<ReadCtm>},
    {"stm", "a 1 ann 0 1 <o,f0> hello there\nb A bob 1 2 x\n", ParseHypotheses<ReadStm>},
    {"trn", "hello there (ann-1)\n(bob-2)\n", ParseHypotheses<ReadTrn>},
    {"lines", "a hello there\nb\n", ParseHypotheses<ReadNamedLines>},
    {"hypothesis lines",
     "{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"b\",\"segments\":[{\"text\":\"y\"}]}\n",
     ParseHypotheses<ReadHypothesisLines>},
    {"json",
     R"({"text":"a b","duration":2.5,"segments":[{"words":[{"word":"a","start":0,"probability":1}]}]})",
     ParseJson},
    {"result", kResult, ParseResult},
};

TEST(HostileInput, SamplesAreRead) {
  for (const Sample& sample : kSamples) EXPECT_GT(sample.parse(sample.text), 0u) << sample.name;
}

TEST(HostileInput, CutAtEveryByte) {
  for (const Sample& sample : kSamples) {
    for (size_t size = 0; size < sample.text.size(); ++size) {
      EXPECT_LE(sample.parse(sample.text.substr(0, size)), size) << sample.name;
    }
  }
}

TEST(HostileInput, ChangedAnywhere) {
  Random random(21);
  // What matters to one of the formats, and what matters to none.
  constexpr std::string_view kBytes = "\0\n\t\r \"\\{}[]:,;()<>0-.eE\x80\xc3\xff\xf0z"sv;
  for (const Sample& sample : kSamples) {
    for (int trial = 0; trial < 400; ++trial) {
      std::string text(sample.text);
      for (uint64_t changes = 1 + random.Next() % 4; changes > 0; --changes) {
        const size_t place = random.Next() % text.size();
        const char byte = kBytes[random.Next() % kBytes.size()];
        if (random.Next() % 3 == 0) {
          text.insert(place, 1 + random.Next() % 8, byte);
        } else {
          text[place] = byte;
        }
      }
      EXPECT_LE(sample.parse(text), text.size()) << sample.name;
    }
  }
}

}  // namespace
}  // namespace ironscribe::eval
