#include "formats/openfst/reader.h"

#include <cstring>
#include <limits>

#include "formats/openfst/header.h"

namespace ironscribe::formats::openfst {
namespace {

constexpr int32_t kAddOnMagic = 446681434;
constexpr uint64_t kConstStateBytes = 20;
constexpr uint64_t kArcBytes = 16;
constexpr size_t kAlignment = 16;
// Arcs are counted in 32 bits.
constexpr int64_t kMaxCount = std::numeric_limits<int32_t>::max();

Status CheckArc(const io::ByteReader& reader, const Arc& arc, int64_t num_states) {
  if (arc.next < 0 || arc.next >= num_states) return reader.Error("an arc to no state");
  if (arc.input < 0 || arc.output < 0) return reader.Error("an arc with a negative label");
  return CheckWeight(reader, arc.weight, true);
}

Status CheckStart(const io::ByteReader& reader, const Header& header, int64_t num_states) {
  if (header.start < -1 || header.start >= num_states) return reader.Error("no start state");
  return OkStatus();
}

Status CheckCount(const io::ByteReader& reader, int64_t count, uint64_t element_bytes) {
  if (count < 0 || count > kMaxCount ||
      static_cast<uint64_t>(count) > reader.remaining() / element_bytes) {
    return reader.Error("too short for " + std::to_string(count) + " states or arcs");
  }
  return OkStatus();
}

Status Align(io::ByteReader& reader) {
  return reader.Seek((reader.offset() + kAlignment - 1) / kAlignment * kAlignment);
}

Result<Arc> ReadArc(io::ByteReader& reader) {
  Arc arc;
  ASSIGN_OR_RETURN(arc.input, reader.Read<int32_t>());
  ASSIGN_OR_RETURN(arc.output, reader.Read<int32_t>());
  ASSIGN_OR_RETURN(arc.weight, reader.Read<float>());
  ASSIGN_OR_RETURN(arc.next, reader.Read<int32_t>());
  return arc;
}

struct StateArcs {
  uint32_t position;
  uint32_t count;
};

Result<std::vector<StateArcs>> ReadConstStates(io::ByteReader& reader, const Header& header,
                                               Fst* fst) {
  std::vector<StateArcs> states;
  states.reserve(static_cast<size_t>(header.num_states));
  for (int64_t i = 0; i < header.num_states; ++i) {
    ASSIGN_OR_RETURN(const auto final, reader.Read<float>());
    ASSIGN_OR_RETURN(const auto position, reader.Read<uint32_t>());
    ASSIGN_OR_RETURN(const auto count, reader.Read<uint32_t>());
    RETURN_IF_ERROR(reader.Read<uint64_t>().status());  // Numbers of epsilon arcs.
    RETURN_IF_ERROR(CheckWeight(reader, final, true));
    // Arcs lie in the order of their states; so no arc can belong to two.
    const uint64_t expected =
        states.empty() ? 0 : uint64_t{states.back().position} + states.back().count;
    if (position != expected ||
        uint64_t{position} + count > static_cast<uint64_t>(header.num_arcs)) {
      return reader.Error("a state whose arcs lie elsewhere");
    }
    fst->finals.push_back(final);
    states.push_back({position, count});
  }
  return states;
}

Result<Fst> ReadConst(io::ByteReader& reader, const Header& header) {
  Fst fst;
  const bool aligned = (header.flags & kAlignedFlag) != 0 || header.version == 1;
  if (aligned) RETURN_IF_ERROR(Align(reader));
  RETURN_IF_ERROR(CheckCount(reader, header.num_states, kConstStateBytes));
  RETURN_IF_ERROR(CheckStart(reader, header, header.num_states));
  ASSIGN_OR_RETURN(const std::vector<StateArcs> states, ReadConstStates(reader, header, &fst));
  if (aligned) RETURN_IF_ERROR(Align(reader));
  RETURN_IF_ERROR(CheckCount(reader, header.num_arcs, kArcBytes));
  for (const StateArcs& state : states) fst.arc_begins.push_back(state.position);
  const uint64_t num_arcs =
      states.empty() ? 0 : uint64_t{states.back().position} + states.back().count;
  fst.arc_begins.push_back(static_cast<uint32_t>(num_arcs));
  if (num_arcs != static_cast<uint64_t>(header.num_arcs)) return reader.Error("arcs of no state");
  ASSIGN_OR_RETURN(const io::Bytes bytes, reader.ReadBytes(num_arcs * kArcBytes));
  fst.arcs.resize(num_arcs);
  static_assert(sizeof(Arc) == kArcBytes);
  if (num_arcs > 0) std::memcpy(fst.arcs.data(), bytes.data(), bytes.size());
  for (const Arc& arc : fst.arcs) RETURN_IF_ERROR(CheckArc(reader, arc, header.num_states));
  fst.start = static_cast<StateId>(header.start);
  return fst;
}

Result<Fst> ReadVector(io::ByteReader& reader, const Header& header) {
  Fst fst;
  constexpr uint64_t kVectorStateBytes = sizeof(float) + sizeof(int64_t);
  RETURN_IF_ERROR(CheckCount(reader, header.num_states, kVectorStateBytes));
  RETURN_IF_ERROR(CheckStart(reader, header, header.num_states));
  for (int64_t i = 0; i < header.num_states; ++i) {
    ASSIGN_OR_RETURN(const auto final, reader.Read<float>());
    RETURN_IF_ERROR(CheckWeight(reader, final, true));
    ASSIGN_OR_RETURN(const auto count, reader.Read<int64_t>());
    RETURN_IF_ERROR(CheckCount(reader, count, kArcBytes));
    fst.finals.push_back(final);
    fst.arc_begins.push_back(static_cast<uint32_t>(fst.arcs.size()));
    for (int64_t j = 0; j < count; ++j) {
      ASSIGN_OR_RETURN(const Arc arc, ReadArc(reader));
      RETURN_IF_ERROR(CheckArc(reader, arc, header.num_states));
      fst.arcs.push_back(arc);
    }
  }
  fst.arc_begins.push_back(static_cast<uint32_t>(fst.arcs.size()));
  fst.start = static_cast<StateId>(header.start);
  return fst;
}

Result<bool> ReadFlag(io::ByteReader& reader) {
  ASSIGN_OR_RETURN(const auto value, reader.Read<uint8_t>());
  if (value > 1) return reader.Error("neither true nor false");
  return value == 1;
}

Result<int64_t> ReadListSize(io::ByteReader& reader, uint64_t element_bytes) {
  ASSIGN_OR_RETURN(const auto count, reader.Read<int64_t>());
  RETURN_IF_ERROR(CheckCount(reader, count, element_bytes));
  return count;
}

Status ReadIntervals(io::ByteReader& reader, Reachability* reach) {
  ASSIGN_OR_RETURN(const int64_t num_states,
                   ReadListSize(reader, sizeof(int64_t) + sizeof(int32_t)));
  for (int64_t i = 0; i < num_states; ++i) {
    reach->begins.push_back(static_cast<uint32_t>(reach->intervals.size()));
    ASSIGN_OR_RETURN(const int64_t count, ReadListSize(reader, sizeof(LabelInterval)));
    Label last = 0;
    for (int64_t j = 0; j < count; ++j) {
      LabelInterval interval;
      ASSIGN_OR_RETURN(interval.begin, reader.Read<int32_t>());
      ASSIGN_OR_RETURN(interval.end, reader.Read<int32_t>());
      // Searches rely on the order.
      if (interval.begin < last || interval.end < interval.begin) {
        return reader.Error("intervals out of order");
      }
      last = interval.end;
      reach->intervals.push_back(interval);
    }
    RETURN_IF_ERROR(reader.Read<int32_t>().status());  // How many labels that are.
  }
  reach->begins.push_back(static_cast<uint32_t>(reach->intervals.size()));
  return OkStatus();
}

Result<Reachability> ReadReachability(io::ByteReader& reader) {
  Reachability reach;
  ASSIGN_OR_RETURN(reach.of_input, ReadFlag(reader));
  ASSIGN_OR_RETURN(const bool has_relabeling, ReadFlag(reader));
  if (has_relabeling) {
    ASSIGN_OR_RETURN(const int64_t count, ReadListSize(reader, 2 * sizeof(int32_t)));
    for (int64_t i = 0; i < count; ++i) {
      ASSIGN_OR_RETURN(const auto from, reader.Read<int32_t>());
      ASSIGN_OR_RETURN(const auto to, reader.Read<int32_t>());
      reach.relabeling.emplace_back(from, to);
    }
  }
  ASSIGN_OR_RETURN(reach.final_label, reader.Read<int32_t>());
  RETURN_IF_ERROR(ReadIntervals(reader, &reach));
  return reach;
}

Result<Fst> ReadLookAhead(io::ByteReader& reader) {
  ASSIGN_OR_RETURN(const auto magic, reader.Read<int32_t>());
  if (magic != kAddOnMagic) return reader.Error("no look-ahead data");
  ASSIGN_OR_RETURN(const Header header, ReadHeader(reader));
  if (header.type != "const") return reader.Error("a look-ahead FST that is not of type const");
  ASSIGN_OR_RETURN(Fst fst, ReadConst(reader, header));
  ASSIGN_OR_RETURN(const bool has_data, ReadFlag(reader));
  if (!has_data) return reader.Error("a look-ahead FST without what its states reach");
  for (int side = 0; side < 2; ++side) {
    ASSIGN_OR_RETURN(const bool present, ReadFlag(reader));
    if (!present) continue;
    ASSIGN_OR_RETURN(fst.reachability, ReadReachability(reader));
    if (fst.reachability->begins.size() != fst.finals.size() + 1) {
      return reader.Error("reachable labels of another number of states");
    }
  }
  if (!fst.reachability) return reader.Error("a look-ahead FST without what its states reach");
  return fst;
}

}  // namespace

bool IsFst(io::Bytes bytes) {
  io::ByteReader reader(bytes, "");
  const Result<int32_t> magic = reader.Read<int32_t>();
  return magic.ok() && *magic == kFstMagic;
}

Result<Fst> ReadFst(io::Bytes bytes, std::string_view name) {
  io::ByteReader reader(bytes, name);
  ASSIGN_OR_RETURN(Header header, ReadHeader(reader));
  Result<Fst> fst =
      UnimplementedError(reader
                             .Error("an FST of type '" + header.type.substr(0, 40) +
                                    "'; vector, const, olabel_lookahead and ngram are read")
                             .message());
  if (header.type == "vector") fst = ReadVector(reader, header);
  if (header.type == "const") fst = ReadConst(reader, header);
  if (header.type == "olabel_lookahead") fst = ReadLookAhead(reader);
  if (header.type == "ngram") fst = ReadNgramBody(reader, header);
  if (!fst.ok()) return fst.status();
  fst->input_symbols = std::move(header.input_symbols);
  fst->output_symbols = std::move(header.output_symbols);
  return fst;
}

}  // namespace ironscribe::formats::openfst
