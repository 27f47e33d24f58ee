#include "formats/kaldi/network.h"

#include <charconv>
#include <map>

namespace ironscribe::formats::kaldi {
namespace {

// As in kaldi/src/nnet3/nnet-nnet.cc.
constexpr int32_t kMaxComponents = 100000;

// "component-node name=a component=b input=Append(a, b)": a value ends where the next "key=" or
// the line does.
using Fields = std::map<std::string_view, std::string_view>;

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

Fields SplitFields(std::string_view line) {
  Fields fields;
  size_t equals = line.find('=');
  while (equals != std::string_view::npos) {
    const size_t space = line.rfind(' ', equals);
    const std::string_view key =
        line.substr(space == std::string_view::npos ? 0 : space + 1,
                    space == std::string_view::npos ? equals : equals - space - 1);
    const size_t next = line.find('=', equals + 1);
    const size_t end = next == std::string_view::npos ? line.size() : line.rfind(' ', next);
    if (end == std::string_view::npos || end <= equals) break;
    fields[key] = Trimmed(line.substr(equals + 1, end - equals - 1));
    equals = next;
  }
  return fields;
}

Result<int32_t> IntField(const Fields& fields, std::string_view key) {
  const auto found = fields.find(key);
  int32_t value = 0;
  if (found == fields.end()) return DataLossError("no " + std::string(key));
  const char* end = found->second.data() + found->second.size();
  const auto parsed = std::from_chars(found->second.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end || value < 0) {
    return DataLossError(std::string(key) + " is no number");
  }
  return value;
}

Result<std::string> TextField(const Fields& fields, std::string_view key) {
  const auto found = fields.find(key);
  if (found == fields.end() || found->second.empty()) {
    return DataLossError("no " + std::string(key));
  }
  return std::string(found->second);
}

Result<NetworkNode> ParseNode(std::string_view kind, const Fields& fields) {
  NetworkNode node;
  ASSIGN_OR_RETURN(node.name, TextField(fields, "name"));
  if (kind == "input-node") {
    node.kind = NetworkNode::Kind::kInput;
    ASSIGN_OR_RETURN(node.dim, IntField(fields, "dim"));
    return node;
  }
  if (kind == "dim-range-node") {
    node.kind = NetworkNode::Kind::kDimRange;
    ASSIGN_OR_RETURN(node.dim, IntField(fields, "dim"));
    ASSIGN_OR_RETURN(node.dim_offset, IntField(fields, "dim-offset"));
    ASSIGN_OR_RETURN(node.input.name, TextField(fields, "input-node"));
    return node;
  }
  if (kind != "component-node" && kind != "output-node") {
    return DataLossError("unknown kind of line");
  }
  node.kind = kind == "output-node" ? NetworkNode::Kind::kOutput : NetworkNode::Kind::kComponent;
  if (node.kind == NetworkNode::Kind::kComponent) {
    ASSIGN_OR_RETURN(node.component, TextField(fields, "component"));
  }
  ASSIGN_OR_RETURN(const std::string input, TextField(fields, "input"));
  ASSIGN_OR_RETURN(node.input, ParseDescriptor(input));
  return node;
}

Status ReadNodes(ObjectReader& reader, Network* network) {
  while (true) {
    ASSIGN_OR_RETURN(const std::string_view line, reader.ReadLine());
    const std::string_view text = Trimmed(line);
    if (text.empty()) return OkStatus();
    const size_t space = text.find(' ');
    const std::string_view kind = text.substr(0, space);
    const Fields fields =
        space == std::string_view::npos ? Fields() : SplitFields(Trimmed(text.substr(space)));
    Result<NetworkNode> node = ParseNode(kind, fields);
    if (!node.ok()) {
      return node.status().Annotate("line '" + std::string(text.substr(0, 100)) + "'");
    }
    network->nodes.push_back(std::move(node).value());
  }
}

}  // namespace

const NetworkNode* Network::Node(std::string_view name) const {
  for (const NetworkNode& node : nodes) {
    if (node.name == name) return &node;
  }
  return nullptr;
}

const Component* Network::FindComponent(std::string_view name) const {
  for (const Component& component : components) {
    if (component.name == name) return &component;
  }
  return nullptr;
}

Result<Network> ReadNetwork(ObjectReader& reader) {
  RETURN_IF_ERROR(reader.Expect("<Nnet3>"));
  ASSIGN_OR_RETURN(const std::string_view rest, reader.ReadLine());
  if (!Trimmed(rest).empty()) return reader.Error("text behind <Nnet3>");
  Network network;
  RETURN_IF_ERROR(ReadNodes(reader, &network));
  RETURN_IF_ERROR(reader.Expect("<NumComponents>"));
  ASSIGN_OR_RETURN(const int32_t num_components, reader.ReadInt());
  if (num_components < 0 || num_components > kMaxComponents) {
    return reader.Error("an impossible number of components");
  }
  for (int32_t i = 0; i < num_components; ++i) {
    RETURN_IF_ERROR(reader.Expect("<ComponentName>"));
    ASSIGN_OR_RETURN(const std::string_view name, reader.ReadToken());
    Result<Component> component = ReadComponent(reader);
    if (!component.ok()) {
      return component.status().Annotate("component '" + std::string(name) + "'");
    }
    component->name = std::string(name);
    network.components.push_back(std::move(component).value());
  }
  RETURN_IF_ERROR(reader.Expect("</Nnet3>"));
  return network;
}

}  // namespace ironscribe::formats::kaldi
