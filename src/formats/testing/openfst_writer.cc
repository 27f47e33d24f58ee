#include "formats/testing/openfst_writer.h"

#include "formats/testing/encode.h"

namespace ironscribe::formats::testing {
namespace {

void PutText(std::string* out, std::string_view text) {
  Put(out, static_cast<int32_t>(text.size()));
  *out += text;
}

void PutSymbols(std::string* out, const openfst::Symbols& symbols) {
  Put(out, int32_t{2125658996});
  PutText(out, "words");
  Put(out, static_cast<int64_t>(symbols.size()));
  Put(out, static_cast<int64_t>(symbols.size()));
  for (const auto& [key, text] : symbols) {
    PutText(out, text);
    Put(out, key);
  }
}

void PutHeader(std::string* out, const openfst::Fst& fst, std::string_view type, int32_t version,
               int32_t flags) {
  Put(out, int32_t{2125659606});
  PutText(out, type);
  PutText(out, "standard");
  Put(out, version);
  Put(out, flags | (fst.input_symbols.empty() ? 0 : 1) | (fst.output_symbols.empty() ? 0 : 2));
  Put(out, uint64_t{3});
  Put(out, int64_t{fst.start});
  Put(out, fst.num_states());
  Put(out, static_cast<int64_t>(fst.arcs.size()));
  if (!fst.input_symbols.empty()) PutSymbols(out, fst.input_symbols);
  if (!fst.output_symbols.empty()) PutSymbols(out, fst.output_symbols);
}

void PutArc(std::string* out, const openfst::Arc& arc) {
  Put(out, arc.input);
  Put(out, arc.output);
  Put(out, arc.weight);
  Put(out, arc.next);
}

void PadTo16(std::string* out) {
  while (out->size() % 16 != 0) *out += '\0';
}

void PutConst(std::string* out, const openfst::Fst& fst, bool aligned) {
  PutHeader(out, fst, "const", 2, aligned ? 4 : 0);
  if (aligned) PadTo16(out);
  for (size_t i = 0; i < fst.finals.size(); ++i) {
    Put(out, fst.finals[i]);
    Put(out, fst.arc_begins[i]);
    Put(out, fst.arc_begins[i + 1] - fst.arc_begins[i]);
    Put(out, uint64_t{0});
  }
  if (aligned) PadTo16(out);
  for (const openfst::Arc& arc : fst.arcs) PutArc(out, arc);
}

void PutVector(std::string* out, const openfst::Fst& fst) {
  PutHeader(out, fst, "vector", 2, 0);
  for (size_t i = 0; i < fst.finals.size(); ++i) {
    Put(out, fst.finals[i]);
    const auto arcs = fst.ArcsOf(static_cast<openfst::StateId>(i));
    Put(out, static_cast<int64_t>(arcs.size()));
    for (const openfst::Arc& arc : arcs) PutArc(out, arc);
  }
}

void PutReachability(std::string* out, const openfst::Reachability& reach) {
  *out += '\1';                       // Data follow,
  if (!reach.of_input) *out += '\0';  // those of the output side behind those of the input side.
  *out += '\1';
  *out += reach.of_input ? '\1' : '\0';
  *out += '\1';  // With the relabeling.
  Put(out, static_cast<int64_t>(reach.relabeling.size()));
  for (const auto& [from, to] : reach.relabeling) {
    Put(out, from);
    Put(out, to);
  }
  Put(out, reach.final_label);
  Put(out, static_cast<int64_t>(reach.begins.size() - 1));
  for (size_t i = 0; i + 1 < reach.begins.size(); ++i) {
    const auto intervals = reach.Of(static_cast<openfst::StateId>(i));
    Put(out, static_cast<int64_t>(intervals.size()));
    for (const auto& interval : intervals) {
      Put(out, interval.begin);
      Put(out, interval.end);
    }
    Put(out, int32_t{-1});
  }
  if (reach.of_input) *out += '\0';
}

}  // namespace

std::string WriteFst(const openfst::Fst& fst, const FstFile& file) {
  std::string out;
  if (file.type == "vector") {
    PutVector(&out, fst);
  } else if (file.type == "const") {
    PutConst(&out, fst, file.aligned);
  } else {
    openfst::Fst outer;
    PutHeader(&out, outer, "olabel_lookahead", 1, 0);
    Put(&out, int32_t{446681434});
    PutConst(&out, fst, false);
    PutReachability(&out, *fst.reachability);
  }
  return out;
}

std::string WriteNgramFst() {
  std::string out;
  openfst::Fst head;
  head.start = 1;
  head.output_symbols = {{0, "<eps>"}, {1, "one"}, {2, "two"}, {3, "three"}};
  PutHeader(&out, head, "ngram", 4, 0);
  // Contexts in breadth-first order: 0 (), 1 (1), 2 (2), 3 (3), 4 (2 behind 1).
  for (const uint64_t count : {5, 6, 2}) Put(&out, count);
  const auto put_bits = [&](std::string_view bits) {
    uint64_t word = 0;
    for (size_t i = 0; i < bits.size(); ++i) word |= uint64_t{bits[i] == '1'} << i;
    Put(&out, word);
  };
  put_bits(
      "10"
      "1110"
      "0"
      "10"
      "0"
      "0");  // Children of each context.
  put_bits(
      "0"
      "1110"
      "10"
      "0"
      "10"
      "10");                                                       // Words that follow each.
  put_bits("10010");                                               // Contexts that may end.
  for (const int32_t word : {-1, 1, 2, 3, 1, 0}) Put(&out, word);  // The word each context adds.
  for (const int32_t word : {1, 2, 3, 2, 2, 3}) Put(&out, word);   // What follows.
  const float zero = 0;
  for (const float backoff : {zero, 0.5f, 0.25f, 0.75f, 1.5f, zero}) Put(&out, backoff);
  for (const float final : {9.0f, 8.0f}) Put(&out, final);
  for (const float weight : {1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f}) Put(&out, weight);
  Put(&out, zero);
  return out;
}

}  // namespace ironscribe::formats::testing
