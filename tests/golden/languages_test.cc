// Ten languages by the real multilingual base: each recording alone, and all of them in one.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audio/pcm_source.h"
#include "base/cpu.h"
#include "engine/recognizer.h"
#include "engine/stub_source.h"
#include "engine/voice_activity_loader.h"
#include "eval/alignment.h"
#include "eval/units.h"
#include "golden/real_model.h"
#include "text/basic_normalizer.h"

namespace ironscribe::golden {
namespace {

namespace fs = std::filesystem;

// Recordings of Picovoice/leopard, Coqui and wenet with what is said in them. The limits are what
// base in 8 bits makes of them, and a little more.
struct SpokenSentence {
  const char* file;
  const char* language;
  const char* text;
  double max_error_percent;  // Of characters.
};

constexpr SpokenSentence kSentences[] = {
    {"test.flac", "en",
     "Mr quilter is the apostle of the middle classes and we are glad to welcome his gospel", 5},
    {"test_es.flac", "es", "Las arenas son blanquecinas de grano medio y tiene muy poca asistencia",
     25},
    {"test_de.flac", "de", "Der hinter diesem Portal liegenden Raum wurde als Leichenhalle genutzt",
     15},
    {"test_fr.flac", "fr",
     "Sous le consulat il devient conservateur des eaux et forêts et conseiller général", 10},
    {"test_it.flac", "it", "Sempre alla radio nacquero anche alcune sue canzoni o meglio ritmi",
     20},
    {"test_ja.flac", "ja", "客観的実在の判断的知識が成立するのである", 15},
    {"test_ko.flac", "ko", "그는 이리저리 피하면서 길 한 옆으로 걸어갔다", 27},
    {"test_pt.flac", "pt", "Uma raposa velha não consegue aprender nenhum ofício", 5},
    {"ru.flac", "ru", "бедняга ребят на его месте должен был быть я", 15},
    // The model writes traditional characters, the text has simplified ones.
    {"zh_aishell.flac", "zh", "广州市房地产中介协会分析", 60},
};

fs::path Folder() {
  return fs::path(IRONSCRIBE_SOURCE_DIR) / ".." / "shared" / "data" / "languages";
}

// A licence read in English, from 30 s on in German; pyannote's recording.
fs::path TwoLanguages() { return Folder().parent_path() / "conversation" / "multilingual.mp3"; }
constexpr double kGermanFromSeconds = 30;

double ErrorPercent(std::string_view truth, std::string_view text) {
  const bool without_spaces = eval::IsWrittenWithoutSpaces(truth);
  const auto characters = [&](std::string_view whole) {
    const std::string normalized = text::NormalizeBasic(whole, /*remove_diacritics=*/false);
    const std::u32string units = eval::CharactersOf(normalized, without_spaces);
    return std::vector<eval::Symbol>(units.begin(), units.end());
  };
  const auto counts =
      eval::CountAlignment(characters(truth), characters(text), eval::AlignmentCosts::kUnit);
  EXPECT_TRUE(counts.ok());
  return counts.ok() ? 100 * counts->rate() : 100;
}

class GoldenLanguages : public testing::Test {
 protected:
  void SetUp() override {
    if (!InstalledModel("base")) {
      GTEST_SKIP() << "base is not installed; run: ironscribe models pull base";
    }
    if (!InstalledModel("silero-vad")) {
      GTEST_SKIP() << "silero-vad is not installed; run: ironscribe models pull silero-vad";
    }
    if (!fs::exists(Folder())) GTEST_SKIP() << Folder() << " is missing";
    auto voice = engine::LoadVoiceActivity(*InstalledModel("silero-vad"), DetectCpuLevel());
    ASSERT_TRUE(voice.ok()) << voice.status().message();
    engine::RecognizerOptions options;
    options.num_threads = 2;
    options.voice_activity = *std::move(voice);
    auto recognizer = engine::Recognizer::Open(*InstalledModel("base"), options);
    ASSERT_TRUE(recognizer.ok()) << recognizer.status().message();
    recognizer_ = *std::move(recognizer);
  }

  transcript::Transcript Transcribe(std::vector<float> samples,
                                    const models::DecodingOptions& options) {
    engine::StubSource source(std::move(samples));
    auto transcript = recognizer_->Transcribe(source, options, {}, {});
    EXPECT_TRUE(transcript.ok()) << transcript.status().message();
    return transcript.ok() ? *std::move(transcript) : transcript::Transcript();
  }

  std::unique_ptr<engine::Recognizer> recognizer_;
};

TEST_F(GoldenLanguages, EachIsToldAndWritten) {
  for (const SpokenSentence& sentence : kSentences) {
    SCOPED_TRACE(sentence.file);
    const auto transcript = Transcribe(ReadSamples(Folder() / sentence.file), {});
    EXPECT_EQ(transcript.language, sentence.language);
    EXPECT_LE(ErrorPercent(sentence.text, transcript.text), sentence.max_error_percent)
        << transcript.text;
  }
}

// One sentence after the other, each in another language.
TEST_F(GoldenLanguages, EachPartOfARecordingKeepsItsOwn) {
  constexpr double kPauseSeconds = 1.5;
  std::vector<float> samples;
  std::vector<double> ends;
  for (const SpokenSentence& sentence : kSentences) {
    const std::vector<float> spoken = ReadSamples(Folder() / sentence.file);
    samples.insert(samples.end(), spoken.begin(), spoken.end());
    samples.resize(samples.size() + static_cast<size_t>(kPauseSeconds * audio::kSampleRateHz));
    ends.push_back(static_cast<double>(samples.size()) / audio::kSampleRateHz);
  }
  models::DecodingOptions options;
  options.language_per_segment = true;
  options.segmentation = models::Segmentation::kVoiceActivity;
  const auto transcript = Transcribe(std::move(samples), options);
  std::vector<std::string> texts(ends.size());
  for (const transcript::Segment& segment : transcript.segments) {
    const double middle = (segment.start_seconds + segment.end_seconds) / 2;
    const auto part =
        static_cast<size_t>(std::upper_bound(ends.begin(), ends.end(), middle) - ends.begin());
    ASSERT_LT(part, texts.size());
    EXPECT_EQ(segment.language, kSentences[part].language) << segment.text;
    texts[part] += segment.text;
  }
  for (size_t part = 0; part < texts.size(); ++part) {
    EXPECT_LE(ErrorPercent(kSentences[part].text, texts[part]), kSentences[part].max_error_percent)
        << texts[part];
  }
}

// Without a pause that would tell, in all languages and in the two that are allowed.
TEST_F(GoldenLanguages, ASpeakerWhoGoesOnInAnother) {
  if (!fs::exists(TwoLanguages())) GTEST_SKIP() << TwoLanguages() << " is missing";
  const std::vector<float> samples = ReadSamples(TwoLanguages());
  models::DecodingOptions options;
  options.language_per_segment = true;
  options.segmentation = models::Segmentation::kVoiceActivity;
  for (const auto& allowed : {std::vector<std::string>{}, {"de", "en"}}) {
    options.languages = allowed;
    const auto transcript = Transcribe(samples, options);
    for (const transcript::Segment& segment : transcript.segments) {
      const bool is_german = segment.start_seconds >= kGermanFromSeconds;
      EXPECT_EQ(segment.language, is_german ? "de" : "en") << segment.text;
    }
    EXPECT_NE(transcript.text.find("without limitation the rights to use"), std::string::npos)
        << transcript.text;
    EXPECT_NE(transcript.text.find("insbesondere das Recht"), std::string::npos) << transcript.text;
  }
}

}  // namespace
}  // namespace ironscribe::golden
