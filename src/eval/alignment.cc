#include "eval/alignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

namespace ironscribe::eval {
namespace {

// Two of them can be added.
constexpr int32_t kUnreachable = std::numeric_limits<int32_t>::max() / 2;
// Costs of longer sequences would not fit beside it.
constexpr size_t kMaxSymbols = size_t{1} << 26;
// Where the band begins; most utterances fit at once.
constexpr int64_t kFirstSlack = 32;

struct Prices {
  int32_t substitution;
  int32_t indel;
};

constexpr Prices PricesOf(AlignmentCosts costs) {
  return costs == AlignmentCosts::kUnit ? Prices{1, 1} : Prices{4, 3};
}

// Which of the cheapest ways into a cell is taken. Every rule asks only which ways are cheapest, so
// a band that holds all cheapest paths settles ties as the whole matrix does.
template <AlignmentCosts costs>
EditKind Choose(int32_t diagonal, int32_t deletion, int32_t insertion, bool is_match) {
  const int32_t best = std::min({diagonal, deletion, insertion});
  if constexpr (costs == AlignmentCosts::kUnit) {
    if (deletion == best) return EditKind::kDeletion;
    if (!is_match && diagonal == best) return EditKind::kSubstitution;
    return insertion == best ? EditKind::kInsertion : EditKind::kHit;
  }
  if (diagonal == best) return is_match ? EditKind::kHit : EditKind::kSubstitution;
  return insertion == best ? EditKind::kInsertion : EditKind::kDeletion;
}

// The cells (row, column) with low <= column - row <= high, rows being symbols of the reference.
struct Band {
  int64_t low = 0;
  int64_t high = 0;
  int64_t width() const { return high - low + 1; }
};

Band BandOf(int64_t rows, int64_t columns, int64_t slack) {
  const int64_t difference = columns - rows;
  return {.low = std::max(std::min<int64_t>(0, difference) - slack, -rows),
          .high = std::min(std::max<int64_t>(0, difference) + slack, columns)};
}

// Fills the band row by row and returns the cost of the last cell. One array of costs by diagonal
// is enough: the cell before on the same diagonal is the entry itself, the one above is the next
// entry, the one to the left the entry before, which is new already. `record(row, diagonal, kind)`
// sees every cell from row 1 and column 1 on, in that order; `start_row(row)` comes before each.
template <AlignmentCosts costs, typename StartRow, typename Record>
int32_t FillBand(std::span<const Symbol> reference, std::span<const Symbol> hypothesis, Band band,
                 const StartRow& start_row, const Record& record) {
  constexpr Prices kPrices = PricesOf(costs);
  const auto columns = static_cast<int64_t>(hypothesis.size());
  // One entry of padding at either side is never reached.
  std::vector<int32_t> padded(static_cast<size_t>(band.width()) + 2, kUnreachable);
  int32_t* const cost = padded.data() + 1;
  for (int64_t column = 0; column <= std::min(columns, band.high); ++column) {
    cost[column - band.low] = static_cast<int32_t>(column) * kPrices.indel;
  }
  for (size_t i = 0; i < reference.size(); ++i) {
    const auto row = static_cast<int64_t>(i) + 1;
    start_row(row);
    int64_t column = row + band.low;
    if (column <= 0) {
      cost[-row - band.low] = static_cast<int32_t>(row) * kPrices.indel;
      column = 1;
    }
    const int64_t last = std::min(columns, row + band.high);
    for (; column <= last; ++column) {
      const int64_t k = column - row - band.low;
      const bool is_match = reference[i] == hypothesis[static_cast<size_t>(column - 1)];
      const int32_t diagonal = cost[k] + (is_match ? 0 : kPrices.substitution);
      const int32_t deletion = cost[k + 1] + kPrices.indel;
      const int32_t insertion = cost[k - 1] + kPrices.indel;
      cost[k] = std::min({diagonal, deletion, insertion});
      record(row, k, Choose<costs>(diagonal, deletion, insertion, is_match));
    }
  }
  return cost[columns - static_cast<int64_t>(reference.size()) - band.low];
}

// Finds a band that holds every cheapest path: one that leaves a band with `slack` to spare makes
// at least 2 * (slack + 1) insertions and deletions more than the lengths ask for. `fill(band)`
// returns the cost of the last cell.
template <typename Fill>
Status FillWideEnough(int64_t rows, int64_t columns, int32_t indel, const Fill& fill) {
  const int64_t difference = std::abs(columns - rows);
  for (int64_t slack = kFirstSlack;;) {
    const Band band = BandOf(rows, columns, slack);
    if (band.width() > kMaxAlignmentCells / std::max<int64_t>(rows, 1)) {
      return ResourceExhaustedError(
          fmt::format("texts of {} and {} symbols are too long and too different to align; cut the "
                      "recording into parts",
                      rows, columns));
    }
    const int64_t cost = fill(band);
    if (cost < indel * (difference + 2 * (slack + 1))) return OkStatus();
    if (band.low == -rows && band.high == columns) return OkStatus();
    slack = std::min(4 * slack, cost / (2 * indel) + 1);
  }
}

// Two bits a cell.
class ChoiceMatrix {
 public:
  void Reset(int64_t rows, int64_t width) {
    stride_bytes_ = (width + 3) / 4;
    bytes_.assign(static_cast<size_t>(rows * stride_bytes_), 0);
  }
  void Set(int64_t row, int64_t k, EditKind kind) {
    bytes_[Place(row, k)] |= static_cast<uint8_t>(static_cast<uint8_t>(kind) << (2 * (k & 3)));
  }
  EditKind Get(int64_t row, int64_t k) const {
    return static_cast<EditKind>((bytes_[Place(row, k)] >> (2 * (k & 3))) & 3);
  }

 private:
  size_t Place(int64_t row, int64_t k) const {
    return static_cast<size_t>((row - 1) * stride_bytes_ + k / 4);
  }
  int64_t stride_bytes_ = 0;
  std::vector<uint8_t> bytes_;
};

std::vector<Edit> TraceBack(int64_t row, int64_t column, Band band, const ChoiceMatrix& choices) {
  std::vector<Edit> edits;
  while (row > 0 || column > 0) {
    const EditKind kind = row == 0      ? EditKind::kInsertion
                          : column == 0 ? EditKind::kDeletion
                                        : choices.Get(row, column - row - band.low);
    if (kind != EditKind::kInsertion) --row;
    if (kind != EditKind::kDeletion) --column;
    edits.push_back({kind, static_cast<uint32_t>(row), static_cast<uint32_t>(column)});
  }
  std::reverse(edits.begin(), edits.end());
  return edits;
}

template <AlignmentCosts costs>
Result<std::vector<Edit>> AlignMiddle(std::span<const Symbol> reference,
                                      std::span<const Symbol> hypothesis) {
  const auto rows = static_cast<int64_t>(reference.size());
  const auto columns = static_cast<int64_t>(hypothesis.size());
  ChoiceMatrix choices;
  Band used;
  RETURN_IF_ERROR(FillWideEnough(rows, columns, PricesOf(costs).indel, [&](Band band) {
    used = band;
    choices.Reset(rows, band.width());
    return FillBand<costs>(
        reference, hypothesis, band, [](int64_t) {},
        [&](int64_t row, int64_t k, EditKind kind) { choices.Set(row, k, kind); });
  }));
  return TraceBack(rows, columns, used, choices);
}

// The errors on the chosen way into each cell; hits follow from the lengths.
struct Carried {
  int32_t substitutions = 0;
  int32_t deletions = 0;
  int32_t insertions = 0;
};

template <AlignmentCosts costs>
Result<EditCounts> CountMiddle(std::span<const Symbol> reference,
                               std::span<const Symbol> hypothesis) {
  const auto rows = static_cast<int64_t>(reference.size());
  const auto columns = static_cast<int64_t>(hypothesis.size());
  std::vector<Carried> padded;
  Carried last;
  RETURN_IF_ERROR(FillWideEnough(rows, columns, PricesOf(costs).indel, [&](Band band) {
    padded.assign(static_cast<size_t>(band.width()) + 2, {});
    Carried* const carried = padded.data() + 1;
    for (int64_t column = 0; column <= std::min(columns, band.high); ++column) {
      carried[column - band.low].insertions = static_cast<int32_t>(column);
    }
    const int32_t cost = FillBand<costs>(
        reference, hypothesis, band,
        [&](int64_t row) {
          if (row + band.low > 0) return;
          carried[-row - band.low] = {.deletions = static_cast<int32_t>(row)};
        },
        [&](int64_t, int64_t k, EditKind kind) {
          if (kind == EditKind::kDeletion) {
            carried[k] = carried[k + 1];
            ++carried[k].deletions;
          } else if (kind == EditKind::kInsertion) {
            carried[k] = carried[k - 1];
            ++carried[k].insertions;
          } else if (kind == EditKind::kSubstitution) {
            ++carried[k].substitutions;
          }
        });
    last = carried[columns - rows - band.low];
    return cost;
  }));
  return EditCounts{.hits = rows - last.substitutions - last.deletions,
                    .substitutions = last.substitutions,
                    .deletions = last.deletions,
                    .insertions = last.insertions};
}

// How many symbols are equal at the beginning, and behind those at the end.
std::pair<size_t, size_t> CommonEnds(std::span<const Symbol> a, std::span<const Symbol> b) {
  const size_t shorter = std::min(a.size(), b.size());
  size_t front = 0;
  while (front < shorter && a[front] == b[front]) ++front;
  size_t back = 0;
  while (back < shorter - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  return {front, back};
}

Status CheckLengths(std::span<const Symbol> reference, std::span<const Symbol> hypothesis) {
  if (std::max(reference.size(), hypothesis.size()) <= kMaxSymbols) return OkStatus();
  return ResourceExhaustedError(fmt::format("texts of {} and {} symbols are too long to align",
                                            reference.size(), hypothesis.size()));
}

}  // namespace

EditCounts& EditCounts::operator+=(const EditCounts& other) {
  hits += other.hits;
  substitutions += other.substitutions;
  deletions += other.deletions;
  insertions += other.insertions;
  return *this;
}

Result<std::vector<Edit>> Align(std::span<const Symbol> reference,
                                std::span<const Symbol> hypothesis, AlignmentCosts costs) {
  RETURN_IF_ERROR(CheckLengths(reference, hypothesis));
  if (costs == AlignmentCosts::kSclite) {
    return AlignMiddle<AlignmentCosts::kSclite>(reference, hypothesis);
  }
  const auto [front, back] = CommonEnds(reference, hypothesis);
  ASSIGN_OR_RETURN(const auto middle,
                   AlignMiddle<AlignmentCosts::kUnit>(
                       reference.subspan(front, reference.size() - front - back),
                       hypothesis.subspan(front, hypothesis.size() - front - back)));
  std::vector<Edit> edits;
  edits.reserve(front + middle.size() + back);
  const auto offset = static_cast<uint32_t>(front);
  for (uint32_t i = 0; i < offset; ++i) edits.push_back({EditKind::kHit, i, i});
  for (const Edit& edit : middle) {
    edits.push_back({edit.kind, edit.reference + offset, edit.hypothesis + offset});
  }
  for (size_t i = back; i > 0; --i) {
    edits.push_back({EditKind::kHit, static_cast<uint32_t>(reference.size() - i),
                     static_cast<uint32_t>(hypothesis.size() - i)});
  }
  return edits;
}

Result<EditCounts> CountAlignment(std::span<const Symbol> reference,
                                  std::span<const Symbol> hypothesis, AlignmentCosts costs) {
  RETURN_IF_ERROR(CheckLengths(reference, hypothesis));
  if (costs == AlignmentCosts::kSclite) {
    return CountMiddle<AlignmentCosts::kSclite>(reference, hypothesis);
  }
  const auto [front, back] = CommonEnds(reference, hypothesis);
  ASSIGN_OR_RETURN(EditCounts counts,
                   CountMiddle<AlignmentCosts::kUnit>(
                       reference.subspan(front, reference.size() - front - back),
                       hypothesis.subspan(front, hypothesis.size() - front - back)));
  counts.hits += static_cast<int64_t>(front + back);
  return counts;
}

EditCounts CountEdits(std::span<const Edit> edits) {
  EditCounts counts;
  for (const Edit& edit : edits) {
    switch (edit.kind) {
      case EditKind::kHit:
        ++counts.hits;
        break;
      case EditKind::kSubstitution:
        ++counts.substitutions;
        break;
      case EditKind::kDeletion:
        ++counts.deletions;
        break;
      case EditKind::kInsertion:
        ++counts.insertions;
        break;
    }
  }
  return counts;
}

Symbol SymbolTable::Of(std::string_view word) {
  if (const auto found = numbers_.find(word); found != numbers_.end()) return found->second;
  const auto number = static_cast<Symbol>(numbers_.size());
  numbers_.emplace(word, number);
  return number;
}

std::vector<Symbol> SymbolTable::Of(std::span<const std::string> words) {
  std::vector<Symbol> symbols;
  symbols.reserve(words.size());
  for (const std::string& word : words) symbols.push_back(Of(word));
  return symbols;
}

}  // namespace ironscribe::eval
