// How repetitive a text is: a decoder stuck in a loop writes text that compresses well.
#pragma once

#include <string_view>

namespace ironscribe::decoding {

// Bytes of `text` over bytes of its zlib stream at the default level (openai/whisper's measure;
// about 1 to 2 for ordinary sentences). 0 for an empty text.
float CompressionRatio(std::string_view text);

}  // namespace ironscribe::decoding
