#include "eval/svg_plots.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "html/svg.h"

namespace ironscribe::eval {
namespace {

// Pixels of the drawing area and of the space for labels beside it.
constexpr double kWidth = 360;
constexpr double kHeight = 200;
constexpr double kLeft = 44;
constexpr double kBottom = 34;
constexpr double kTop = 10;
constexpr double kRight = 14;

// A square plot of shares: axes from 0 to 100 % upwards and ticks at the bottom.
class ShareAxes {
 public:
  ShareAxes(std::string_view label, std::string_view below, std::span<const std::string> ticks) {
    svg_ = html::SvgOpen(kLeft + kWidth + kRight, kTop + kHeight + kBottom, label);
    for (int percent = 0; percent <= 100; percent += 25) {
      const double y = Y(percent / 100.0);
      svg_ += html::SvgLine(kLeft, y, kLeft + kWidth, y, "grid");
      svg_ += html::SvgLabel(kLeft - 6, y + 4, "end", fmt::format("{}%", percent));
    }
    for (size_t i = 0; i < ticks.size(); ++i) {
      const double x = X(static_cast<double>(i) / static_cast<double>(ticks.size() - 1));
      svg_ += html::SvgLabel(x, kTop + kHeight + 15, "middle", ticks[i]);
    }
    svg_ += html::SvgLabel(kLeft + kWidth / 2, kTop + kHeight + 30, "middle", below);
  }

  static double X(double share) { return kLeft + share * kWidth; }
  static double Y(double share) { return kTop + (1 - share) * kHeight; }

  void Add(const std::string& element) { svg_ += element; }
  std::string Finish() && { return std::move(svg_) + "</svg>"; }

 private:
  std::string svg_;
};

}  // namespace

std::string ErrorBars(std::span<const GroupScore> groups, size_t max_bars) {
  std::vector<const GroupScore*> shown;
  double longest = 0;
  for (const GroupScore& group : groups) {
    if (group.words.errors() == 0) continue;
    shown.push_back(&group);
    longest = std::max(longest, group.words.rate());
  }
  std::stable_sort(shown.begin(), shown.end(), [](const GroupScore* a, const GroupScore* b) {
    return a->words.errors() > b->words.errors();
  });
  shown.resize(std::min(shown.size(), max_bars));
  if (shown.empty()) return "";
  constexpr double kBarHeight = 16;
  constexpr double kStep = 24;
  constexpr double kNames = 130;
  constexpr double kValues = 60;
  std::string svg =
      html::SvgOpen(kNames + kWidth + kValues, kStep * static_cast<double>(shown.size()) + 6,
                    "Errors per word of the reference, by group");
  for (size_t i = 0; i < shown.size(); ++i) {
    const GroupScore& group = *shown[i];
    const double y = 4 + kStep * static_cast<double>(i);
    const std::string name = group.name.empty() ? "(none)" : group.name;
    svg += html::SvgLabel(kNames - 8, y + 12, "end",
                          name.size() > 20 ? name.substr(0, 17) + "..." : name);
    double x = kNames;
    const auto add = [&](int64_t errors, std::string_view style, std::string_view what) {
      const double width = kWidth * group.words.share(errors) / longest;
      svg += html::SvgRectangle(x, y, width, kBarHeight, style, fmt::format("{} {}", errors, what));
      x += width;
    };
    add(group.words.substitutions, "s", "substitutions");
    add(group.words.deletions, "d", "deletions");
    add(group.words.insertions, "i", "insertions");
    svg += html::SvgLabel(x + 6, y + 12, "start", fmt::format("{:.1f}%", 100 * group.words.rate()));
  }
  return svg + "</svg>";
}

std::string RateHistogram(std::span<const ScoredUtterance> utterances) {
  constexpr size_t kBins = 21;  // 0 to 100 % in steps of 5, and above.
  std::array<size_t, kBins> counts = {};
  for (const ScoredUtterance& utterance : utterances) {
    const double bin = std::min(utterance.words.rate() * (kBins - 1), double{kBins - 1});
    ++counts[static_cast<size_t>(bin)];
  }
  const size_t highest = std::max<size_t>(1, *std::max_element(counts.begin(), counts.end()));
  std::string svg =
      html::SvgOpen(kLeft + kWidth + kRight, kTop + kHeight + kBottom, "Files by word error rate");
  constexpr double kStep = kWidth / kBins;
  for (size_t i = 0; i < kBins; ++i) {
    const double height = kHeight * static_cast<double>(counts[i]) / static_cast<double>(highest);
    const std::string range =
        i + 1 == kBins ? "100 % and more" : fmt::format("{} to {} %", 5 * i, 5 * (i + 1));
    svg +=
        html::SvgRectangle(kLeft + kStep * static_cast<double>(i), kTop + kHeight - height,
                           kStep - 2, height, "bar", fmt::format("{} files, {}", counts[i], range));
  }
  svg += html::SvgLine(kLeft, kTop + kHeight, kLeft + kWidth, kTop + kHeight, "axis");
  for (size_t percent = 0; percent <= 100; percent += 25) {
    svg += html::SvgLabel(kLeft + kStep * static_cast<double>(percent) / 5, kTop + kHeight + 15,
                          "middle", fmt::format("{}%", percent));
  }
  svg += html::SvgLabel(kLeft - 6, kTop + 10, "end", std::to_string(highest));
  svg += html::SvgLabel(kLeft + kWidth / 2, kTop + kHeight + 30, "middle",
                        "word error rate of a file");
  return svg + "</svg>";
}

std::string ReliabilityPlot(const Calibration& calibration) {
  const std::array<std::string, 5> ticks = {"0", "0.25", "0.5", "0.75", "1"};
  ShareAxes axes("Share of right words by their probability", "probability given to words", ticks);
  axes.Add(html::SvgLine(axes.X(0), axes.Y(0), axes.X(1), axes.Y(1), "ideal"));
  std::string points;
  for (const CalibrationBin& bin : calibration.bins) {
    const double x = axes.X(bin.mean_probability);
    const double y = axes.Y(bin.share_right);
    axes.Add(html::SvgLine(x, y, x, axes.Y(bin.mean_probability), "gap"));
    points += fmt::format("{:.1f},{:.1f} ", x, y);
  }
  axes.Add(fmt::format(R"(<polyline class="curve" points="{}"/>)", points));
  for (const CalibrationBin& bin : calibration.bins) {
    axes.Add(fmt::format(
        R"(<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="4"><title>{} words, probability {:.3f}, {:.1f}% right</title></circle>)",
        axes.X(bin.mean_probability), axes.Y(bin.share_right), bin.words, bin.mean_probability,
        100 * bin.share_right));
  }
  return std::move(axes).Finish();
}

std::string TimeErrorCurve(std::span<const double> sorted_errors_seconds) {
  constexpr double kMaxSeconds = 0.5;
  constexpr int kPoints = 100;
  const std::array<std::string, 6> ticks = {"0", "100", "200", "300", "400", "500"};
  ShareAxes axes("Share of word starts within a distance of the true ones", "distance in ms",
                 ticks);
  std::string points;
  for (int i = 0; i <= kPoints; ++i) {
    const double seconds = kMaxSeconds * i / kPoints;
    const auto within =
        std::upper_bound(sorted_errors_seconds.begin(), sorted_errors_seconds.end(), seconds) -
        sorted_errors_seconds.begin();
    const double share = static_cast<double>(within) /
                         static_cast<double>(std::max<size_t>(1, sorted_errors_seconds.size()));
    points += fmt::format("{:.1f},{:.1f} ", axes.X(seconds / kMaxSeconds), axes.Y(share));
  }
  axes.Add(fmt::format(R"(<polyline class="curve" points="{}"/>)", points));
  return std::move(axes).Finish();
}

}  // namespace ironscribe::eval
