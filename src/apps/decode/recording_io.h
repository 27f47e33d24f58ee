// Lets FFmpeg read the recording's descriptor, and nothing else. Keeps its own position (pread), so
// the descriptor may be shared.
#pragma once

#include <cstdint>
#include <memory>

#include "base/status.h"

struct AVIOContext;

namespace ironscribe::decode {

class RecordingIo {
 public:
  // Errors: FailedPrecondition when the descriptor is not an open regular file.
  static Result<std::unique_ptr<RecordingIo>> Create(int descriptor);
  ~RecordingIo();
  RecordingIo(const RecordingIo&) = delete;
  RecordingIo& operator=(const RecordingIo&) = delete;

  AVIOContext* context() const { return context_; }
  int64_t size_bytes() const { return size_bytes_; }

 private:
  RecordingIo(int descriptor, int64_t size_bytes)
      : descriptor_(descriptor), size_bytes_(size_bytes) {}
  static int Read(void* self, uint8_t* buffer, int size);
  static int64_t Seek(void* self, int64_t offset, int whence);

  int descriptor_;
  int64_t size_bytes_;
  int64_t position_ = 0;
  AVIOContext* context_ = nullptr;
};

}  // namespace ironscribe::decode
