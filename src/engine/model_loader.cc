#include "engine/model_loader.h"

#include <fmt/format.h>

#include <chrono>

#include "base/safe_math.h"
#include "engine/model_fingerprint.h"
#include "engine/packed_cache_name.h"
#include "formats/registry.h"
#include "io/file.h"
#include "models/registry.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;

std::string NameOf(const fs::path& model_path, const RecognizerOptions& options) {
  if (!options.model_name.empty()) return options.model_name;
  const fs::path plain = model_path.lexically_normal();
  return plain.has_filename() ? plain.filename().string() : plain.parent_path().filename().string();
}

// Everything but the commit; returns the metadata of the packed file.
Result<std::string> PackInto(const ModelFingerprint& fingerprint, const RecognizerOptions& options,
                             formats::PackedWriter& writer) {
  ASSIGN_OR_RETURN(const auto source, formats::OpenWeights(fingerprint.weight_files[0]));
  for (const models::Family& family : models::Families()) {
    if (!family.detect(*source)) continue;
    ASSIGN_OR_RETURN(const std::string digest, DigestWeights(fingerprint));
    ASSIGN_OR_RETURN(const std::string json,
                     family.pack({.source = source.get(),
                                  .folder = fingerprint.folder,
                                  .compute = options.compute,
                                  .digest = digest,
                                  .alignment_heads = options.alignment_heads,
                                  .stop = options.stop},
                                 writer));
    return PackedMetadataToJson(
        {.family = std::string(family.name), .files = fingerprint.files, .model_json = json});
  }
  if (models::DetectVoiceActivity(*source) != nullptr) {
    return FailedPreconditionError(fmt::format(
        "'{}' is a model of voice activity, which finds speech and writes no text; name "
        "a model that transcribes (`ironscribe models list` shows them)",
        fingerprint.weight_files[0].string()));
  }
  std::string known;
  for (const models::Family& family : models::Families()) {
    known += (known.empty() ? "" : ", ") + std::string(family.name);
  }
  return InvalidArgumentError(fmt::format("'{}' holds no model of a known family ({})",
                                          fingerprint.weight_files[0].string(), known));
}

Result<LoadedModel> Load(std::shared_ptr<const formats::PackedFile> file,
                         const fs::path& model_path, const RecognizerOptions& options) {
  ASSIGN_OR_RETURN(const PackedMetadata metadata, PackedMetadataFromJson(file->metadata()));
  const models::Family* family = models::FindFamily(metadata.family);
  if (family == nullptr) {
    return InvalidArgumentError("unknown model family '" + metadata.family +
                                "' in the packed model");
  }
  LoadedModel loaded;
  for (const auto& blob : file->blobs())
    loaded.size_bytes += static_cast<int64_t>(blob.bytes.size());
  ASSIGN_OR_RETURN(loaded.model, family->load({.file = std::move(file),
                                               .metadata = metadata.model_json,
                                               .cpu_level = options.cpu_level,
                                               .name = NameOf(model_path, options)}));
  return loaded;
}

// The packed form if it is there and still fits the source.
Result<LoadedModel> LoadFromCache(const fs::path& cache_path, const ModelFingerprint& fingerprint,
                                  const fs::path& model_path, const RecognizerOptions& options) {
  ASSIGN_OR_RETURN(const auto file, formats::PackedFile::Open(cache_path));
  ASSIGN_OR_RETURN(const PackedMetadata metadata, PackedMetadataFromJson(file->metadata()));
  if (metadata.files != fingerprint.files)
    return FailedPreconditionError("the model's files changed");
  return Load(file, model_path, options);
}

fs::path CachePath(const fs::path& model_path, const RecognizerOptions& options) {
  return options.cache_folder / PackedCacheName(model_path,
                                                models::ComputeTypeName(options.compute),
                                                options.alignment_heads);
}

// At most, of Whisper's models: some tensors are packed in two forms. Measured on tiny.en and base:
// 2.8 and 2.3 in int8, 6.1 and 5.5 in float32.
double PackedBytesPerElement(ComputeType compute) {
  switch (compute) {
    case ComputeType::kInt8:
      return 3;
    case ComputeType::kBFloat16:
      return 4;
    case ComputeType::kFloat32:
      break;
  }
  return 6.2;
}

// Ok, or what is wrong with the model; `storage` receives what is wrong with the place to write to.
Status PackToFile(const fs::path& cache_path, const ModelFingerprint& fingerprint,
                  const RecognizerOptions& options, Status& storage) {
  io::RemoveStalePartials(cache_path);
  const auto writer = formats::PackedWriter::Create(cache_path);
  storage = writer.status();
  if (!storage.ok()) return OkStatus();
  const Result<std::string> metadata = PackInto(fingerprint, options, **writer);
  const Status status = metadata.ok() ? (*writer)->Finish(*metadata) : metadata.status();
  storage = (*writer)->storage_status();
  return storage.ok() ? status : OkStatus();
}

Result<LoadedModel> LoadInMemory(const ModelFingerprint& fingerprint, const fs::path& model_path,
                                 const RecognizerOptions& options, const std::string& reason) {
  const auto start = std::chrono::steady_clock::now();
  const auto writer = formats::PackedWriter::CreateInMemory();
  ASSIGN_OR_RETURN(const std::string metadata, PackInto(fingerprint, options, *writer));
  ASSIGN_OR_RETURN(auto file, writer->FinishInMemory(metadata));
  ASSIGN_OR_RETURN(LoadedModel loaded, Load(std::move(file), model_path, options));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  loaded.note = fmt::format(
      "model packed in memory in {:.1f} s because {}; a writable cache folder "
      "saves this at every start",
      seconds.count(), reason);
  return loaded;
}

}  // namespace

Result<LoadedModel> LoadModel(const fs::path& model_path, const RecognizerOptions& options) {
  ASSIGN_OR_RETURN(const ModelFingerprint fingerprint, FingerprintModel(model_path));
  if (options.cache_folder.empty()) {
    return LoadInMemory(fingerprint, model_path, options, "no cache folder is set");
  }
  const fs::path cache_path = CachePath(model_path, options);
  Result<LoadedModel> cached = LoadFromCache(cache_path, fingerprint, model_path, options);
  if (cached.ok()) return cached;
  Status storage;
  RETURN_IF_ERROR(PackToFile(cache_path, fingerprint, options, storage));
  if (!storage.ok()) return LoadInMemory(fingerprint, model_path, options, storage.message());
  return LoadFromCache(cache_path, fingerprint, model_path, options);
}

Result<int64_t> EstimateModelBytes(const fs::path& model_path, const RecognizerOptions& options) {
  ASSIGN_OR_RETURN(const ModelFingerprint fingerprint, FingerprintModel(model_path));
  if (!options.cache_folder.empty()) {
    const auto packed = io::IdentifyFile(CachePath(model_path, options));
    if (packed.ok()) return static_cast<int64_t>(packed->size_bytes);
  }
  ASSIGN_OR_RETURN(const auto source, formats::OpenWeights(fingerprint.weight_files[0]));
  double elements = 0;
  for (const formats::TensorInfo& tensor : source->tensors()) {
    elements += static_cast<double>(CheckedProduct(tensor.shape).value_or(0));
  }
  return static_cast<int64_t>(elements * PackedBytesPerElement(options.compute));
}

Result<fs::path> PackModel(const fs::path& model_path, const RecognizerOptions& options) {
  ASSIGN_OR_RETURN(const ModelFingerprint fingerprint, FingerprintModel(model_path));
  const fs::path cache_path = CachePath(model_path, options);
  Status storage;
  RETURN_IF_ERROR(PackToFile(cache_path, fingerprint, options, storage));
  RETURN_IF_ERROR(storage);
  RETURN_IF_ERROR(LoadFromCache(cache_path, fingerprint, model_path, options).status());
  return cache_path;
}

}  // namespace ironscribe::engine
