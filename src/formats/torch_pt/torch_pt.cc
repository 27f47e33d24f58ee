#include "formats/torch_pt/torch_pt.h"

#include <string>

#include "base/safe_math.h"
#include "formats/tensor_table.h"
#include "formats/torch_pt/pickle.h"
#include "formats/zip/zip_file.h"

namespace ironscribe::formats {
namespace {

using Kind = PickleValue::Kind;

// Whisper large-v3's has 0.3 MB.
constexpr uint64_t kMaxPickleBytes = 16 << 20;
constexpr uint64_t kMaxByteOrderBytes = 16;
// State dicts nest once or twice; deeper dictionaries are not looked into.
constexpr int kMaxDepth = 4;
constexpr size_t kMaxTextBytes = 16 << 20;
constexpr size_t kMaxVisitedItems = 1 << 20;
constexpr std::string_view kPickleName = "data.pkl";
constexpr uint8_t kProtocolOpcode = 0x80;

// Walks the pickled data and fills the table.
class Reader {
 public:
  Reader(FileBytes file, const ZipFile& zip, std::string root)
      : file_(std::move(file)),
        zip_(zip),
        root_(std::move(root)),
        table_(std::make_unique<TensorTable>("pytorch")) {
    table_->AddFile(file_);
  }

  Result<std::unique_ptr<WeightSource>> Run(const Pickle& pickle) {
    const PickleValue& top = pickle.at(pickle.root);
    if (top.kind != Kind::kDictionary) return Error("does not hold a dictionary of tensors");
    const PickleValue* state = &top;
    for (const std::string_view key : {"model_state_dict", "state_dict"}) {
      const PickleValue* nested = pickle.Lookup(top, key);
      if (nested == nullptr || nested->kind != Kind::kDictionary) continue;
      state = nested;
      RETURN_IF_ERROR(AddSettings(pickle, top));
      break;
    }
    RETURN_IF_ERROR(AddDictionary(pickle, *state, "", 0));
    if (table_->tensors().empty()) return Error("holds no tensors");
    table_->Finish();
    return std::unique_ptr<WeightSource>(std::move(table_));
  }

 private:
  Status Error(const std::string& what) const {
    return DataLossError(file_.name() + ": the PyTorch checkpoint " + what);
  }

  // Plain values beside the state dict; those of "dims" under their own names.
  Status AddSettings(const Pickle& pickle, const PickleValue& top) {
    for (size_t i = 0; i + 1 < top.items.size(); i += 2) {
      const PickleValue& key = pickle.at(top.items[i]);
      const PickleValue& value = pickle.at(top.items[i + 1]);
      RETURN_IF_ERROR(Visit());
      if (key.kind != Kind::kText) continue;
      if (key.text == "dims" && value.kind == Kind::kDictionary) {
        for (size_t j = 0; j + 1 < value.items.size(); j += 2) {
          RETURN_IF_ERROR(Visit());
          RETURN_IF_ERROR(AddSetting(pickle.at(value.items[j]), pickle.at(value.items[j + 1]), ""));
        }
      } else {
        RETURN_IF_ERROR(AddSetting(key, value, ""));
      }
    }
    return OkStatus();
  }

  Status AddSetting(const PickleValue& key, const PickleValue& value, const std::string& prefix) {
    if (key.kind != Kind::kText) return OkStatus();
    std::string text;
    if (value.kind == Kind::kInteger || value.kind == Kind::kBool) {
      text = std::to_string(value.integer);
    } else if (value.kind == Kind::kFloat) {
      text = std::to_string(value.number);
    } else if (value.kind == Kind::kText) {
      text = value.text;
    } else {
      return OkStatus();
    }
    RETURN_IF_ERROR(Spend(prefix.size() + key.text.size() + text.size()));
    table_->SetMetadata(prefix + std::string(key.text), std::move(text));
    return OkStatus();
  }

  // A pickle can mention one text, or one dictionary, many times; what that multiplies is bounded.
  Status Spend(size_t text_bytes) {
    text_bytes_ += text_bytes;
    return text_bytes_ <= kMaxTextBytes ? OkStatus() : TooMuch();
  }
  Status Visit() { return ++visited_items_ <= kMaxVisitedItems ? OkStatus() : TooMuch(); }
  Status TooMuch() const {
    return ResourceExhaustedError(file_.name() +
                                  ": the PyTorch checkpoint has too many or too long names");
  }

  Status AddDictionary(const Pickle& pickle, const PickleValue& dictionary,
                       const std::string& prefix, int depth) {
    for (size_t i = 0; i + 1 < dictionary.items.size(); i += 2) {
      const PickleValue& key = pickle.at(dictionary.items[i]);
      const PickleValue& value = pickle.at(dictionary.items[i + 1]);
      RETURN_IF_ERROR(Visit());
      if (key.kind != Kind::kText) continue;
      RETURN_IF_ERROR(Spend(prefix.size() + key.text.size()));
      std::string name = prefix + std::string(key.text);
      if (value.kind == Kind::kTensor) {
        RETURN_IF_ERROR(AddTensor(pickle, value, std::move(name)));
      } else if (value.kind == Kind::kDictionary) {
        if (depth + 1 >= kMaxDepth) continue;
        RETURN_IF_ERROR(AddDictionary(pickle, value, name + ".", depth + 1));
      } else {
        RETURN_IF_ERROR(AddSetting(key, value, prefix));
      }
    }
    return OkStatus();
  }

  // The bytes of a storage, as many as its elements need.
  Result<io::Bytes> StorageBytes(const PickleValue& storage) const {
    const std::string member = root_ + "data/" + std::string(storage.text);
    const ZipEntry* entry = zip_.Find(member);
    if (entry == nullptr) return Error("lacks the member '" + member + "'");
    ASSIGN_OR_RETURN(const io::Bytes bytes, zip_.StoredBytes(*entry));
    const auto wanted = CheckedMultiply(static_cast<uint64_t>(storage.integer),
                                        UnitOf(storage.encoding).size_bytes);
    if (!wanted || *wanted > bytes.size()) {
      return Error("has " + std::to_string(bytes.size()) + " bytes in '" + member +
                   "', which is too few for its " + std::to_string(storage.integer) + " elements");
    }
    return bytes.first(*wanted);
  }

  Status AddTensor(const Pickle& pickle, const PickleValue& value, std::string name) {
    const PickleValue& storage = pickle.at(value.items[0]);
    const int64_t offset = pickle.at(value.items[1]).integer;
    StoredTensor tensor;
    tensor.encoding = storage.encoding;
    for (const PickleIndex item : pickle.at(value.items[2]).items) {
      tensor.shape.push_back(pickle.at(item).integer);
    }
    for (const PickleIndex item : pickle.at(value.items[3]).items) {
      tensor.strides.push_back(pickle.at(item).integer);
    }
    if (tensor.strides.size() != tensor.shape.size()) {
      return Error("describes tensor '" + name + "' with the wrong number of dimensions");
    }
    ASSIGN_OR_RETURN(const io::Bytes bytes, StorageBytes(storage));
    const size_t element_bytes = UnitOf(storage.encoding).size_bytes;
    if (offset < 0 || static_cast<uint64_t>(offset) > bytes.size() / element_bytes) {
      return Error("places tensor '" + name + "' outside its storage");
    }
    tensor.bytes = bytes.subspan(static_cast<uint64_t>(offset) * element_bytes);
    RETURN_IF_ERROR(UseContiguousLayout(name, &tensor));
    return table_->Add(std::move(name), std::move(tensor));
  }

  // Drops strides that say no more than the shape, which makes reading faster.
  Status UseContiguousLayout(const std::string& name, StoredTensor* tensor) const {
    const auto size_bytes = EncodedSizeBytes(tensor->encoding, tensor->shape);
    if (!size_bytes || *size_bytes > tensor->bytes.size()) {
      return Error("has tensor '" + name + "' " + tensor::ShapeToString(tensor->shape) +
                   ", which is larger than its storage");
    }
    uint64_t expected = 1;
    for (size_t d = tensor->shape.size(); d-- > 0;) {
      const auto dimension = static_cast<uint64_t>(tensor->shape[d]);
      if (*size_bytes > 0 && dimension != 1 &&
          static_cast<uint64_t>(tensor->strides[d]) != expected) {
        return OkStatus();
      }
      expected *= dimension;
    }
    tensor->strides.clear();
    tensor->bytes = tensor->bytes.first(*size_bytes);
    return OkStatus();
  }

  FileBytes file_;
  const ZipFile& zip_;
  std::string root_;
  std::unique_ptr<TensorTable> table_;
  size_t text_bytes_ = 0;
  size_t visited_items_ = 0;
};

// The folder inside the zip that everything lies in, with its slash.
Result<std::string> FindRoot(const ZipFile& zip) {
  for (const ZipEntry& entry : zip.entries()) {
    const size_t slash = entry.name.find('/');
    if (slash == std::string::npos || entry.name.substr(slash + 1) != kPickleName) continue;
    const std::string root = entry.name.substr(0, slash + 1);
    if (zip.Find(root + "constants.pkl") != nullptr) {
      return FailedPreconditionError(
          zip.file().name() +
          ": a TorchScript program, not a checkpoint; save its state dict with torch.save");
    }
    return root;
  }
  return DataLossError(zip.file().name() + ": a zip archive, but not a PyTorch checkpoint (no '*/" +
                       std::string(kPickleName) + "' in it)");
}

Status CheckByteOrder(const ZipFile& zip, const std::string& root) {
  const ZipEntry* entry = zip.Find(root + "byteorder");
  if (entry == nullptr) return OkStatus();  // Written since PyTorch 2.1 only.
  ASSIGN_OR_RETURN(const std::string order, zip.ReadMember(*entry, kMaxByteOrderBytes));
  if (order == "little") return OkStatus();
  return UnimplementedError(zip.file().name() + ": the checkpoint is not little-endian");
}

}  // namespace

Result<std::unique_ptr<WeightSource>> OpenTorchPt(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(FileBytes file, FileBytes::Map(path));
  return ParseTorchPt(std::move(file));
}

Result<std::unique_ptr<WeightSource>> ParseTorchPt(FileBytes file) {
  if (!file.bytes().empty() && file.bytes()[0] == std::byte{kProtocolOpcode}) {
    return FailedPreconditionError(
        file.name() +
        ": a bare pickle, as PyTorch wrote before 1.6; load it there and save it again with a "
        "newer torch.save, or as safetensors");
  }
  ASSIGN_OR_RETURN(const auto zip, ZipFile::FromBytes(file));
  ASSIGN_OR_RETURN(const std::string root, FindRoot(*zip));
  RETURN_IF_ERROR(CheckByteOrder(*zip, root));
  ASSIGN_OR_RETURN(const std::string text,
                   zip->ReadMember(*zip->Find(root + std::string(kPickleName)), kMaxPickleBytes));
  ASSIGN_OR_RETURN(const Pickle pickle, ParsePickle(text, file.name()));
  return Reader(std::move(file), *zip, root).Run(pickle);
}

}  // namespace ironscribe::formats
