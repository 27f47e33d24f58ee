// PyTorch checkpoints as torch.save has written them since 1.6: a zip with a pickle and one member
// per storage. OpenAI's Whisper files, and plain state dicts. Nothing in them is ever executed.
//
// Names are the state dict's own ("encoder.conv1.weight"); metadata() has the entries of "dims" by
// name ("n_mels", ...) and other plain values beside the tensors. FORMAT.md has the layout.
#pragma once

#include <filesystem>
#include <memory>

#include "base/status.h"
#include "formats/file_bytes.h"
#include "formats/weight_source.h"

namespace ironscribe::formats {

// Errors: those of opening a file and of the zip reader, DataLoss for a damaged checkpoint,
// PermissionDenied for one that carries code (the message names it), FailedPrecondition for a
// pickle from before 1.6 and for a TorchScript program, each with advice.
Result<std::unique_ptr<WeightSource>> OpenTorchPt(const std::filesystem::path& path);
Result<std::unique_ptr<WeightSource>> ParseTorchPt(FileBytes file);

}  // namespace ironscribe::formats
