#include "models/kaldi/packed_graphs.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "formats/file_bytes.h"
#include "formats/openfst/reader.h"

namespace ironscribe::models::kaldi {
namespace {

namespace wfst = decoding::wfst;
namespace openfst = formats::openfst;
using formats::PackedFile;
using formats::PackedWriter;

constexpr uint32_t kByteArray = 1;  // The family's own code for blobs.

template <typename T>
Status PutBlob(PackedWriter& writer, const std::string& name, std::span<const T> values) {
  const io::Bytes bytes = std::as_bytes(values);
  RETURN_IF_ERROR(writer.BeginBlob(name, kByteArray, {static_cast<int64_t>(bytes.size())}));
  RETURN_IF_ERROR(writer.Append(bytes));
  return writer.EndBlob();
}

Status PutGraph(PackedWriter& writer, const std::string& name, const openfst::Fst& fst) {
  const int32_t start[] = {fst.start};
  RETURN_IF_ERROR(PutBlob<int32_t>(writer, name + ".start", start));
  RETURN_IF_ERROR(PutBlob<float>(writer, name + ".finals", fst.finals));
  RETURN_IF_ERROR(PutBlob<uint32_t>(writer, name + ".arc_begins", fst.arc_begins));
  return PutBlob<openfst::Arc>(writer, name + ".arcs", fst.arcs);
}

Result<openfst::Fst> ReadGraph(const VoskPaths& paths, std::string_view role) {
  ASSIGN_OR_RETURN(const auto file, formats::FileBytes::Map(paths.find(role)->second));
  return openfst::ReadFst(file.bytes(), file.name());
}

// "word label" a line.
Result<openfst::Symbols> ReadSymbols(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const auto file, formats::FileBytes::Map(path));
  std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  openfst::Symbols symbols;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const size_t space = line.find_last_of(" \t");
    if (space == std::string_view::npos) continue;
    int64_t key = -1;
    const std::string_view digits = line.substr(space + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), key);
    symbols.emplace_back(key, std::string(line.substr(0, line.find_first_of(" \t"))));
  }
  return symbols;
}

Status PutWords(PackedWriter& writer, const openfst::Symbols& symbols) {
  if (symbols.empty())
    return InvalidArgumentError("the graph has no words, and there is no words.txt");
  std::string text;
  std::vector<uint32_t> ends;
  for (const std::string& word : WordsOf(symbols)) {
    text += word;
    ends.push_back(static_cast<uint32_t>(text.size()));
  }
  RETURN_IF_ERROR(PutBlob<char>(writer, "words.text", text));
  return PutBlob<uint32_t>(writer, "words.ends", ends);
}

// What the state of the words that all back-offs lead to makes each class of the lexicon cost: the
// most expensive part of a search, once for all.
Status PutBusiest(const openfst::Reachability& reach, const wfst::ReachClasses& classes,
                  const openfst::Fst& words, const wfst::ArcSums& sums, PackedWriter& writer) {
  const wfst::LookAhead look_ahead(
      {reach.final_label, classes.class_of, classes.begins, classes.intervals}, wfst::ViewOf(words),
      sums.begins, sums.sums);
  const wfst::BusiestAhead busiest =
      wfst::LookFromBusiest(look_ahead, wfst::ViewOf(words), classes.begins.size() - 1);
  const int32_t state[] = {busiest.words};
  RETURN_IF_ERROR(PutBlob<int32_t>(writer, "busiest.state", state));
  return PutBlob<wfst::Ahead>(writer, "busiest.ahead", busiest.by_class);
}

Status PackLookAhead(const VoskPaths& paths, PackedWriter& writer, openfst::Symbols* symbols) {
  openfst::Reachability reach;
  wfst::ReachClasses classes;
  {
    ASSIGN_OR_RETURN(const openfst::Fst lexicon, ReadGraph(paths, "lexicon"));
    if (!lexicon.reachability || lexicon.reachability->of_input) {
      return InvalidArgumentError("HCLr.fst does not say which words its states reach");
    }
    RETURN_IF_ERROR(PutGraph(writer, "lexicon", lexicon));
    reach.final_label = lexicon.reachability->final_label;
    classes = wfst::ClassesOf(*lexicon.reachability);
    const int32_t final_label[] = {reach.final_label};
    RETURN_IF_ERROR(PutBlob<int32_t>(writer, "reach.final_label", final_label));
    RETURN_IF_ERROR(PutBlob<int32_t>(writer, "reach.class_of", classes.class_of));
    RETURN_IF_ERROR(PutBlob<uint32_t>(writer, "reach.begins", classes.begins));
    RETURN_IF_ERROR(PutBlob<openfst::LabelInterval>(writer, "reach.intervals", classes.intervals));
  }
  ASSIGN_OR_RETURN(openfst::Fst words, ReadGraph(paths, "words"));
  RETURN_IF_ERROR(PutGraph(writer, "words", words));
  const wfst::ArcSums sums = wfst::SumArcs(wfst::ViewOf(words));
  RETURN_IF_ERROR(PutBlob<int32_t>(writer, "sums.begins", sums.begins));
  RETURN_IF_ERROR(PutBlob<double>(writer, "sums", sums.sums));
  RETURN_IF_ERROR(PutBusiest(reach, classes, words, sums, writer));
  *symbols = std::move(words.output_symbols);
  return OkStatus();
}

template <typename T>
Result<std::span<const T>> GetBlob(const PackedFile& file, std::string_view name) {
  const PackedFile::Blob* blob = file.Find(name);
  if (blob == nullptr || blob->bytes.size() % sizeof(T) != 0) {
    return DataLossError("the packed model has no '" + std::string(name) + "'");
  }
  return std::span<const T>(reinterpret_cast<const T*>(blob->bytes.data()),
                            blob->bytes.size() / sizeof(T));
}

// Begins of rows in an array of `size`: ascending from 0 to it, one more than `count`.
Status CheckBegins(std::span<const uint32_t> begins, size_t count, size_t size) {
  const bool fits = begins.size() == count + 1 && begins.front() == 0 && begins.back() == size &&
                    std::is_sorted(begins.begin(), begins.end());
  return fits ? OkStatus() : DataLossError("the packed model's graph is damaged");
}

Result<wfst::GraphView> GetGraph(const PackedFile& file, const std::string& name,
                                 int32_t max_input) {
  const Status damaged = DataLossError("the packed model's graph '" + name + "' is damaged");
  wfst::GraphView view;
  ASSIGN_OR_RETURN(const auto start, GetBlob<int32_t>(file, name + ".start"));
  ASSIGN_OR_RETURN(view.finals, GetBlob<float>(file, name + ".finals"));
  ASSIGN_OR_RETURN(view.arc_begins, GetBlob<uint32_t>(file, name + ".arc_begins"));
  ASSIGN_OR_RETURN(view.arcs, GetBlob<openfst::Arc>(file, name + ".arcs"));
  if (start.size() != 1 || start[0] < 0) return damaged;
  view.start = start[0];
  const auto num_states = static_cast<uint32_t>(view.finals.size());
  if (static_cast<uint32_t>(view.start) >= num_states) return damaged;
  RETURN_IF_ERROR(CheckBegins(view.arc_begins, num_states, view.arcs.size()));
  bool good = true;
  for (const openfst::Arc& arc : view.arcs) {
    good = good && static_cast<uint32_t>(arc.next) < num_states && arc.input >= 0 &&
           arc.input <= max_input && arc.output >= 0 && !std::isnan(arc.weight);
  }
  for (const float final : view.finals) good = good && !std::isnan(final);
  if (!good) {
    return InvalidArgumentError("the graph '" + name + "' does not fit the acoustic model");
  }
  return view;
}

Status MapReachability(const PackedFile& file, wfst::LookAheadParts* parts) {
  const Status damaged = DataLossError("the packed model's graph is damaged");
  wfst::ReachabilityView& reach = parts->reach;
  ASSIGN_OR_RETURN(const auto final_label, GetBlob<int32_t>(file, "reach.final_label"));
  if (final_label.size() != 1) return damaged;
  reach.final_label = final_label[0];
  ASSIGN_OR_RETURN(reach.class_of, GetBlob<int32_t>(file, "reach.class_of"));
  ASSIGN_OR_RETURN(reach.begins, GetBlob<uint32_t>(file, "reach.begins"));
  ASSIGN_OR_RETURN(reach.intervals, GetBlob<openfst::LabelInterval>(file, "reach.intervals"));
  if (reach.begins.empty() || reach.class_of.size() != parts->lexicon.finals.size()) return damaged;
  RETURN_IF_ERROR(CheckBegins(reach.begins, reach.num_classes(), reach.intervals.size()));
  const auto num_classes = static_cast<uint32_t>(reach.num_classes());
  bool good = true;
  for (const int32_t index : reach.class_of) {
    good = good && static_cast<uint32_t>(index) < num_classes;
  }
  ASSIGN_OR_RETURN(const auto state, GetBlob<int32_t>(file, "busiest.state"));
  ASSIGN_OR_RETURN(parts->busiest, GetBlob<wfst::Ahead>(file, "busiest.ahead"));
  if (!good || state.size() != 1 || state[0] < 0 ||
      static_cast<size_t>(state[0]) >= parts->words.finals.size() ||
      parts->busiest.size() != num_classes) {
    return damaged;
  }
  parts->busiest_words = state[0];
  const auto num_arcs = static_cast<int32_t>(parts->words.ArcsOf(state[0]).size());
  for (const wfst::Ahead& ahead : parts->busiest) {
    good = good && ahead.only >= wfst::Ahead::kNothing && ahead.only < num_arcs &&
           !std::isnan(ahead.weight);
  }
  return good ? OkStatus() : damaged;
}

Status MapSums(const PackedFile& file, wfst::LookAheadParts* parts) {
  ASSIGN_OR_RETURN(parts->sum_begins, GetBlob<int32_t>(file, "sums.begins"));
  ASSIGN_OR_RETURN(parts->sums, GetBlob<double>(file, "sums"));
  if (parts->sum_begins.size() != parts->words.finals.size()) {
    return DataLossError("the packed model's graph is damaged");
  }
  for (size_t state = 0; state < parts->sum_begins.size(); ++state) {
    const int64_t begin = parts->sum_begins[state];
    const int64_t arcs = parts->words.arc_begins[state + 1] - parts->words.arc_begins[state];
    constexpr int64_t kPeriod = 10;  // Of SumArcs.
    if (begin < -1 ||
        (begin >= 0 && begin + arcs / kPeriod >= static_cast<int64_t>(parts->sums.size()))) {
      return DataLossError("the packed model's graph is damaged");
    }
  }
  return OkStatus();
}

}  // namespace

Status PackGraphs(const VoskPaths& paths, PackedWriter& writer) {
  openfst::Symbols symbols;
  if (paths.contains("graph")) {
    ASSIGN_OR_RETURN(openfst::Fst graph, ReadGraph(paths, "graph"));
    wfst::PutEpsilonsFirst(graph);
    RETURN_IF_ERROR(PutGraph(writer, "graph", graph));
    symbols = std::move(graph.output_symbols);
  } else {
    RETURN_IF_ERROR(PackLookAhead(paths, writer, &symbols));
  }
  if (symbols.empty() && paths.contains("symbols")) {
    ASSIGN_OR_RETURN(symbols, ReadSymbols(paths.find("symbols")->second));
  }
  return PutWords(writer, symbols);
}

Result<MappedGraphs> MapGraphs(const PackedFile& file, int32_t num_transitions) {
  MappedGraphs graphs;
  if (file.Find("graph.arcs") != nullptr) {
    ASSIGN_OR_RETURN(graphs.static_graph, GetGraph(file, "graph", num_transitions));
    return graphs;
  }
  wfst::LookAheadParts& parts = graphs.look_ahead;
  // Inputs above the transitions are disambiguation symbols, which score nothing.
  constexpr int32_t kAnyLabel = std::numeric_limits<int32_t>::max();
  ASSIGN_OR_RETURN(parts.lexicon, GetGraph(file, "lexicon", kAnyLabel));
  ASSIGN_OR_RETURN(parts.words, GetGraph(file, "words", kAnyLabel));
  RETURN_IF_ERROR(MapReachability(file, &parts));
  RETURN_IF_ERROR(MapSums(file, &parts));
  return graphs;
}

Result<std::vector<std::string_view>> MapWords(const PackedFile& file) {
  ASSIGN_OR_RETURN(const auto text, GetBlob<char>(file, "words.text"));
  ASSIGN_OR_RETURN(const auto ends, GetBlob<uint32_t>(file, "words.ends"));
  std::vector<std::string_view> words;
  words.reserve(ends.size());
  uint32_t begin = 0;
  for (const uint32_t end : ends) {
    if (end < begin || end > text.size())
      return DataLossError("the packed model's words are damaged");
    words.emplace_back(text.data() + begin, end - begin);
    begin = end;
  }
  return words;
}

}  // namespace ironscribe::models::kaldi
