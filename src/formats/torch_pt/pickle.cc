#include "formats/torch_pt/pickle.h"

#include <bit>
#include <cstdio>
#include <optional>
#include <string>
#include <unordered_map>

#include "formats/torch_pt/pickle_globals.h"
#include "io/byte_reader.h"

// Opcodes and their arguments as documented in Python's pickletools. torch.save writes protocol 2;
// the few opcodes of protocols 4 and 5 that plain data needs are read too.

namespace ironscribe::formats {
namespace {

using Kind = PickleValue::Kind;

// Whisper large-v3 needs about 14,000 values.
constexpr size_t kMaxValues = 1 << 20;
constexpr uint8_t kMaxProtocol = 5;
// What torch.save stores integers in.
constexpr size_t kMaxLongBytes = 8;
constexpr size_t kMaxRank = 8;

class Machine {
 public:
  Machine(std::string_view bytes, std::string_view name)
      : name_(name), reader_(std::as_bytes(std::span(bytes)), name) {}

  Result<Pickle> Run() {
    while (true) {
      ASSIGN_OR_RETURN(const auto opcode, reader_.Read<uint8_t>());
      if (opcode == '.') break;
      RETURN_IF_ERROR(Step(opcode));
      if (pickle_.values.size() > kMaxValues) {
        return ResourceExhaustedError(name_ + ": the pickle holds more than " +
                                      std::to_string(kMaxValues) + " values");
      }
    }
    if (stack_.size() != 1 || !marks_.empty()) return reader_.Error("pickle ends in disorder");
    pickle_.root = stack_[0];
    return std::move(pickle_);
  }

 private:
  // Groups of opcodes; each returns nothing when the opcode is not of its group.
  Status Step(uint8_t opcode) {
    if (auto status = Literal(opcode)) return *status;
    if (auto status = Container(opcode)) return *status;
    if (auto status = Memo(opcode)) return *status;
    if (auto status = Reference(opcode)) return *status;
    char hex[8];
    std::snprintf(hex, sizeof(hex), "0x%02x", opcode);
    return PermissionDeniedError(
        reader_
            .Error(std::string("pickle operation ") + hex +
                   " is not one that plain tensors need; refused, as it could run code")
            .message());
  }

  std::optional<Status> Literal(uint8_t opcode) {
    switch (opcode) {
      case 'N':
        return Push({});
      case 0x88:  // NEWTRUE
      case 0x89:  // NEWFALSE
        return Push({.kind = Kind::kBool, .integer = opcode == 0x88});
      case 'J':  // BININT
        return PushInteger<int32_t>();
      case 'K':  // BININT1
        return PushInteger<uint8_t>();
      case 'M':  // BININT2
        return PushInteger<uint16_t>();
      case 0x8a:  // LONG1
        return PushLong();
      case 'G':  // BINFLOAT
        return PushFloat();
      case 'X':  // BINUNICODE
      case 'T':  // BINSTRING
        return PushText<uint32_t>();
      case 0x8c:  // SHORT_BINUNICODE
      case 'U':   // SHORT_BINSTRING
        return PushText<uint8_t>();
      case 0x8d:  // BINUNICODE8
        return PushText<uint64_t>();
      default:
        return std::nullopt;
    }
  }

  std::optional<Status> Container(uint8_t opcode) {
    switch (opcode) {
      case '(':
        marks_.push_back(stack_.size());
        return OkStatus();
      case ')':
        return Push({.kind = Kind::kTuple});
      case ']':
        return Push({.kind = Kind::kList});
      case '}':
        return Push({.kind = Kind::kDictionary});
      case 't':
        return Collect(Kind::kTuple);
      case 'l':
        return Collect(Kind::kList);
      case 'd':
        return Collect(Kind::kDictionary);
      case 0x85:  // TUPLE1
      case 0x86:  // TUPLE2
      case 0x87:  // TUPLE3
        return MakeTuple(opcode - 0x84u);
      case 'a':  // APPEND
        return Extend(Kind::kList, 1);
      case 'e':  // APPENDS
        return ExtendFromMark(Kind::kList);
      case 's':  // SETITEM
        return Extend(Kind::kDictionary, 2);
      case 'u':  // SETITEMS
        return ExtendFromMark(Kind::kDictionary);
      default:
        return std::nullopt;
    }
  }

  std::optional<Status> Memo(uint8_t opcode) {
    switch (opcode) {
      case 0x80:  // PROTO
        return CheckProtocol();
      case 0x95:  // FRAME: a hint for readers from a stream.
        return reader_.ReadBytes(sizeof(uint64_t)).status();
      case 'q':  // BINPUT
        return Remember<uint8_t>();
      case 'r':  // LONG_BINPUT
        return Remember<uint32_t>();
      case 0x94:  // MEMOIZE
        return RememberAs(static_cast<uint32_t>(memo_.size()));
      case 'h':  // BINGET
        return Recall<uint8_t>();
      case 'j':  // LONG_BINGET
        return Recall<uint32_t>();
      default:
        return std::nullopt;
    }
  }

  std::optional<Status> Reference(uint8_t opcode) {
    switch (opcode) {
      case 'c':
        return ReadGlobal();
      case 0x93:  // STACK_GLOBAL
        return StackGlobal();
      case 'Q':  // BINPERSID
        return MakeStorage();
      case 'R':
        return Reduce();
      case 'b':
        return Build();
      default:
        return std::nullopt;
    }
  }

  Status CheckProtocol() {
    ASSIGN_OR_RETURN(const auto protocol, reader_.Read<uint8_t>());
    if (protocol > kMaxProtocol) {
      return reader_.Error("pickle protocol " + std::to_string(protocol) + " is unknown");
    }
    return OkStatus();
  }

  // --- The stack ---

  Status Push(PickleValue value) {
    stack_.push_back(static_cast<PickleIndex>(pickle_.values.size()));
    pickle_.values.push_back(std::move(value));
    return OkStatus();
  }

  // Values below the innermost mark are out of reach.
  size_t Available() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }

  Result<PickleIndex> Pop() {
    if (Available() == 0) return reader_.Error("pickle takes a value that is not there");
    const PickleIndex index = stack_.back();
    stack_.pop_back();
    return index;
  }

  Result<std::vector<PickleIndex>> PopMany(size_t count) {
    if (Available() < count) return reader_.Error("pickle takes values that are not there");
    std::vector<PickleIndex> items(stack_.end() - static_cast<ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return items;
  }

  Result<std::vector<PickleIndex>> PopToMark() {
    if (marks_.empty()) return reader_.Error("pickle closes a group that it never opened");
    ASSIGN_OR_RETURN(auto items, PopMany(Available()));
    marks_.pop_back();
    return items;
  }

  // --- Literals ---

  template <typename T>
  Status PushInteger() {
    ASSIGN_OR_RETURN(const T value, reader_.Read<T>());
    return Push({.kind = Kind::kInteger, .integer = value});
  }

  Status PushLong() {
    ASSIGN_OR_RETURN(const auto size_bytes, reader_.Read<uint8_t>());
    if (size_bytes > kMaxLongBytes) return reader_.Error("an integer has more than 64 bits");
    ASSIGN_OR_RETURN(const io::Bytes bytes, reader_.ReadBytes(size_bytes));
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.size(); ++i) {
      value |= static_cast<uint64_t>(bytes[i]) << (8 * i);
    }
    const bool is_negative = !bytes.empty() && (bytes.back() & std::byte{0x80}) != std::byte{0};
    if (is_negative && size_bytes < kMaxLongBytes) value |= ~uint64_t{0} << (8 * size_bytes);
    return Push({.kind = Kind::kInteger, .integer = static_cast<int64_t>(value)});
  }

  Status PushFloat() {
    ASSIGN_OR_RETURN(const auto big_endian, reader_.Read<uint64_t>());
    return Push(
        {.kind = Kind::kFloat, .number = std::bit_cast<double>(__builtin_bswap64(big_endian))});
  }

  template <typename Size>
  Status PushText() {
    ASSIGN_OR_RETURN(const Size size_bytes, reader_.Read<Size>());
    ASSIGN_OR_RETURN(const std::string_view text, reader_.ReadString(size_bytes));
    return Push({.kind = Kind::kText, .text = text});
  }

  // --- Containers ---

  Status MakeTuple(size_t count) {
    ASSIGN_OR_RETURN(auto items, PopMany(count));
    return Push({.kind = Kind::kTuple, .items = std::move(items)});
  }

  Status Collect(Kind kind) {
    ASSIGN_OR_RETURN(auto items, PopToMark());
    if (kind == Kind::kDictionary && items.size() % 2 != 0) {
      return reader_.Error("a dictionary has a key without a value");
    }
    return Push({.kind = kind, .items = std::move(items)});
  }

  Status Extend(Kind kind, size_t count) {
    ASSIGN_OR_RETURN(auto items, PopMany(count));
    return AppendTo(kind, items);
  }

  Status ExtendFromMark(Kind kind) {
    ASSIGN_OR_RETURN(auto items, PopToMark());
    return AppendTo(kind, items);
  }

  Status AppendTo(Kind kind, const std::vector<PickleIndex>& items) {
    if (Available() == 0 || Top().kind != kind ||
        (kind == Kind::kDictionary && items.size() % 2 != 0)) {
      return reader_.Error("pickle adds items to something that cannot take them");
    }
    auto& target = Top().items;
    target.insert(target.end(), items.begin(), items.end());
    return OkStatus();
  }

  PickleValue& Top() { return pickle_.values[stack_.back()]; }

  // --- The memo ---

  Status RememberAs(uint32_t key) {
    if (Available() == 0) return reader_.Error("pickle remembers a value that is not there");
    memo_[key] = stack_.back();
    return OkStatus();
  }

  template <typename Key>
  Status Remember() {
    ASSIGN_OR_RETURN(const Key key, reader_.Read<Key>());
    return RememberAs(key);
  }

  template <typename Key>
  Status Recall() {
    ASSIGN_OR_RETURN(const Key key, reader_.Read<Key>());
    const auto found = memo_.find(key);
    if (found == memo_.end()) return reader_.Error("pickle recalls a value that it never stored");
    stack_.push_back(found->second);
    return OkStatus();
  }

  // --- Names and what is made with them ---

  Result<std::string_view> ReadLine() {
    const size_t begin = reader_.offset();
    while (true) {
      ASSIGN_OR_RETURN(const auto byte, reader_.Read<char>());
      if (byte == '\n') break;
    }
    const size_t end = reader_.offset();
    RETURN_IF_ERROR(reader_.Seek(begin));
    ASSIGN_OR_RETURN(const std::string_view line, reader_.ReadString(end - begin));
    return line.substr(0, line.size() - 1);
  }

  Status ReadGlobal() {
    ASSIGN_OR_RETURN(const std::string_view module, ReadLine());
    ASSIGN_OR_RETURN(const std::string_view name, ReadLine());
    return PushGlobal(module, name);
  }

  Status StackGlobal() {
    ASSIGN_OR_RETURN(const auto items, PopMany(2));
    const PickleValue& module = pickle_.at(items[0]);
    const PickleValue& name = pickle_.at(items[1]);
    if (module.kind != Kind::kText || name.kind != Kind::kText) {
      return reader_.Error("a global's name is not text");
    }
    return PushGlobal(module.text, name.text);
  }

  Status PushGlobal(std::string_view module, std::string_view name) {
    const PickleGlobalInfo* info = FindPickleGlobal(module, name);
    if (info == nullptr) {
      constexpr size_t kShownBytes = 200;
      return PermissionDeniedError(
          name_ + ": the pickle asks for '" + std::string(module.substr(0, kShownBytes)) + "." +
          std::string(name.substr(0, kShownBytes)) +
          "', which a checkpoint of tensors does not need; refused, as it could run code. Save the "
          "state dict alone, or as safetensors");
    }
    return Push({.kind = Kind::kGlobal,
                 .encoding = info->encoding,
                 .integer = static_cast<int64_t>(info->global),
                 .text = info->name});
  }

  bool IsGlobal(const PickleValue& value, PickleGlobal global) const {
    return value.kind == Kind::kGlobal && value.integer == static_cast<int64_t>(global);
  }

  // ('storage', type, key, location, number of elements).
  Status MakeStorage() {
    ASSIGN_OR_RETURN(const PickleIndex index, Pop());
    const PickleValue& id = pickle_.at(index);
    const auto item = [&](size_t i) -> const PickleValue& { return pickle_.at(id.items[i]); };
    if (id.kind != Kind::kTuple || id.items.size() != 5 || item(0).kind != Kind::kText ||
        item(0).text != "storage" || !IsGlobal(item(1), PickleGlobal::kStorage) ||
        item(2).kind != Kind::kText || item(4).kind != Kind::kInteger || item(4).integer < 0) {
      return reader_.Error("a persistent id is not a tensor's storage");
    }
    return Push({.kind = Kind::kStorage,
                 .encoding = item(1).encoding,
                 .integer = item(4).integer,
                 .text = item(2).text});
  }

  Status Reduce() {
    ASSIGN_OR_RETURN(const auto items, PopMany(2));
    return Call(items[0], items[1]);
  }

  // The few calls that checkpoints contain, done without calling anything.
  Status Call(PickleIndex callee_index, PickleIndex arguments_index) {
    const PickleValue& callee = pickle_.at(callee_index);
    const PickleValue& arguments = pickle_.at(arguments_index);
    if (callee.kind != Kind::kGlobal || arguments.kind != Kind::kTuple) {
      return reader_.Error("pickle calls something that is not a known function");
    }
    const std::vector<PickleIndex>& items = arguments.items;
    switch (static_cast<PickleGlobal>(callee.integer)) {
      case PickleGlobal::kOrderedDict:
        if (!items.empty()) break;
        return Push({.kind = Kind::kDictionary});
      case PickleGlobal::kSize:
        if (items.size() != 1 || pickle_.at(items[0]).kind != Kind::kTuple) break;
        stack_.push_back(items[0]);
        return OkStatus();
      case PickleGlobal::kRebuildTensor:
        return MakeTensor(items);
      case PickleGlobal::kRebuildParameter:  // (tensor, requires_grad, hooks).
        if (items.empty() || pickle_.at(items[0]).kind != Kind::kTensor) break;
        stack_.push_back(items[0]);
        return OkStatus();
      case PickleGlobal::kRebuildFromType:  // (function, type, arguments, state).
        if (items.size() != 4 || !IsGlobal(pickle_.at(items[0]), PickleGlobal::kRebuildTensor) ||
            !IsGlobal(pickle_.at(items[1]), PickleGlobal::kTensorType) ||
            pickle_.at(items[2]).kind != Kind::kTuple) {
          break;
        }
        return MakeTensor(pickle_.at(items[2]).items);
      case PickleGlobal::kTensorType:
      case PickleGlobal::kStorage:
        break;
    }
    return reader_.Error("pickle calls '" + std::string(callee.text) +
                         "' with arguments that it does not take");
  }

  bool IsShape(PickleIndex index) const {
    const PickleValue& tuple = pickle_.at(index);
    if (tuple.kind != Kind::kTuple || tuple.items.size() > kMaxRank) return false;
    for (const PickleIndex item : tuple.items) {
      if (pickle_.at(item).kind != Kind::kInteger) return false;
    }
    return true;
  }

  // (storage, offset, sizes, strides, requires_grad, hooks[, metadata]).
  Status MakeTensor(const std::vector<PickleIndex>& items) {
    if (items.size() < 4 || items.size() > 7 || pickle_.at(items[0]).kind != Kind::kStorage ||
        pickle_.at(items[1]).kind != Kind::kInteger || !IsShape(items[2]) || !IsShape(items[3])) {
      return reader_.Error("a tensor's description is of the wrong kind");
    }
    return Push({.kind = Kind::kTensor,
                 .items = std::vector<PickleIndex>(items.begin(), items.begin() + 4)});
  }

  // Sets attributes: torch.save gives a state dict its version numbers this way. They are dropped.
  Status Build() {
    ASSIGN_OR_RETURN(const PickleIndex state, Pop());
    if (Available() == 0 || Top().kind != Kind::kDictionary ||
        pickle_.at(state).kind != Kind::kDictionary) {
      return PermissionDeniedError(
          reader_.Error("pickle restores an object's state; refused, as it could run code")
              .message());
    }
    return OkStatus();
  }

  std::string name_;
  io::ByteReader reader_;
  Pickle pickle_;
  std::vector<PickleIndex> stack_;
  std::vector<size_t> marks_;  // Heights of the stack.
  std::unordered_map<uint32_t, PickleIndex> memo_;
};

}  // namespace

const PickleValue* Pickle::Lookup(const PickleValue& dictionary, std::string_view key) const {
  for (size_t i = dictionary.items.size(); i >= 2; i -= 2) {
    const PickleValue& candidate = values[dictionary.items[i - 2]];
    if (candidate.kind == PickleValue::Kind::kText && candidate.text == key) {
      return &values[dictionary.items[i - 1]];
    }
  }
  return nullptr;
}

Result<Pickle> ParsePickle(std::string_view bytes, std::string_view name) {
  return Machine(bytes, name).Run();
}

}  // namespace ironscribe::formats
