// Decodes by ironscribe-decode, a sandboxed program (see decode_protocol.h). Whatever goes wrong
// there is an error of this recording only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "audio/decode_protocol.h"
#include "audio/sample_stream.h"
#include "io/child_process.h"
#include "io/input_file.h"

namespace ironscribe::audio {

struct ChildStreamOptions {
  std::filesystem::path program;
  int64_t max_seconds = 0;
  // How long the program may work without giving anything.
  int stall_timeout_ms = 0;
  std::stop_token stop;
};

class ChildStream : public SampleStream {
 public:
  // Starts the program and waits for its header. Errors: the program's own (see
  // apps/decode/media_decoder.h), FailedPrecondition when it cannot be started, DataLoss when it
  // crashes, DeadlineExceeded when it takes too long.
  static Result<std::unique_ptr<SampleStream>> Open(std::shared_ptr<const io::InputFile> file,
                                                    const ChildStreamOptions& options);

  // Asks the program whether `start`, the first bytes of a recording (io::kStartBytes of it), is of
  // a kind that it reads. InvalidArgument when it certainly is not; OK when that is not known.
  static Status Probe(std::shared_ptr<const io::InputFile> start,
                      const ChildStreamOptions& options);

  const StreamFormat& format() const override { return format_; }
  Result<size_t> ReadFrames(std::span<float> interleaved) override;

 private:
  ChildStream(std::unique_ptr<io::ChildProcess> child, const ChildStreamOptions& options)
      : child_(std::move(child)), options_(options) {}
  static Result<std::unique_ptr<ChildStream>> Start(const io::InputFile& file,
                                                    const std::vector<std::string>& arguments,
                                                    const ChildStreamOptions& options);
  Status ReadHeader();
  Status ReadExactly(std::span<std::byte> out);
  Result<BlockPrefix> ReadPrefix();
  Status ReadErrorBlock(uint32_t size_bytes);
  // Why the output ended before its last block.
  Status ExplainEnd();

  std::unique_ptr<io::ChildProcess> child_;
  ChildStreamOptions options_;
  StreamFormat format_;
  size_t block_left_bytes_ = 0;
  bool ended_ = false;
};

}  // namespace ironscribe::audio
