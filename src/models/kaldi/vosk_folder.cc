#include "models/kaldi/vosk_folder.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/kaldi/ivector_extractor.h"

namespace ironscribe::models::kaldi {
namespace {

namespace fs = std::filesystem;
namespace kf = formats::kaldi;

// What models of the flat layout go without, in Vosk's words (model.cc).
constexpr std::string_view kFlatOptions =
    "--max-active=7000\n--beam=13.0\n--lattice-beam=6.0\n--acoustic-scale=1.0\n"
    "--frame-subsampling-factor=3\n--endpoint.silence-phones=1:2:3:4:5:6:7:8:9:10\n"
    "--endpoint.rule2.min-trailing-silence=0.5\n--endpoint.rule3.min-trailing-silence=1.0\n"
    "--endpoint.rule4.min-trailing-silence=2.0\n";

// Options of features that would change them and are not supported, with the only values taken.
constexpr std::pair<std::string_view, std::string_view> kFixedFeatureOptions[] = {
    {"snip-edges", "true"},
    {"vtln-low", "100"},
    {"htk-compat", "false"},
    {"round-to-power-of-two", "true"},
    {"debug-mel", "false"}};

constexpr const char* kIvectorFiles[] = {"final.ie",          "final.dubm",       "final.mat",
                                         "global_cmvn.stats", "online_cmvn.conf", "splice.conf"};

// Empty where the model has no such file.
std::string_view TextOf(const VoskBytes& files, std::string_view role) {
  const auto found = files.find(role);
  if (found == files.end()) return {};
  return {reinterpret_cast<const char*>(found->second.data()), found->second.size()};
}

Result<kf::Options> OptionsOf(const VoskBytes& files, std::string_view role) {
  return kf::Options::Parse(TextOf(files, role), role);
}

kf::ObjectReader ReaderOf(const VoskBytes& files, std::string_view role) {
  const auto found = files.find(role);
  return kf::ObjectReader(found == files.end() ? io::Bytes() : found->second, role);
}

Result<dsp::KaldiFeatureOptions> FeatureOptions(const VoskBytes& files) {
  const bool cepstra = files.contains("mfcc");
  ASSIGN_OR_RETURN(const kf::Options conf, OptionsOf(files, cepstra ? "mfcc" : "fbank"));
  dsp::KaldiFeatureOptions options;
  options.cepstra = cepstra;
  ASSIGN_OR_RETURN(options.sample_rate_hz, conf.Number("sample-frequency", 16000));
  ASSIGN_OR_RETURN(options.frame_length_ms, conf.Number("frame-length", 25));
  ASSIGN_OR_RETURN(options.frame_shift_ms, conf.Number("frame-shift", 10));
  ASSIGN_OR_RETURN(options.preemphasis, conf.Number("preemphasis-coefficient", 0.97));
  ASSIGN_OR_RETURN(options.remove_dc_offset, conf.Bool("remove-dc-offset", true));
  options.window = conf.Text("window-type", "povey");
  ASSIGN_OR_RETURN(options.blackman_coefficient, conf.Number("blackman-coeff", 0.42));
  ASSIGN_OR_RETURN(options.num_mel_bins, conf.Int("num-mel-bins", 23));
  ASSIGN_OR_RETURN(options.low_hz, conf.Number("low-freq", 20));
  ASSIGN_OR_RETURN(options.high_hz, conf.Number("high-freq", 0));
  ASSIGN_OR_RETURN(options.num_cepstra, conf.Int("num-ceps", 13));
  ASSIGN_OR_RETURN(options.cepstral_lifter, conf.Number("cepstral-lifter", 22));
  ASSIGN_OR_RETURN(options.use_energy, conf.Bool("use-energy", cepstra));
  ASSIGN_OR_RETURN(options.raw_energy, conf.Bool("raw-energy", true));
  ASSIGN_OR_RETURN(options.energy_floor, conf.Number("energy-floor", 0));
  ASSIGN_OR_RETURN(options.use_power, conf.Bool("use-power", true));
  ASSIGN_OR_RETURN(options.use_log, conf.Bool("use-log-fbank", true));
  for (const auto& [name, value] : kFixedFeatureOptions) {
    if (conf.Text(name, value) != value) {
      return UnimplementedError(
          fmt::format("features: --{}={} is not supported", name, conf.Text(name, value)));
    }
  }
  return options;
}

Result<std::shared_ptr<const IvectorModel>> ReadIvectors(const VoskBytes& files) {
  ASSIGN_OR_RETURN(const kf::Options splice, OptionsOf(files, "splice.conf"));
  ASSIGN_OR_RETURN(const kf::Options cmvn, OptionsOf(files, "online_cmvn.conf"));
  IvectorOptions options;
  ASSIGN_OR_RETURN(options.splice_left, splice.Int("left-context", 4));
  ASSIGN_OR_RETURN(options.splice_right, splice.Int("right-context", 4));
  ASSIGN_OR_RETURN(options.cmvn_window_frames, cmvn.Int("cmn-window", 600));
  ASSIGN_OR_RETURN(options.cmvn_global_frames, cmvn.Int("global-frames", 200));
  ASSIGN_OR_RETURN(options.cmvn_min_energy, cmvn.Number("cmn-min-energy", 50));
  ASSIGN_OR_RETURN(const bool variance, cmvn.Bool("norm-vars", false));
  ASSIGN_OR_RETURN(const bool mean, cmvn.Bool("norm-means", true));
  if (variance || !mean) {
    return UnimplementedError("online_cmvn.conf: only the mean is normalised, and always");
  }
  ASSIGN_OR_RETURN(const kf::Matrix transform, ReaderOf(files, "final.mat").ReadMatrix<float>());
  ASSIGN_OR_RETURN(const kf::DoubleMatrix stats,
                   ReaderOf(files, "global_cmvn.stats").ReadMatrix<double>());
  kf::ObjectReader mixture_reader = ReaderOf(files, "final.dubm");
  ASSIGN_OR_RETURN(const kf::GaussianMixture mixture, kf::ReadGaussianMixture(mixture_reader));
  kf::ObjectReader extractor_reader = ReaderOf(files, "final.ie");
  ASSIGN_OR_RETURN(const kf::IvectorExtractor extractor,
                   kf::ReadIvectorExtractor(extractor_reader));
  return IvectorModel::Create(options, transform, stats, mixture, extractor);
}

Status RefuseUnsupported(const fs::path& folder, const fs::path& conf) {
  const std::pair<fs::path, std::string_view> unsupported[] = {
      {folder / "rnnlm/final.raw", "a recurrent language model (rnnlm)"},
      {folder / "rescore/G.carpa", "rescoring with a larger language model (rescore)"},
      {conf / "pitch.conf", "pitch features (pitch.conf)"},
      {folder / "am/global_cmvn.stats", "normalised features (am/global_cmvn.stats)"}};
  for (const auto& [path, what] : unsupported) {
    std::error_code error;
    if (!fs::exists(path, error)) continue;
    return UnimplementedError(fmt::format(
        "the model in '{}' uses {}, which is not supported; without it texts would differ",
        folder.string(), what));
  }
  return OkStatus();
}

}  // namespace

Result<VoskPaths> FindVoskFiles(const fs::path& acoustic) {
  const bool flat = acoustic.parent_path().filename() != "am";
  const fs::path folder = flat ? acoustic.parent_path() : acoustic.parent_path().parent_path();
  const fs::path conf = flat ? folder : folder / "conf", graph = flat ? folder : folder / "graph";
  RETURN_IF_ERROR(RefuseUnsupported(folder, conf));
  VoskPaths paths;
  const auto find = [&](const char* role, const fs::path& path) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) paths[role] = path;
  };
  find("acoustic", acoustic);
  if (!flat) find("options", conf / "model.conf");
  find("mfcc", conf / "mfcc.conf");
  find("fbank", conf / "fbank.conf");
  find("lexicon", graph / "HCLr.fst");
  find("words", graph / "Gr.fst");
  find("graph", graph / "HCLG.fst");
  find("symbols", graph / "words.txt");
  find("disambiguation", graph / "disambig_tid.int");
  find("word_boundaries", flat ? graph / "word_boundary.int" : graph / "phones/word_boundary.int");
  for (const char* name : kIvectorFiles) find(name, folder / "ivector" / name);
  if (!flat && !paths.contains("options")) {
    return NotFoundError("no conf/model.conf in '" + folder.string() + "'");
  }
  if (!paths.contains("mfcc") && !paths.contains("fbank")) {
    return NotFoundError("neither mfcc.conf nor fbank.conf in '" + conf.string() + "'");
  }
  if (!paths.contains("graph") && (!paths.contains("lexicon") || !paths.contains("words"))) {
    return NotFoundError("neither HCLG.fst nor HCLr.fst and Gr.fst in '" + graph.string() + "'");
  }
  return paths;
}

Result<VoskFolder> ReadVoskFolder(const VoskBytes& files) {
  VoskFolder folder;
  ASSIGN_OR_RETURN(folder.options, files.contains("options")
                                       ? OptionsOf(files, "options")
                                       : kf::Options::Parse(kFlatOptions, "built-in options"));
  ASSIGN_OR_RETURN(folder.features, FeatureOptions(files));
  const auto acoustic = files.find("acoustic");
  if (acoustic == files.end()) return NotFoundError("no acoustic model");
  ASSIGN_OR_RETURN(folder.acoustic, kf::ReadAcousticModel(acoustic->second, "final.mdl"));
  if (!folder.acoustic.network) {
    return UnimplementedError(
        "final.mdl is a GMM model; only nnet3 models can be transcribed with");
  }
  if (files.contains("final.ie")) {
    ASSIGN_OR_RETURN(folder.ivectors, ReadIvectors(files));
  }
  ASSIGN_OR_RETURN(folder.disambiguation,
                   kf::ParseIntegers(TextOf(files, "disambiguation"), "disambig_tid.int"));
  std::sort(folder.disambiguation.begin(), folder.disambiguation.end());
  ASSIGN_OR_RETURN(folder.phone_places,
                   kf::ParseWordBoundaries(TextOf(files, "word_boundaries"), "word_boundary.int"));
  return folder;
}

std::vector<std::string> WordsOf(const formats::openfst::Symbols& symbols) {
  std::vector<std::string> words;
  // Keys are dense; a hostile one may not ask for all memory.
  const auto limit = static_cast<int64_t>(2 * symbols.size() + 1000);
  for (const auto& [key, word] : symbols) {
    if (key < 0 || key > limit) continue;
    if (static_cast<int64_t>(words.size()) <= key) words.resize(static_cast<size_t>(key) + 1);
    words[static_cast<size_t>(key)] = word;
  }
  return words;
}

}  // namespace ironscribe::models::kaldi
