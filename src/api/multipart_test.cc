#include "api/multipart.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ironscribe::api {
namespace {

constexpr const char* kType = "multipart/form-data; boundary=XY";

// What arrived, as text: "name|file name|content;".
class Collector final : public PartSink {
 public:
  Status BeginPart(const PartHead& head) override {
    text += head.name + "|" + head.file_name.value_or("-") + "|";
    return OkStatus();
  }
  Status TakePart(std::string_view bytes) override {
    EXPECT_FALSE(bytes.empty());
    text += bytes;
    return OkStatus();
  }
  Status EndPart() override {
    text += ";";
    return OkStatus();
  }
  std::string text;
};

// The parts of `body` given in pieces of `step` bytes, or the error.
Result<std::string> Parse(const std::string& body, size_t step, const std::string& type = kType) {
  Collector parts;
  auto parser = MultipartParser::Create(type, parts);
  if (!parser.ok()) return parser.status();
  for (size_t at = 0; at < body.size(); at += step) {
    RETURN_IF_ERROR(parser->Take(std::string_view(body).substr(at, step)));
  }
  RETURN_IF_ERROR(parser->Finish());
  return parts.text;
}

std::string Part(const std::string& disposition, const std::string& content) {
  return "--XY\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
}

TEST(MultipartTest, GivesTheSamePartsWhateverThePieces) {
  const std::string body = Part("name=\"model\"", "tiny") +
                           Part("name=file; filename=\"a.wav\"", "\r\n--X\r\n--") +
                           Part("name=empty", "") + "--XY--\r\nwhat follows";
  for (size_t step = 1; step <= body.size(); ++step) {
    const auto parts = Parse(body, step);
    ASSERT_TRUE(parts.ok()) << parts.status().ToString();
    EXPECT_EQ(*parts, "model|-|tiny;file|a.wav|\r\n--X\r\n--;empty|-|;") << step;
  }
}

TEST(MultipartTest, ContentMayHoldNulsAndBeginningsOfTheBoundary) {
  const std::string content("\r\r\n\r\n--X\0\r\n--", 14);
  const auto parts = Parse(Part("name=a", content) + "--XY--", 5);
  ASSERT_TRUE(parts.ok());
  EXPECT_EQ(*parts, "a|-|" + content + ";");
}

TEST(MultipartTest, ReadsQuotedBoundariesAndPreambles) {
  const auto parts =
      Parse("hello\r\n--a b:c\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a b:c--", 3,
            "Multipart/Form-Data; charset=utf-8; Boundary=\"a b:c\"");
  ASSERT_TRUE(parts.ok()) << parts.status().ToString();
  EXPECT_EQ(*parts, "x|-|1;");
}

TEST(MultipartTest, ReadsNamesAsClientsWriteThem) {
  struct Case {
    std::string disposition;
    std::string parts;
  };
  for (const Case& c : {
           Case{R"(name="a\"b"; filename="C:\rec\a.wav")", R"(a"b|C:\rec\a.wav|1;)"},
           Case{"name=f; filename=\"plain\"; filename*=UTF-8''na%C3%AFve%20x.mp3",
                "f|na\xC3\xAFve x.mp3|1;"},
           Case{"name=f; filename*=ISO-8859-1''%E4; filename=b", "f|b|1;"},
           Case{"name=\"a;b\"; ", "a;b|-|1;"},
           Case{"name=\"\"", "|-|1;"},
       }) {
    const auto parts = Parse(Part(c.disposition, "1") + "--XY--", 1000);
    ASSERT_TRUE(parts.ok()) << c.disposition << parts.status().ToString();
    EXPECT_EQ(*parts, c.parts);
  }
}

TEST(MultipartTest, RefusesWhatIsNoForm) {
  const std::string good = Part("name=a", "1");
  const std::vector<std::string> bodies = {
      "",                                                     // nothing
      "--XY",                                                 // cut in the boundary
      good,                                                   // no last boundary
      good + "--XY-",                                         // cut in it
      "--XYZ\r\n",                                            // another boundary
      "--XY \r",                                              // cut behind padding
      "--XY\r\n\r\n1\r\n--XY--",                              // no head
      "--XY\r\nno colon\r\n\r\n1\r\n--XY--",                  // a line of nothing
      "--XY\r\nContent-Type: text/plain\r\n\r\n1\r\n--XY--",  // no disposition
      Part("filename=a", "1") + "--XY--",                     // no name
      Part("name=\"a", "1") + "--XY--",                       // a quote without an end
      Part("name=a; name=b", "1") + "--XY--",                 // two names
      Part("name=\"\xff\"", "1") + "--XY--",                  // a name that is not UTF-8
      Part("name=a; filename*=UTF-8''%4", "1") + "--XY--",
      "--XY\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--XY--",
      "--XY\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; "
      "name=b\r\n\r\n1\r\n--XY--",
      "--XY\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: "
      "base64\r\n\r\nMQ==\r\n--XY--",
      std::string(kMaxPreambleBytes + 100, 'x') + "\r\n" + good + "--XY--",
      "--XY\r\nX: " + std::string(kMaxPartHeadBytes, 'x') + "\r\n\r\n1\r\n--XY--",
      "--XY" + std::string(100, ' ') + "\r\n\r\n",
  };
  for (const std::string& body : bodies) {
    for (const size_t step : {size_t{1}, size_t{7}, body.size() + 1}) {
      const auto parts = Parse(body, step);
      ASSERT_FALSE(parts.ok()) << body.substr(0, 200);
      EXPECT_EQ(parts.status().code(), StatusCode::kInvalidArgument);
    }
  }
}

TEST(MultipartTest, RefusesTooManyParts) {
  std::string body;
  for (int i = 0; i <= kMaxParts; ++i) body += Part("name=a", "1");
  EXPECT_FALSE(Parse(body + "--XY--", 1000).ok());
}

TEST(MultipartTest, RefusesOtherKindsOfBodies) {
  Collector parts;
  for (const char* type :
       {"", "application/json", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"a\nb\"", "multipart/form-data; boundary=\"a \"",
        "multipart/mixed; boundary=XY", "multipart/form-data; boundary"}) {
    EXPECT_FALSE(MultipartParser::Create(type, parts).ok()) << type;
  }
  const std::string longest = "multipart/form-data; boundary=" + std::string(70, 'b');
  EXPECT_TRUE(MultipartParser::Create(longest, parts).ok());
  EXPECT_FALSE(MultipartParser::Create(longest + 'b', parts).ok());
}

TEST(MultipartTest, MessagesDoNotRepeatTheForm) {
  const auto parts = Parse(Part("secret=1; secret=2", "secret") + "--XY--", 1000);
  ASSERT_FALSE(parts.ok());
  EXPECT_EQ(parts.status().message().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace ironscribe::api
