#include "formats/kaldi/transition_model.h"

#include <algorithm>

namespace ironscribe::formats::kaldi {
namespace {

constexpr int32_t kNoPdf = -1;
// Phones carry a position in the word and a tone at most: models have hundreds.
constexpr int32_t kMaxPhone = 1 << 20;

struct HmmState {
  std::vector<int32_t> destinations;  // States of the same entry; entry size is the final state.
};
using Entry = std::vector<HmmState>;

struct Topology {
  std::vector<int32_t> entry_of_phone;  // -1: no such phone.
  std::vector<Entry> entries;
};

Result<int32_t> ReadSize(ObjectReader& reader) {
  ASSIGN_OR_RETURN(const int32_t size, reader.ReadInt());
  if (size < 0 || static_cast<size_t>(size) > reader.remaining()) {
    return reader.Error("too short for " + std::to_string(size) + " entries");
  }
  return size;
}

Result<Entry> ReadBinaryEntry(ObjectReader& reader, bool two_pdfs) {
  ASSIGN_OR_RETURN(const int32_t num_states, ReadSize(reader));
  Entry entry(static_cast<size_t>(num_states));
  for (HmmState& state : entry) {
    RETURN_IF_ERROR(reader.ReadInt().status());
    if (two_pdfs) RETURN_IF_ERROR(reader.ReadInt().status());
    ASSIGN_OR_RETURN(const int32_t num_transitions, ReadSize(reader));
    for (int32_t i = 0; i < num_transitions; ++i) {
      ASSIGN_OR_RETURN(const int32_t destination, reader.ReadInt());
      RETURN_IF_ERROR(reader.ReadFloat().status());
      state.destinations.push_back(destination);
    }
  }
  return entry;
}

Result<Topology> ReadBinaryTopology(ObjectReader& reader) {
  Topology topology;
  RETURN_IF_ERROR(reader.ReadInts().status());  // The phones; the next list has them too.
  ASSIGN_OR_RETURN(topology.entry_of_phone, reader.ReadInts());
  ASSIGN_OR_RETURN(int32_t num_entries, reader.ReadInt());
  const bool two_pdfs = num_entries == -1;  // Marks models whose self-loops have pdfs of their own.
  if (two_pdfs) {
    ASSIGN_OR_RETURN(num_entries, reader.ReadInt());
  }
  if (num_entries < 0 || static_cast<size_t>(num_entries) > reader.remaining()) {
    return reader.Error("an impossible number of topologies");
  }
  for (int32_t i = 0; i < num_entries; ++i) {
    ASSIGN_OR_RETURN(Entry entry, ReadBinaryEntry(reader, two_pdfs));
    topology.entries.push_back(std::move(entry));
  }
  RETURN_IF_ERROR(reader.Expect("</Topology>"));
  return topology;
}

// One <State> behind that word.
Result<HmmState> ReadTextState(ObjectReader& reader) {
  HmmState state;
  RETURN_IF_ERROR(reader.ReadInt().status());
  while (true) {
    ASSIGN_OR_RETURN(const std::string_view word, reader.ReadToken());
    if (word == "</State>") return state;
    if (word == "<PdfClass>" || word == "<ForwardPdfClass>" || word == "<SelfLoopPdfClass>") {
      RETURN_IF_ERROR(reader.ReadInt().status());
    } else if (word == "<Transition>") {
      ASSIGN_OR_RETURN(const int32_t destination, reader.ReadInt());
      RETURN_IF_ERROR(reader.ReadFloat().status());
      state.destinations.push_back(destination);
    } else {
      return reader.Error("unexpected word in a topology's state");
    }
  }
}

Result<Topology> ReadTextTopology(ObjectReader& reader) {
  Topology topology;
  while (!reader.NextIs("</Topology>")) {
    RETURN_IF_ERROR(reader.Expect("<TopologyEntry>"));
    RETURN_IF_ERROR(reader.Expect("<ForPhones>"));
    const auto index = static_cast<int32_t>(topology.entries.size());
    while (!reader.NextIs("</ForPhones>")) {
      ASSIGN_OR_RETURN(const int32_t phone, reader.ReadInt());
      if (phone < 1 || phone > kMaxPhone) return reader.Error("a phone out of range");
      const auto needed = static_cast<size_t>(phone) + 1;
      if (topology.entry_of_phone.size() < needed) topology.entry_of_phone.resize(needed, -1);
      topology.entry_of_phone[static_cast<size_t>(phone)] = index;
    }
    RETURN_IF_ERROR(reader.Expect("</ForPhones>"));
    Entry entry;
    while (reader.NextIs("<State>")) {
      RETURN_IF_ERROR(reader.Expect("<State>"));
      ASSIGN_OR_RETURN(HmmState state, ReadTextState(reader));
      entry.push_back(std::move(state));
    }
    RETURN_IF_ERROR(reader.Expect("</TopologyEntry>"));
    topology.entries.push_back(std::move(entry));
  }
  RETURN_IF_ERROR(reader.Expect("</Topology>"));
  return topology;
}

Result<const Entry*> EntryOf(const Topology& topology, int32_t phone, const ObjectReader& reader) {
  const auto index = static_cast<size_t>(phone);
  if (phone < 1 || index >= topology.entry_of_phone.size()) {
    return reader.Error("phone " + std::to_string(phone) + " has no topology");
  }
  const int32_t entry = topology.entry_of_phone[index];
  if (entry < 0 || static_cast<size_t>(entry) >= topology.entries.size()) {
    return reader.Error("phone " + std::to_string(phone) + " has no topology");
  }
  return &topology.entries[static_cast<size_t>(entry)];
}

// Transition-ids number the transitions of the sorted tuples, one after the other, from 1.
Status AddTuple(ObjectReader& reader, const Topology& topology, bool two_pdfs,
                TransitionModel* model) {
  ASSIGN_OR_RETURN(const int32_t phone, reader.ReadInt());
  ASSIGN_OR_RETURN(const int32_t hmm_state, reader.ReadInt());
  ASSIGN_OR_RETURN(const int32_t forward_pdf, reader.ReadInt());
  int32_t self_loop_pdf = forward_pdf;
  if (two_pdfs) {
    ASSIGN_OR_RETURN(self_loop_pdf, reader.ReadInt());
  }
  ASSIGN_OR_RETURN(const Entry* entry, EntryOf(topology, phone, reader));
  if (hmm_state < 0 || static_cast<size_t>(hmm_state) >= entry->size() || forward_pdf < 0 ||
      self_loop_pdf < kNoPdf) {
    return reader.Error("a tuple out of range");
  }
  for (const int32_t destination : (*entry)[static_cast<size_t>(hmm_state)].destinations) {
    const bool self_loop = destination == hmm_state;
    const int32_t pdf = self_loop ? self_loop_pdf : forward_pdf;
    if (pdf < 0) return reader.Error("a self-loop without a pdf");
    model->transitions.push_back({.phone = phone,
                                  .pdf = pdf,
                                  .first = hmm_state == 0,
                                  .self_loop = self_loop,
                                  .final = static_cast<size_t>(destination) + 1 == entry->size()});
    model->num_pdfs = std::max(model->num_pdfs, pdf + 1);
  }
  model->num_phones = std::max(model->num_phones, phone);
  return OkStatus();
}

}  // namespace

Result<TransitionModel> ReadTransitionModel(ObjectReader& reader) {
  RETURN_IF_ERROR(reader.Expect("<TransitionModel>"));
  RETURN_IF_ERROR(reader.Expect("<Topology>"));
  ASSIGN_OR_RETURN(const Topology topology,
                   reader.binary() ? ReadBinaryTopology(reader) : ReadTextTopology(reader));
  ASSIGN_OR_RETURN(const std::string_view kind, reader.ReadToken());
  const bool two_pdfs = kind == "<Tuples>";
  if (!two_pdfs && kind != "<Triples>") return reader.Error("no tuples of a transition model");
  ASSIGN_OR_RETURN(const int32_t num_tuples, ReadSize(reader));
  TransitionModel model;
  model.transitions.resize(1);
  for (int32_t i = 0; i < num_tuples; ++i) {
    RETURN_IF_ERROR(AddTuple(reader, topology, two_pdfs, &model));
    // Topologies are shared by phones, so a small file could ask for a great many.
    if (model.transitions.size() > size_t{1} << 24) return reader.Error("too many transitions");
  }
  RETURN_IF_ERROR(reader.Expect(two_pdfs ? "</Tuples>" : "</Triples>"));
  RETURN_IF_ERROR(reader.Expect("<LogProbs>"));
  ASSIGN_OR_RETURN(model.log_probabilities, reader.ReadVector<float>());
  RETURN_IF_ERROR(reader.Expect("</LogProbs>"));
  RETURN_IF_ERROR(reader.Expect("</TransitionModel>"));
  if (model.log_probabilities.size() != model.transitions.size()) {
    return reader.Error("a transition model with probabilities of " +
                        std::to_string(model.log_probabilities.size()) + " transitions, not " +
                        std::to_string(model.transitions.size()));
  }
  return model;
}

}  // namespace ironscribe::formats::kaldi
