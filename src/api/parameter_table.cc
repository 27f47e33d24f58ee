#include "api/parameter_table.h"

namespace ironscribe::api {

std::string_view TreatmentName(Treatment treatment) {
  switch (treatment) {
    case Treatment::kHonoured:
      return "honoured";
    case Treatment::kRefused:
      return "refused";
    case Treatment::kHint:
      return "hint";
  }
  return "";
}

std::string WriteParameterTable(std::span<const ParameterDescription> rows) {
  std::string table = "| parameter | | what it does |\n|---|---|---|\n";
  for (const ParameterDescription& row : rows) {
    table += fmt::format("| `{}` | {} | {} |\n", row.name, TreatmentName(row.treatment), row.note);
  }
  return table;
}

}  // namespace ironscribe::api
