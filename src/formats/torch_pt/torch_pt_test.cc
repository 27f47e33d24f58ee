#include "formats/torch_pt/torch_pt.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "formats/testing/checkpoint_writer.h"
#include "formats/testing/encode.h"
#include "formats/testing/robustness.h"

namespace ironscribe::formats {
namespace {

using testing::CutEverywhere;
using testing::MakeZip;
using testing::Mutate;
using testing::ParsedCopy;
using testing::ReadAll;
using testing::ReadEverything;
using Floats = std::vector<float>;

const std::string kTestData =
    std::string(IRONSCRIBE_SOURCE_DIR) + "/src/formats/torch_pt/testdata/";

// --- Pieces of pickles ---

std::string Text(const std::string& text) {
  std::string out = "X";
  testing::Put(&out, static_cast<uint32_t>(text.size()));
  return out + text;
}

std::string Integer(int64_t value) {
  std::string out = "\x8a\x08";
  testing::Put(&out, value);
  return out;
}

std::string Tuple(const std::vector<int64_t>& values) {
  std::string out = "(";
  for (const int64_t value : values) out += Integer(value);
  return out + "t";
}

struct View {
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
  int64_t offset = 0;
  int64_t storage_elements = 8;
  std::string key = "0";
};

std::string Tensor(const View& view) {
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + Text("storage") + "ctorch\nFloatStorage\n" +
         Text(view.key) + Text("cpu") + Integer(view.storage_elements) + "tQ" +
         Integer(view.offset) + Tuple(view.shape) + Tuple(view.strides) + "\x89NtR";
}

// A checkpoint whose data.pkl is PROTO 2, `body`, STOP; storage 0 holds 0, 1, ... 7.
std::string Archive(const std::string& body) {
  Floats values;
  for (int i = 0; i < 8; ++i) values.push_back(static_cast<float>(i));
  return MakeZip({{"a/data.pkl", "\x80\x02" + body + "."},
                  {"a/data/0", testing::Encode(Encoding::kFloat32, values)}});
}

std::string Dictionary(const std::string& items) { return "}(" + items + "u"; }

Status StatusOf(const std::string& body) {
  return ParsedCopy(Archive(body), ParseTorchPt).status();
}

void ExpectView(const View& view, const Floats& expected) {
  const ParsedCopy copy(Archive(Dictionary(Text("w") + Tensor(view))), ParseTorchPt);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  EXPECT_EQ(ReadAll(copy.source(), "w"), expected);
}

void ExpectViewRefused(const View& view) {
  const Status status = StatusOf(Dictionary(Text("w") + Tensor(view)));
  EXPECT_EQ(status.code(), StatusCode::kDataLoss) << status.ToString();
}

// --- What torch.save writes ---

TEST(TorchPtTest, ReadsAFileOfTorch) {
  const auto source = OpenTorchPt(kTestData + "views.pt");
  ASSERT_TRUE(source.ok()) << source.status().ToString();
  const WeightSource& pt = **source;
  Floats base, transposed;
  for (int i = 0; i < 24; ++i) base.push_back(static_cast<float>(i));
  for (int i = 0; i < 24; ++i) transposed.push_back(static_cast<float>(i / 4 + i % 4 * 6));
  EXPECT_EQ(ReadAll(pt, "base"), base);
  EXPECT_EQ(ReadAll(pt, "transposed"), transposed);
  EXPECT_EQ(pt.Find("transposed")->shape, (tensor::Shape{6, 4}));
  EXPECT_EQ(ReadAll(pt, "column"), (Floats{2, 8, 14, 20}));
  EXPECT_EQ(ReadAll(pt, "rows_reversed_order"), (Floats{6, 8, 10, 12, 14, 16}));
  EXPECT_EQ(ReadAll(pt, "shared"), (Floats{12, 13, 14, 15, 16, 17}));
  EXPECT_EQ(ReadAll(pt, "parameter"), (Floats{1.5f, -2.5f}));
  EXPECT_EQ(ReadAll(pt, "half"), (Floats{0.5f, -65504.0f}));
  EXPECT_EQ(ReadAll(pt, "bfloat"), (Floats{3.0f, 0x1.94p+99f}));  // 1e30 with 8 bits.
  EXPECT_EQ(ReadAll(pt, "double"), (Floats{1e-3f}));
  EXPECT_EQ(ReadAll(pt, "integers"), (Floats{-5.0f, 0x1p40f}));
  EXPECT_EQ(ReadAll(pt, "flags"), (Floats{1, 0, 1}));
  EXPECT_EQ(ReadAll(pt, "scalar"), (Floats{7}));
  EXPECT_EQ(ReadAll(pt, "empty"), Floats{});
  EXPECT_EQ(ReadAll(pt, "nested.weight"), (Floats{1, 2}));
  EXPECT_EQ(ReadAll(pt, "nested.bias"), (Floats{3}));
  EXPECT_EQ(pt.tensors().size(), 15u);
  EXPECT_EQ(pt.metadata().at("n_mels"), "80");
  EXPECT_EQ(pt.metadata().at("n_vocab"), "51864");
  EXPECT_EQ(pt.metadata().at("epoch"), "3");
}

TEST(TorchPtTest, AnyRangeOfAStridedView) {
  const auto source = OpenTorchPt(kTestData + "views.pt");
  ASSERT_TRUE(source.ok());
  const Floats whole = ReadAll(**source, "transposed");
  for (size_t begin = 0; begin < whole.size(); ++begin) {
    for (size_t end = begin; end <= whole.size(); ++end) {
      Floats part(end - begin);
      ASSERT_TRUE((*source)->Read("transposed", begin, part).ok());
      EXPECT_TRUE(
          std::equal(part.begin(), part.end(), whole.begin() + static_cast<ptrdiff_t>(begin)));
    }
  }
}

TEST(TorchPtTest, LegacyPicklesAreRefusedWithAdvice) {
  const auto source = OpenTorchPt(kTestData + "legacy.pt");
  EXPECT_EQ(source.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(source.status().message().find("save it again"), std::string::npos);
}

// --- Code is refused by name ---

TEST(TorchPtTest, CodeIsRefusedByName) {
  const std::pair<std::string, std::string> cases[] = {
      {"cos\nsystem\n(" + Text("true") + "tR", "os.system"},
      {"cbuiltins\neval\n(" + Text("1") + "tR", "builtins.eval"},
      {Text("posix") + Text("system") + "\x93(" + Text("true") + "tR", "posix.system"},
      {"ctorch._utils\n_rebuild_tensor_v3\n)R", "torch._utils._rebuild_tensor_v3"},
      {"ctorch.storage\n_load_from_bytes\n)R", "torch.storage._load_from_bytes"},
      // The dot must not be where it pleases.
      {"ctorch._utils._rebuild\ntensor_v2\n)R", "torch._utils._rebuild.tensor_v2"},
      {"c\ncollections.OrderedDict\n)R", "'.collections.OrderedDict'"},
      {Dictionary(Text("w") + "cnumpy\nndarray\n"), "numpy.ndarray"},
  };
  for (const auto& [body, name] : cases) {
    const Status status = StatusOf(body);
    EXPECT_EQ(status.code(), StatusCode::kPermissionDenied) << name;
    EXPECT_NE(status.message().find(name), std::string::npos) << status.ToString();
    EXPECT_NE(status.message().find("could run code"), std::string::npos);
  }
}

TEST(TorchPtTest, OperationsThatConstructObjectsAreRefused) {
  for (const std::string& body :
       std::vector<std::string>{"(ios\nsystem\n", "(o", ")\x81", "\x92", "\x82\x01", "Pid\n", "]}b",
                                "}]b", Text("x") + "}b"}) {
    EXPECT_EQ(StatusOf(body).code(), StatusCode::kPermissionDenied) << body;
  }
}

TEST(TorchPtTest, KnownNamesTakeOnlyTheirOwnArguments) {
  for (const std::string& body : std::vector<std::string>{
           "ccollections\nOrderedDict\n(K\x01tR", "ctorch._utils\n_rebuild_tensor_v2\n)R",
           "ctorch._utils\n_rebuild_parameter\n(K\x01tR", "ctorch\nFloatStorage\n)R",
           "ctorch.nn.parameter\nParameter\n)R", "ctorch\nSize\n(K\x01tR",
           "ctorch._tensor\n_rebuild_from_type_v2\n)R", "K\x01)R",
           std::string("(") + Text("module") + "tQ"}) {
    EXPECT_EQ(StatusOf(body).code(), StatusCode::kDataLoss) << body;
  }
}

// --- Views ---

TEST(TorchPtTest, ViewsInsideTheirStorage) {
  ExpectView({{8}, {1}}, {0, 1, 2, 3, 4, 5, 6, 7});
  ExpectView({{2, 2}, {1, 4}, 2}, {2, 6, 3, 7});
  ExpectView({{2, 1, 2}, {4, 99, 3}, 0}, {0, 3, 4, 7});
  ExpectView({{}, {}, 5}, {5});
  ExpectView({{0, 5}, {7, 7}, 8}, {});
}

TEST(TorchPtTest, ViewsThatLieAreRefused) {
  ExpectViewRefused({{9}, {1}});
  ExpectViewRefused({{8}, {1}, 1});
  ExpectViewRefused({{2}, {8}});
  ExpectViewRefused({{2}, {-1}, 4});
  ExpectViewRefused({{-2}, {1}});
  ExpectViewRefused({{1}, {1}, -1});
  ExpectViewRefused({{1}, {1}, 9});
  ExpectViewRefused({{1}, {1}, INT64_MAX});
  ExpectViewRefused({{2, 2}, {1}});
  ExpectViewRefused({{INT64_MAX, INT64_MAX}, {1, 1}});
  ExpectViewRefused({{2, 2}, {INT64_MAX, INT64_MAX}});
  ExpectViewRefused({{1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}});
  // An endless tensor in a small storage.
  ExpectViewRefused({{int64_t{1} << 40}, {0}});
  ExpectViewRefused({{1}, {1}, 0, 9});
  ExpectViewRefused({{1}, {1}, 0, INT64_MAX});
  ExpectViewRefused({{1}, {1}, 0, -1});
  ExpectViewRefused({{1}, {1}, 0, 8, "1"});
  ExpectViewRefused({{1}, {1}, 0, 8, "../data.pkl"});
}

// --- Bombs ---

TEST(TorchPtTest, DeepNestingNeedsNoStack) {
  const int depth = 400'000;
  const Status status = StatusOf(std::string(depth, ']') + std::string(depth - 1, 'a'));
  EXPECT_EQ(status.code(), StatusCode::kDataLoss) << status.ToString();
}

TEST(TorchPtTest, SharedStructureIsNotExpanded) {
  // Each level holds the one below twice: 2^60 leaves if expanded.
  std::string body = ")q\x01";
  for (int level = 0; level < 60; ++level) body += "h\x01\x86q\x01";
  EXPECT_EQ(StatusOf(body).code(), StatusCode::kDataLoss);
  // The same with dictionaries, which the walk over a state dict follows.
  body = Text("leaf") + Dictionary(Text("w") + Tensor({{1}, {1}})) + "q\x01";
  for (int level = 0; level < 60; ++level) {
    const std::string pair = Dictionary(Text("a") + "h\x01" + Text("b") + "h\x01");
    body += Text(std::to_string(level)) + pair + "q\x01";
  }
  const ParsedCopy copy(Archive(Dictionary(body)), ParseTorchPt);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  // Dictionaries below the fourth level are not looked into.
  EXPECT_LT(copy.source().tensors().size(), 20u);
}

TEST(TorchPtTest, ADictionaryMayContainItself) {
  const std::string body = "}q\x01(" + Text("w") + Tensor({{1}, {1}}) + Text("self") + "h\x01u";
  const ParsedCopy copy(Archive(body), ParseTorchPt);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  EXPECT_EQ(ReadAll(copy.source(), "w"), Floats{0});
}

TEST(TorchPtTest, ManyMentionsOfOneDictionaryAreBounded) {
  std::string inner, outer;
  for (int i = 0; i < 5000; ++i) inner += Integer(i) + "N";
  for (int i = 0; i < 5000; ++i) outer += Text(std::to_string(i)) + "h\x01";
  const std::string walked = "}(" + Text("first") + Dictionary(inner) + "q\x01" + outer + "u";
  EXPECT_EQ(StatusOf(walked).code(), StatusCode::kResourceExhausted);
}

TEST(TorchPtTest, ManyMentionsOfOneLongNameAreBounded) {
  std::string items;
  for (int i = 0; i < 100; ++i) {
    items += Text(std::to_string(i)) + "}(h\x01K\x01u";
  }
  const std::string body = "}(" + Text(std::string(1 << 20, 'n')) + "q\x01" + "K\x01" + items + "u";
  EXPECT_EQ(StatusOf(body).code(), StatusCode::kResourceExhausted);
}

TEST(TorchPtTest, ValuesAreCounted) {
  EXPECT_EQ(StatusOf("(" + std::string(2'000'000, 'N') + "t").code(),
            StatusCode::kResourceExhausted);
}

TEST(TorchPtTest, DisorderIsRefused) {
  for (const std::string& body : std::vector<std::string>{"",
                                                          "NN",
                                                          "(N",
                                                          "t",
                                                          "\x86",
                                                          "Na",
                                                          "](Nu",
                                                          "}(Nu",
                                                          "(Nd",
                                                          "h\x01",
                                                          "q\x01",
                                                          "Q",
                                                          "R",
                                                          "b",
                                                          "\x93",
                                                          "cnoline",
                                                          "\x80\x09N",
                                                          "\x8a\x09"
                                                          "123456789",
                                                          "X\xff\xff\xff\xff"
                                                          "abc",
                                                          "N(q\x01"
                                                          "t",
                                                          "]"}) {
    EXPECT_FALSE(StatusOf(body).ok()) << body;
  }
}

// --- The archive around it ---

TEST(TorchPtTest, OtherArchivesAreNamed) {
  const auto code_of = [](const std::string& file) {
    return ParsedCopy(file, ParseTorchPt).status();
  };
  EXPECT_NE(code_of(MakeZip({{"readme.txt", "hi"}})).message().find("data.pkl"), std::string::npos);
  const Status script = code_of(MakeZip({{"a/data.pkl", "\x80\x02}."}, {"a/constants.pkl", ""}}));
  EXPECT_EQ(script.code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(script.message().find("TorchScript"), std::string::npos);
  EXPECT_EQ(code_of(MakeZip({{"a/byteorder", "big"}, {"a/data.pkl", "\x80\x02}."}})).code(),
            StatusCode::kUnimplemented);
  EXPECT_NE(StatusOf("}").message().find("no tensors"), std::string::npos);
}

std::string SmallFile() {
  testing::Checkpoint checkpoint;
  checkpoint.tensors = {{"a", {2, 3}, testing::RandomValues(6, 1)},
                        {"b", {4}, testing::RandomValues(4, 2)}};
  checkpoint.metadata = {{"n_mels", "80"}};
  return MakeTorchPt(checkpoint, Encoding::kFloat16);
}

TEST(TorchPtTest, EveryCutIsRefused) { EXPECT_EQ(CutEverywhere(SmallFile(), ParseTorchPt), 0); }

TEST(TorchPtTest, MutationsNeverCrash) {
  EXPECT_GT(Mutate(SmallFile(), ParseTorchPt, 4000, 31), 400);
}

// Inside an archive the checksum guards the pickle; here it is mutated under a right checksum.
TEST(TorchPtTest, MutatedPicklesNeverCrash) {
  const std::string pickle = Dictionary(Text("w") + Tensor({{2, 2}, {1, 4}}) + Text("v") +
                                        Tensor({{8}, {1}}) + Text("n") + Integer(5));
  Random random(37);
  int refused = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string changed = pickle;
    for (uint64_t edits = 1 + random.Next() % 3; edits > 0; --edits) {
      changed[random.Next() % changed.size()] = static_cast<char>(random.Next());
    }
    const ParsedCopy copy(Archive(changed), ParseTorchPt);
    if (copy.ok()) {
      ReadEverything(copy.source());
    } else {
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
  EXPECT_LT(refused, 4000);
}

}  // namespace
}  // namespace ironscribe::formats
