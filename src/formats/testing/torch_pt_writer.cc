#include <zlib.h>

#include <cstdlib>

#include "base/check.h"
#include "formats/testing/checkpoint_writer.h"
#include "formats/testing/encode.h"

namespace ironscribe::formats::testing {
namespace {

constexpr size_t kAlignmentBytes = 64;  // Of torch.save's storages.
constexpr size_t kLocalHeaderBytes = 30;

// --- Pickle, protocol 2 ---

void PutText(std::string* out, const std::string& text) {
  out->push_back('X');
  Put(out, static_cast<uint32_t>(text.size()));
  *out += text;
}

void PutInteger(std::string* out, int64_t value) {
  out->push_back('J');
  Put(out, static_cast<int32_t>(value));
}

void PutTuple(std::string* out, const tensor::Shape& values) {
  out->push_back('(');
  for (const int64_t value : values) PutInteger(out, value);
  out->push_back('t');
}

std::string StorageName(Encoding type) {
  switch (type) {
    case Encoding::kFloat32:
      return "FloatStorage";
    case Encoding::kFloat16:
      return "HalfStorage";
    case Encoding::kBFloat16:
      return "BFloat16Storage";
    default:
      IRONSCRIBE_CHECK(false);
  }
}

const std::string kEmptyOrderedDict = "ccollections\nOrderedDict\n)R";

void PutTensor(std::string* out, const CheckpointTensor& tensor, Encoding type,
               const std::string& key) {
  *out += "ctorch._utils\n_rebuild_tensor_v2\n((";
  PutText(out, "storage");
  *out += "ctorch\n" + StorageName(type) + "\n";
  PutText(out, key);
  PutText(out, "cpu");
  PutInteger(out, static_cast<int64_t>(tensor.values.size()));
  *out += "tQ";
  PutInteger(out, 0);
  PutTuple(out, tensor.shape);
  tensor::Shape strides(tensor.shape.size());
  int64_t stride = 1;
  for (size_t d = strides.size(); d-- > 0; stride *= tensor.shape[d]) strides[d] = stride;
  PutTuple(out, strides);
  out->push_back('\x89');
  *out += kEmptyOrderedDict + "tR";
}

void PutStateDict(std::string* out, const Checkpoint& checkpoint, Encoding type) {
  *out += kEmptyOrderedDict + "(";
  for (size_t i = 0; i < checkpoint.tensors.size(); ++i) {
    PutText(out, checkpoint.tensors[i].name);
    PutTensor(out, checkpoint.tensors[i], type, std::to_string(i));
  }
  out->push_back('u');
  // Modules add their version numbers as an attribute.
  *out += "}";
  PutText(out, "_metadata");
  *out += kEmptyOrderedDict + "sb";
}

std::string MakePickle(const Checkpoint& checkpoint, Encoding type) {
  std::string out = "\x80\x02";
  if (checkpoint.metadata.empty()) {
    PutStateDict(&out, checkpoint, type);
    return out + ".";
  }
  out += "}(";
  PutText(&out, "dims");
  out += "}(";
  for (const auto& [key, value] : checkpoint.metadata) {
    PutText(&out, key);
    PutInteger(&out, std::atoi(value.c_str()));
  }
  out += "u";
  PutText(&out, "model_state_dict");
  PutStateDict(&out, checkpoint, type);
  return out + "u.";
}

}  // namespace

std::string MakeZip(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string body, directory;
  for (const auto& [name, content] : members) {
    const size_t offset = body.size();
    // An extra field of free content brings the data to its alignment.
    const size_t data = offset + kLocalHeaderBytes + name.size() + 4;
    const size_t padding = (kAlignmentBytes - data % kAlignmentBytes) % kAlignmentBytes;
    std::string fields;
    for (const uint16_t field : {0, 0, 0, 0, 0}) Put(&fields, field);
    Put(&fields, static_cast<uint32_t>(
                     crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size())));
    Put(&fields, static_cast<uint32_t>(content.size()));
    Put(&fields, static_cast<uint32_t>(content.size()));
    Put(&fields, static_cast<uint16_t>(name.size()));
    body += "PK\x03\x04" + fields;
    Put(&body, static_cast<uint16_t>(padding + 4));
    body += name + "FB";
    Put(&body, static_cast<uint16_t>(padding));
    body += std::string(padding, 'Z') + content;
    // Between name length and offset: extra and comment lengths, disk, attributes.
    directory += "PK\x01\x02" + std::string(2, '\0') + fields + std::string(12, '\0');
    Put(&directory, static_cast<uint32_t>(offset));
    directory += name;
  }
  const auto count = static_cast<uint16_t>(members.size());
  std::string end = "PK\x05\x06" + std::string(4, '\0');
  Put(&end, count);
  Put(&end, count);
  Put(&end, static_cast<uint32_t>(directory.size()));
  Put(&end, static_cast<uint32_t>(body.size()));
  Put(&end, uint16_t{0});
  return body + directory + end;
}

std::string MakeTorchPt(const Checkpoint& checkpoint, Encoding type) {
  std::vector<std::pair<std::string, std::string>> members = {
      {"archive/data.pkl", MakePickle(checkpoint, type)}, {"archive/byteorder", "little"}};
  for (size_t i = 0; i < checkpoint.tensors.size(); ++i) {
    members.emplace_back("archive/data/" + std::to_string(i),
                         Encode(type, checkpoint.tensors[i].values));
  }
  members.emplace_back("archive/version", "3\n");
  return MakeZip(members);
}

}  // namespace ironscribe::formats::testing
