#include "apps/cli/text_output.h"

#include <cerrno>
#include <utility>

#include "io/file.h"
#include "transcript/plain_text.h"

namespace ironscribe::cli {

Status TextOutput::Deliver(size_t index, const std::string& name, std::string text) {
  if (show_names_) text = "==> " + transcript::SingleLine(name) + " <==\n" + text;
  return SettleAndPrint(index, std::move(text));
}

void TextOutput::Skip(size_t index) {
  // What this releases was reported as done already; a broken output shows at the next one.
  (void)SettleAndPrint(index, std::nullopt);
}

Status TextOutput::Stream(const std::string& piece) {
  const std::lock_guard lock(mutex_);
  return Print(piece);
}

Status TextOutput::SettleAndPrint(size_t index, std::optional<std::string> text) {
  const std::lock_guard lock(mutex_);
  settled_[index] = std::move(text);
  Status status;
  for (auto first = settled_.find(next_); first != settled_.end(); first = settled_.find(next_)) {
    if (first->second.has_value()) {
      const bool separate = show_names_ && std::exchange(printed_any_, true);
      const Status printed = Print((separate ? "\n" : "") + *first->second);
      if (status.ok()) status = printed;
    }
    settled_.erase(first);
    ++next_;
  }
  return status;
}

Status TextOutput::Print(const std::string& text) {
  Status status;
  reporter_.AroundResults([&] {
    errno = 0;
    out_ << text << std::flush;
    if (!out_) {
      status = io::ErrnoStatus(errno, "cannot write to standard output");
      out_.clear();  // The next text gets its own chance and its own error.
    }
  });
  return status;
}

}  // namespace ironscribe::cli
