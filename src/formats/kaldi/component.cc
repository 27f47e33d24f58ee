#include "formats/kaldi/component.h"

#include <algorithm>
#include <iterator>

#include "formats/kaldi/component_table.h"

namespace ironscribe::formats::kaldi {
namespace {

bool IsType(std::string_view token) {
  return token.size() > 2 && token.starts_with('<') && token.ends_with("Component>");
}

Status ReadValue(ObjectReader& reader, ComponentValue kind, const std::string& tag,
                 Component* component) {
  switch (kind) {
    case ComponentValue::kInt: {
      ASSIGN_OR_RETURN(component->numbers[tag], reader.ReadInt());
      return OkStatus();
    }
    case ComponentValue::kFloat: {
      ASSIGN_OR_RETURN(component->numbers[tag], reader.ReadFloat());
      return OkStatus();
    }
    case ComponentValue::kBool: {
      ASSIGN_OR_RETURN(component->numbers[tag], reader.ReadBool());
      return OkStatus();
    }
    case ComponentValue::kArray: {
      ASSIGN_OR_RETURN(component->arrays[tag], reader.ReadMatrix<float>());
      return OkStatus();
    }
    case ComponentValue::kInts: {
      ASSIGN_OR_RETURN(component->lists[tag], reader.ReadInts());
      return OkStatus();
    }
    case ComponentValue::kPairs: {
      ASSIGN_OR_RETURN(component->pairs[tag], reader.ReadIntPairs());
      return OkStatus();
    }
    case ComponentValue::kTwoInts: {
      RETURN_IF_ERROR(reader.ReadInt().status());
      return reader.ReadInt().status();
    }
    case ComponentValue::kTwoFloats: {
      RETURN_IF_ERROR(reader.ReadFloat().status());
      return reader.ReadFloat().status();
    }
    case ComponentValue::kNothing:
      return OkStatus();
  }
  return OkStatus();
}

}  // namespace

const Matrix* Component::Array(std::string_view tag) const {
  const auto found = arrays.find(tag);
  return found == arrays.end() ? nullptr : &found->second;
}

const std::vector<int32_t>* Component::List(std::string_view tag) const {
  const auto found = lists.find(tag);
  return found == lists.end() ? nullptr : &found->second;
}

double Component::Number(std::string_view tag, double otherwise) const {
  const auto found = numbers.find(tag);
  return found == numbers.end() ? otherwise : found->second;
}

Result<Component> ReadComponent(ObjectReader& reader) {
  ASSIGN_OR_RETURN(const std::string_view type, reader.ReadToken());
  if (!IsType(type)) return reader.Error("a component's type was expected");
  Component component;
  component.type = std::string(type.substr(1, type.size() - 2));
  const std::string end = "</" + component.type + ">";
  while (true) {
    ASSIGN_OR_RETURN(const std::string_view token, reader.ReadToken());
    if (token == end) return component;
    if (token.size() < 3 || !token.starts_with('<') || !token.ends_with('>')) {
      return reader.Error("a tag was expected in a " + component.type);
    }
    const std::string tag(token.substr(1, token.size() - 2));
    const ComponentTag* known = FindComponentTag(component.type, tag);
    if (known == nullptr) {
      return UnimplementedError(
          reader.Error("a " + component.type + " has the unknown tag '" + tag + "'").message());
    }
    RETURN_IF_ERROR(ReadValue(reader, known->kind, tag, &component));
  }
}

}  // namespace ironscribe::formats::kaldi
