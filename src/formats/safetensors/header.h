// The JSON header of a safetensors file, checked against the file it describes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "formats/element_conversion.h"
#include "formats/file_bytes.h"

namespace ironscribe::formats {

struct SafetensorsEntry {
  std::string name;
  tensor::Shape shape;
  Encoding encoding = Encoding::kFloat32;
  io::Bytes bytes;
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;
  std::map<std::string, std::string> metadata;
};

// Errors: DataLoss for anything that breaks the format's rules, holes, overlaps and duplicate names
// included; Unimplemented for other element types.
Result<SafetensorsHeader> ParseSafetensorsHeader(const FileBytes& file);

}  // namespace ironscribe::formats
