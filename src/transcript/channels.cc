#include "transcript/channels.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "transcript/plain_text.h"

namespace ironscribe::transcript {
namespace {

const Channel* Find(const Transcript& transcript, int channel) {
  const auto index = static_cast<size_t>(channel);
  return channel >= 0 && index < transcript.channels.size() ? &transcript.channels[index] : nullptr;
}

// The items of all channels by their starts. Those of one channel stay in their own order, also
// where one starts before the one before it.
template <typename Item>
std::vector<Item> MergeByStart(std::vector<std::vector<Item>> channels) {
  struct Placed {
    double start_seconds;
    Item item;
  };
  std::vector<Placed> placed;
  for (size_t channel = 0; channel < channels.size(); ++channel) {
    double latest = 0;
    for (Item& item : channels[channel]) {
      item.channel = static_cast<int>(channel);
      latest = std::max(latest, item.start_seconds);
      placed.push_back({latest, std::move(item)});
    }
  }
  std::stable_sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    return a.start_seconds < b.start_seconds;
  });
  std::vector<Item> merged;
  merged.reserve(placed.size());
  for (Placed& one : placed) merged.push_back(std::move(one.item));
  return merged;
}

}  // namespace

std::string ChannelName(const Transcript& transcript, int channel) {
  const Channel* found = Find(transcript, channel);
  return found == nullptr ? "" : SingleLine(found->name);
}

std::string_view ChannelLanguage(const Transcript& transcript, int channel) {
  const Channel* found = Find(transcript, channel);
  return found == nullptr ? transcript.language : found->language;
}

Transcript MergeChannels(std::vector<Transcript> channels, const std::vector<std::string>& names) {
  const auto has_text = [](const Transcript& channel) { return !channel.segments.empty(); };
  const auto speaking = std::find_if(channels.begin(), channels.end(), has_text);
  const Transcript& leading = speaking == channels.end() ? channels.front() : *speaking;
  Transcript merged;
  merged.task = channels.front().task;
  merged.model = channels.front().model;
  merged.language = leading.language;
  merged.language_probabilities = leading.language_probabilities;
  std::vector<std::vector<Segment>> segments;
  std::vector<std::vector<DroppedSpan>> dropped;
  for (size_t i = 0; i < channels.size(); ++i) {
    Transcript& channel = channels[i];
    merged.channels.push_back({i < names.size() ? names[i] : fmt::format("channel {}", i + 1),
                               channel.language, channel.language_probabilities});
    merged.duration_seconds = std::max(merged.duration_seconds, channel.duration_seconds);
    segments.push_back(std::move(channel.segments));
    dropped.push_back(std::move(channel.dropped));
    if (channel.speech) {
      if (!merged.speech) merged.speech.emplace();
      merged.speech->speech_seconds += channel.speech->speech_seconds;
      merged.speech->without_text_seconds += channel.speech->without_text_seconds;
    }
  }
  merged.segments = MergeByStart(std::move(segments));
  merged.dropped = MergeByStart(std::move(dropped));
  int id = 0;
  for (Segment& segment : merged.segments) {
    segment.id = id++;
    merged.text += segment.text;
  }
  return merged;
}

}  // namespace ironscribe::transcript
