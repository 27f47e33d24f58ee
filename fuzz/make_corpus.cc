// make_corpus FOLDER: writes FOLDER/<format>/seed..., small valid files for the fuzzers to start
// from.

#include <cstdio>
#include <filesystem>
#include <string>

#include "engine/resume_journal.h"
#include "formats/packed/packed_writer.h"
#include "formats/testing/checkpoint_writer.h"
#include "formats/testing/kaldi_model.h"
#include "formats/testing/openfst_writer.h"
#include "io/file.h"
#include "models/whisper/window_policy_results.h"

namespace {

using namespace ironscribe;
using formats::Encoding;

formats::testing::Checkpoint SmallCheckpoint() {
  formats::testing::Checkpoint checkpoint;
  checkpoint.tensors = {{"a.weight", {2, 32}, formats::testing::RandomValues(64, 1)},
                        {"b", {3}, formats::testing::RandomValues(3, 2)}};
  checkpoint.metadata = {{"n_vocab", "2"}};
  checkpoint.vocabulary = {"one", "two"};
  checkpoint.aliases = {{"alias", "a.weight"}};
  return checkpoint;
}

Status WritePacked(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const auto writer, formats::PackedWriter::Create(path));
  const std::string data = "0123456789";
  for (const char* name : {"first", "second"}) {
    RETURN_IF_ERROR(writer->BeginBlob(name, 1, {2, 5}));
    RETURN_IF_ERROR(writer->Append(std::as_bytes(std::span(data))));
    RETURN_IF_ERROR(writer->EndBlob());
  }
  return writer->Finish("{}");
}

// The first byte is how the rest is cut into pieces.
std::string Http1Seed() {
  return "\x10GET /a%20b?c=d HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
}

std::string Http1ChunkedSeed() {
  return "\x10POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
         "5;x=\"y\"\r\nhello\r\n0\r\nTrailer: t\r\n\r\n";
}

// SETTINGS, then GET / by entries of HPACK's static table, then a PING.
std::string Http2Seed() {
  using namespace std::string_literals;
  return "\x10\0\0\0\4\0\0\0\0\0"s + "\0\0\3\1\5\0\0\0\1\x82\x84\x86"s +
         "\0\0\x8\6\0\0\0\0\0pingping"s;
}

// The first byte says what follows: a journal less its magic, records, a result (journal_fuzz.cc).
Status WriteJournals(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "journal";
  const std::string attempt = models::whisper::WriteAttempt({.tokens = {1, 2}, .num_steps = 3});
  const std::string words = models::whisper::WriteWords(
      {.reference = {{" one", 4, 0.5, 1.5, 0.5f}}, .heard = {{" one", 4, 0.5, 1.5, 0.5f}}});
  {
    ASSIGN_OR_RETURN(const auto journal,
                     engine::ResumeJournal::Open(path, {"1", "model", "options", "recording"}));
    journal->Keep(std::string(64, 'a'), attempt);
    journal->Reached(30);
  }
  constexpr size_t kMagicBytes = 8;
  ASSIGN_OR_RETURN(const std::string bytes, io::ReadFile(path, 1 << 20));
  std::filesystem::remove(path);
  const std::string record = "R" + std::string(64, 'a') + attempt;
  const std::string length = {static_cast<char>(record.size()), '\0'};
  const auto put = [&](const char* name, const std::string& content) {
    return io::WriteFileAtomically(path / name, content);
  };
  RETURN_IF_ERROR(put("file", '\0' + bytes.substr(kMagicBytes)));
  RETURN_IF_ERROR(put("records", '\4' + length + record));
  RETURN_IF_ERROR(put("attempt", '\2' + attempt));
  return put("words", '\2' + words);
}

Status WriteAll(const std::filesystem::path& folder) {
  const auto checkpoint = SmallCheckpoint();
  const auto put = [&](const char* name, const std::string& content) {
    return io::WriteFileAtomically(folder / name, content);
  };
  RETURN_IF_ERROR(put("ctranslate2/float32", MakeCTranslate2(checkpoint, Encoding::kFloat32)));
  RETURN_IF_ERROR(put("ctranslate2/int8", MakeCTranslate2(checkpoint, Encoding::kInt8)));
  RETURN_IF_ERROR(put("ggml/float16", MakeGgml(checkpoint, Encoding::kFloat16)));
  RETURN_IF_ERROR(put("ggml/q5_1", MakeGgml(checkpoint, Encoding::kQ5_1)));
  RETURN_IF_ERROR(put("safetensors/float16", MakeSafetensors(checkpoint, Encoding::kFloat16)));
  const std::string torch_pt = MakeTorchPt(checkpoint, Encoding::kFloat32);
  RETURN_IF_ERROR(put("torch_pt/float32", torch_pt));
  RETURN_IF_ERROR(put("zip/stored", torch_pt));
  RETURN_IF_ERROR(put("http1/get", Http1Seed()));
  RETURN_IF_ERROR(put("http1/chunked", Http1ChunkedSeed()));
  RETURN_IF_ERROR(put("http2/get", Http2Seed()));
  // The pickle is the archive's first member: from its protocol opcode to the last STOP before the
  // next.
  const size_t begin = torch_pt.find("\x80\x02");
  const size_t end = torch_pt.rfind('.', torch_pt.find("PK\x03\x04", begin));
  RETURN_IF_ERROR(put("pickle/state_dict", torch_pt.substr(begin, end + 1 - begin)));
  for (const bool binary : {false, true}) {
    RETURN_IF_ERROR(put(binary ? "kaldi/network" : "kaldi/network_text",
                        '\0' + formats::testing::KaldiNetworkModel(binary)));
    RETURN_IF_ERROR(put(binary ? "kaldi/mixtures" : "kaldi/mixtures_text",
                        '\0' + formats::testing::KaldiMixtureModel(binary)));
  }
  RETURN_IF_ERROR(put("openfst/ngram", formats::testing::WriteNgramFst()));
  RETURN_IF_ERROR(WriteJournals(folder));
  return WritePacked(folder / "packed" / "two_blobs");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_corpus FOLDER\n");
    return 2;
  }
  const Status status = WriteAll(argv[1]);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
