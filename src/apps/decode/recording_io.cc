#include "apps/decode/recording_io.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

extern "C" {
#include <libavformat/avio.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
}

namespace ironscribe::decode {
namespace {

constexpr int kBufferBytes = 64 * 1024;

}  // namespace

Result<std::unique_ptr<RecordingIo>> RecordingIo::Create(int descriptor) {
  struct stat info = {};
  if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
    return FailedPreconditionError(
        "no recording was handed over: a regular file is expected at descriptor 3");
  }
  std::unique_ptr<RecordingIo> io(new RecordingIo(descriptor, info.st_size));
  auto* buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
  if (buffer == nullptr) return ResourceExhaustedError("no memory for the read buffer");
  io->context_ = avio_alloc_context(buffer, kBufferBytes, 0, io.get(), &RecordingIo::Read, nullptr,
                                    &RecordingIo::Seek);
  if (io->context_ == nullptr) {
    av_free(buffer);
    return ResourceExhaustedError("no memory for the read buffer");
  }
  return io;
}

RecordingIo::~RecordingIo() {
  if (context_ == nullptr) return;
  av_freep(&context_->buffer);  // FFmpeg may have replaced the one given to it.
  avio_context_free(&context_);
}

int RecordingIo::Read(void* self, uint8_t* buffer, int size) {
  auto* io = static_cast<RecordingIo*>(self);
  for (;;) {
    const ssize_t count =
        ::pread(io->descriptor_, buffer, static_cast<size_t>(size), io->position_);
    if (count > 0) {
      io->position_ += count;
      return static_cast<int>(count);
    }
    if (count == 0) return AVERROR_EOF;
    if (errno != EINTR) return AVERROR(errno);
  }
}

int64_t RecordingIo::Seek(void* self, int64_t offset, int whence) {
  auto* io = static_cast<RecordingIo*>(self);
  int64_t base = 0;
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
      return io->size_bytes_;
    case SEEK_SET:
      break;
    case SEEK_CUR:
      base = io->position_;
      break;
    case SEEK_END:
      base = io->size_bytes_;
      break;
    default:
      return AVERROR(EINVAL);
  }
  int64_t target = 0;
  if (__builtin_add_overflow(base, offset, &target) || target < 0) return AVERROR(EINVAL);
  io->position_ = target;
  return target;
}

}  // namespace ironscribe::decode
