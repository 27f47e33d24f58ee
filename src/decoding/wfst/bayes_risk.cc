#include "decoding/wfst/bayes_risk.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ironscribe::decoding::wfst {
namespace {

// A word that is left out costs a little more than one that is replaced, so that words of the
// lattice are not lost to ties.
constexpr double kDelta = 1e-5;
constexpr int kMaxRounds = 100;
constexpr double kLogZero = -std::numeric_limits<double>::infinity();

double EditCost(Label a, Label b, bool from_lattice = false) {
  if (a == b) return 0;
  return from_lattice ? 1 + kDelta : 1;
}

double LogAdd(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == kLogZero ? a : a + std::log1p(std::exp(b - a));
}

struct MbrArc {
  size_t from;
  Label word;
  double log_likelihood;
};

struct Heard {
  double weight = 0;
  double begin = 0;
  double end = 0;
};

// Sums over the paths of a lattice: what of it stands where in the hypothesis.
class MbrDecoder {
 public:
  MbrDecoder(const WordLattice& lattice, float graph_scale);
  std::vector<HeardWord> Run();

 private:
  using Row = std::vector<double>;
  using Choices = std::map<Label, Heard>;

  void AddArc(size_t from, size_t to, const WordArc& arc, float graph_scale);
  std::vector<Label> BestPath() const;
  void Forward();
  void ArcRow(const MbrArc& arc, Row* row, std::vector<char>* step) const;
  void Accumulate();
  void AccumulateArc(const MbrArc& arc, size_t to, Row* row, std::vector<char>* step);
  void Count(size_t position, Label word, double weight, double begin, double end);
  bool ChooseWords();
  std::vector<HeardWord> Words() const;
  double Share(const MbrArc& arc, size_t to) const {
    return std::exp(alpha_[arc.from] + arc.log_likelihood - alpha_[to]);
  }

  std::vector<std::vector<MbrArc>> into_;  // Arcs by the state they lead to.
  std::vector<double> times_;              // Of states, in frames.
  std::vector<Label> hypothesis_;          // Words with 0 between them and at both ends.
  std::vector<double> alpha_;
  std::vector<Row> distance_;  // Expected edit distance, [state, position in the hypothesis].
  std::vector<Row> weight_;
  std::vector<Choices> choices_;  // By position.
};

MbrDecoder::MbrDecoder(const WordLattice& lattice, float graph_scale) {
  const size_t end = lattice.states.size();
  into_.resize(end + 1);
  times_.resize(end + 1);
  for (size_t state = 0; state < end; ++state) {
    for (const WordArc& arc : lattice.states[state].arcs) {
      AddArc(state, static_cast<size_t>(arc.next), arc, graph_scale);
    }
    if (lattice.states[state].is_final) {
      AddArc(state, end, lattice.states[state].final, graph_scale);
    }
  }
}

void MbrDecoder::AddArc(size_t from, size_t to, const WordArc& arc, float graph_scale) {
  times_[to] = times_[from] + static_cast<double>(arc.transitions.size());
  into_[to].push_back(
      {from, arc.word, -static_cast<double>(graph_scale * arc.graph_cost + arc.acoustic_cost)});
}

std::vector<Label> MbrDecoder::BestPath() const {
  std::vector<double> best(into_.size(), kLogZero);
  std::vector<const MbrArc*> taken(into_.size());
  best[0] = 0;
  for (size_t state = 1; state < into_.size(); ++state) {
    for (const MbrArc& arc : into_[state]) {
      if (best[arc.from] + arc.log_likelihood > best[state]) {
        best[state] = best[arc.from] + arc.log_likelihood;
        taken[state] = &arc;
      }
    }
  }
  std::vector<Label> words;
  for (size_t state = into_.size() - 1; taken[state] != nullptr; state = taken[state]->from) {
    if (taken[state]->word != 0) words.push_back(taken[state]->word);
  }
  std::reverse(words.begin(), words.end());
  return words;
}

// The expected edit distance of the paths up to an arc's end if they end with it; `step` says how
// each position is reached: 1 the words stand together, 2 the arc's is left out, 3 the
// hypothesis's is.
void MbrDecoder::ArcRow(const MbrArc& arc, Row* row, std::vector<char>* step) const {
  const Row& before = distance_[arc.from];
  (*row)[0] = before[0] + EditCost(arc.word, 0, true);
  for (size_t q = 1; q < row->size(); ++q) {
    const Label word = hypothesis_[q - 1];
    const double together = before[q - 1] + EditCost(arc.word, word);
    const double without_arc = before[q] + EditCost(arc.word, 0, true);
    const double without_word = (*row)[q - 1] + EditCost(0, word);
    if (together <= without_arc && together <= without_word) {
      (*step)[q] = 1;
      (*row)[q] = together;
    } else if (without_arc < together && without_arc <= without_word) {
      (*step)[q] = 2;
      (*row)[q] = without_arc;
    } else {
      (*step)[q] = 3;
      (*row)[q] = without_word;
    }
  }
}

void MbrDecoder::Forward() {
  const size_t positions = hypothesis_.size() + 1;
  alpha_.assign(into_.size(), kLogZero);
  distance_.assign(into_.size(), Row(positions));
  alpha_[0] = 0;
  for (size_t q = 1; q < positions; ++q) {
    distance_[0][q] = distance_[0][q - 1] + EditCost(0, hypothesis_[q - 1]);
  }
  Row row(positions);
  std::vector<char> step(positions);
  for (size_t state = 1; state < into_.size(); ++state) {
    for (const MbrArc& arc : into_[state]) {
      alpha_[state] = LogAdd(alpha_[state], alpha_[arc.from] + arc.log_likelihood);
    }
    for (const MbrArc& arc : into_[state]) {
      ArcRow(arc, &row, &step);
      const double share = Share(arc, state);
      for (size_t q = 0; q < positions; ++q) distance_[state][q] += share * row[q];
    }
  }
}

void MbrDecoder::Count(size_t position, Label word, double weight, double begin, double end) {
  if (weight == 0) return;
  Heard& heard = choices_[position - 1][word];
  heard.weight += weight;
  heard.begin += weight * begin;
  heard.end += weight * end;
}

void MbrDecoder::AccumulateArc(const MbrArc& arc, size_t to, Row* row, std::vector<char>* step) {
  ArcRow(arc, row, step);
  const double share = Share(arc, to);
  Row& before = weight_[arc.from];
  double carried = 0;  // From the position behind.
  for (size_t q = row->size() - 1; q > 0; --q) {
    const double weight = carried + share * weight_[to][q];
    carried = 0;
    if ((*step)[q] == 1) {
      before[q - 1] += weight;
      Count(q, arc.word, weight, times_[arc.from], times_[to]);
    } else if ((*step)[q] == 2) {
      before[q] += weight;
    } else {
      carried = weight;
      Count(q, 0, weight, times_[to], times_[to]);
    }
  }
  before[0] += carried + share * weight_[to][0];
}

void MbrDecoder::Accumulate() {
  const size_t positions = hypothesis_.size() + 1;
  choices_.assign(hypothesis_.size(), {});
  weight_.assign(into_.size(), Row(positions));
  weight_.back()[positions - 1] = 1;
  Row row(positions);
  std::vector<char> step(positions);
  for (size_t state = into_.size() - 1; state > 0; --state) {
    for (const MbrArc& arc : into_[state]) AccumulateArc(arc, state, &row, &step);
  }
  double carried = 0;
  for (size_t q = positions - 1; q > 0; --q) {
    carried += weight_[0][q];
    Count(q, 0, carried, times_[0], times_[0]);
  }
}

// Returns whether anything got better.
bool MbrDecoder::ChooseWords() {
  double change = 0;
  for (size_t q = 0; q < hypothesis_.size(); ++q) {
    Label best = 0;
    float best_weight = -1;
    float old_weight = 0;
    for (const auto& [word, heard] : choices_[q]) {
      const auto weight = static_cast<float>(heard.weight);
      if (weight >= best_weight) {  // Of equals the higher number.
        best_weight = weight;
        best = word;
      }
      if (word == hypothesis_[q]) old_weight = weight;
    }
    change += old_weight - std::max(best_weight, 0.0f);
    hypothesis_[q] = best;
  }
  return change != 0;
}

std::vector<HeardWord> MbrDecoder::Words() const {
  std::vector<HeardWord> words;
  for (size_t q = 0; q < hypothesis_.size(); ++q) {
    if (hypothesis_[q] == 0) continue;
    const Heard& heard = choices_[q].at(hypothesis_[q]);
    words.push_back({.word = hypothesis_[q],
                     .confidence = static_cast<float>(heard.weight),
                     .begin_frames = static_cast<float>(heard.begin / heard.weight),
                     .end_frames = static_cast<float>(heard.end / heard.weight)});
    if (words.size() < 2) continue;
    // Mean times of neighbours may overlap: the common stretch is divided by their lengths.
    HeardWord& first = words[words.size() - 2];
    HeardWord& second = words.back();
    if (first.end_frames <= second.begin_frames) continue;
    const float earlier = words.size() > 2 ? words[words.size() - 3].end_frames : 0;
    const float left = std::max(earlier, std::min(first.begin_frames, second.begin_frames));
    const float right = std::max(first.end_frames, second.end_frames);
    const float first_length = first.end_frames - first.begin_frames;
    const float second_length = second.end_frames - second.begin_frames;
    const float middle = first_length > 0
                             ? left + (right - left) * first_length / (first_length + second_length)
                             : left;
    first.begin_frames = left;
    first.end_frames = second.begin_frames = middle;
    second.end_frames = right;
  }
  return words;
}

std::vector<HeardWord> MbrDecoder::Run() {
  std::vector<Label> words = BestPath();
  for (int round = 0; round < kMaxRounds; ++round) {
    hypothesis_.assign(1, 0);
    for (const Label word : words) {
      hypothesis_.push_back(word);
      hypothesis_.push_back(0);
    }
    Forward();
    Accumulate();
    if (!ChooseWords()) break;
    words.clear();
    for (const Label word : hypothesis_) {
      if (word != 0) words.push_back(word);
    }
  }
  return Words();
}

}  // namespace

std::vector<HeardWord> MinimumBayesRisk(const WordLattice& lattice, float graph_scale) {
  if (lattice.states.empty()) return {};
  return MbrDecoder(lattice, graph_scale).Run();
}

}  // namespace ironscribe::decoding::wfst
