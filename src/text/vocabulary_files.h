// Finds and reads the vocabulary of a model folder.
#pragma once

#include <filesystem>

#include "base/status.h"
#include "text/vocabulary_formats.h"

namespace ironscribe::text {

// The first of tokenizer.json, vocab.json with merges.txt, vocabulary.json, vocabulary.txt,
// *.tiktoken that the folder has (of several .tiktoken files the one OpenAI names for this size).
// Errors: NotFound naming what is looked for; whatever the file's parser says.
Result<ParsedVocabulary> ReadVocabularyFolder(const std::filesystem::path& folder, int max_tokens);

}  // namespace ironscribe::text
