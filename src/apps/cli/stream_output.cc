#include "apps/cli/stream_output.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "io/file.h"
#include "transcript/display_width.h"
#include "transcript/plain_text.h"
#include "transcript/writers.h"

namespace ironscribe::cli {
namespace {

using Json = nlohmann::ordered_json;

Status Print(std::ostream& out, const std::string& text) {
  errno = 0;
  out << text << std::flush;
  return out ? OkStatus() : io::ErrnoStatus(errno, "cannot write to standard output");
}

// As much of the end of `line` as fits.
std::string_view LastColumns(std::string_view line, int columns) {
  int too_wide = transcript::DisplayColumns(line) - columns;
  while (too_wide > 0 && !line.empty()) {
    const transcript::Cluster cluster = transcript::FirstCluster(line);
    too_wide -= cluster.columns;
    line.remove_prefix(cluster.size_bytes);
  }
  return line;
}

class TextStream final : public StreamOutput {
 public:
  TextStream(const Console& console, std::ostream& out) : console_(console), out_(out) {}

  Status Partial(const std::string& text) override {
    if (!console_.is_terminal) return OkStatus();
    const std::string line = transcript::SingleLine(text);
    // A terminal wraps a line that fills it.
    const std::string_view shown = LastColumns(line, console_.width - 1);
    const int columns = transcript::DisplayColumns(shown);
    const auto rest = static_cast<size_t>(std::max(0, columns_ - columns));
    columns_ = columns;
    // The cursor ends behind the text: what stood there is blanked first.
    return Print(out_,
                 "\r" + std::string(shown) + std::string(rest, ' ') + std::string(rest, '\b'));
  }

  Status Final(const transcript::Segment& segment) override {
    return Print(out_, Blank() + transcript::WriteTextLine(segment));
  }

  Status End(double) override { return Print(out_, Blank()); }

 private:
  // Takes the partial text away.
  std::string Blank() {
    if (columns_ == 0) return "";
    const auto columns = static_cast<size_t>(columns_);
    columns_ = 0;
    return "\r" + std::string(columns, ' ') + "\r";
  }

  const Console console_;
  std::ostream& out_;
  int columns_ = 0;  // Of the partial text that is shown.
};

double Rounded(double seconds) { return std::round(seconds * 1000) / 1000; }

class JsonStream final : public StreamOutput {
 public:
  explicit JsonStream(std::ostream& out) : out_(out) {}

  Status Partial(const std::string& text) override {
    return PrintLine({{"event", "partial"}, {"text", transcript::SingleLine(text)}});
  }

  Status Final(const transcript::Segment& segment) override {
    Json line = {{"event", "final"},
                 {"start", Rounded(segment.start_seconds)},
                 {"end", Rounded(segment.end_seconds)},
                 {"text", transcript::SingleLine(segment.text)}};
    for (const transcript::Word& word : segment.words) {
      line["words"].push_back({{"word", transcript::SingleLine(word.text)},
                               {"start", Rounded(word.start_seconds)},
                               {"end", Rounded(word.end_seconds)},
                               {"probability", Rounded(word.probability)}});
    }
    return PrintLine(line);
  }

  Status End(double seconds) override {
    return PrintLine({{"event", "end"}, {"duration", Rounded(seconds)}});
  }

 private:
  Status PrintLine(const Json& line) {
    return Print(out_, line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  }

  std::ostream& out_;
};

}  // namespace

std::unique_ptr<StreamOutput> MakeStreamOutput(const TranscribeOptions& options,
                                               const Console& console, std::ostream& out) {
  if (options.formats[0]->name == "json") return std::make_unique<JsonStream>(out);
  return std::make_unique<TextStream>(console, out);
}

}  // namespace ironscribe::cli
