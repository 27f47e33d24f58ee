// A restricted reader of the pickles that torch.save writes. It builds plain data (numbers, text,
// tuples, lists, dictionaries, tensor descriptions) and never calls anything: a name outside a
// fixed list, or an operation that could construct an object, is refused with the name in the
// message.
//
// Values refer to each other by index, so that shared and self-containing structures cost no more
// than the pickle's own size. Text points into the pickle, which must outlive the result.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "formats/element_conversion.h"

namespace ironscribe::formats {

using PickleIndex = uint32_t;

struct PickleValue {
  enum class Kind : uint8_t {
    kNone,
    kBool,
    kInteger,
    kFloat,
    kText,
    kTuple,
    kList,
    kDictionary,
    kGlobal,   // text: "module.name", one of the allowed ones.
    kStorage,  // text: the key of its bytes; integer: number of elements; encoding.
    kTensor,   // items: storage, offset, sizes, strides; all of the right kinds.
  };

  Kind kind = Kind::kNone;
  Encoding encoding = Encoding::kFloat32;
  int64_t integer = 0;
  double number = 0;
  std::string_view text = {};
  std::vector<PickleIndex> items = {};  // A dictionary's keys and values alternate.
};

struct Pickle {
  std::vector<PickleValue> values;
  PickleIndex root = 0;

  const PickleValue& at(PickleIndex index) const { return values[index]; }
  // The value of a text key (the last one set), or null.
  const PickleValue* Lookup(const PickleValue& dictionary, std::string_view key) const;
};

// `name` starts error messages. Errors: DataLoss for a damaged pickle, PermissionDenied for one
// that asks for code, ResourceExhausted for one beyond the limits.
Result<Pickle> ParsePickle(std::string_view bytes, std::string_view name);

}  // namespace ironscribe::formats
