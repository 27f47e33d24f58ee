// British English spelling made American, as far as comparing texts needs it.
#pragma once

#include <string>
#include <string_view>

namespace ironscribe::text {

// The American spelling of a lower-case word, or the word itself: endings by rule ("-ise", "-our",
// "-re", "-lled", "ae"), each with the words that only look like it, and a table of single words.
// Goals: the same as the list behind openai-whisper's normaliser for the words of that list. No
// goal: vocabulary ("lorry") or style.
std::string AmericanSpelling(std::string_view word);

}  // namespace ironscribe::text
