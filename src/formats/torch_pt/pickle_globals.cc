#include "formats/torch_pt/pickle_globals.h"

namespace ironscribe::formats {
namespace {

constexpr PickleGlobalInfo kAllowed[] = {
    {"collections.OrderedDict", PickleGlobal::kOrderedDict},
    {"torch._utils._rebuild_tensor_v2", PickleGlobal::kRebuildTensor},
    {"torch._utils._rebuild_parameter", PickleGlobal::kRebuildParameter},
    {"torch._tensor._rebuild_from_type_v2", PickleGlobal::kRebuildFromType},
    {"torch.Size", PickleGlobal::kSize},
    {"torch.Tensor", PickleGlobal::kTensorType},
    {"torch.nn.parameter.Parameter", PickleGlobal::kTensorType},
    {"torch.nn.parameter.Buffer", PickleGlobal::kTensorType},
    {"torch.FloatStorage", PickleGlobal::kStorage, Encoding::kFloat32},
    {"torch.HalfStorage", PickleGlobal::kStorage, Encoding::kFloat16},
    {"torch.BFloat16Storage", PickleGlobal::kStorage, Encoding::kBFloat16},
    {"torch.DoubleStorage", PickleGlobal::kStorage, Encoding::kFloat64},
    {"torch.LongStorage", PickleGlobal::kStorage, Encoding::kInt64},
    {"torch.IntStorage", PickleGlobal::kStorage, Encoding::kInt32},
    {"torch.ShortStorage", PickleGlobal::kStorage, Encoding::kInt16},
    {"torch.CharStorage", PickleGlobal::kStorage, Encoding::kInt8},
    {"torch.ByteStorage", PickleGlobal::kStorage, Encoding::kUint8},
    {"torch.BoolStorage", PickleGlobal::kStorage, Encoding::kUint8},
};

}  // namespace

const PickleGlobalInfo* FindPickleGlobal(std::string_view module, std::string_view name) {
  for (const PickleGlobalInfo& info : kAllowed) {
    if (info.name.size() == module.size() + 1 + name.size() && info.name.starts_with(module) &&
        info.name.ends_with(name) && info.name[module.size()] == '.') {
      return &info;
    }
  }
  return nullptr;
}

}  // namespace ironscribe::formats
