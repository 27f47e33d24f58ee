#include "models/whisper/window_policy_pack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/random.h"

namespace ironscribe::models::whisper {
namespace {

TEST(SpeechPackerTest, FillsPiecesAndNoMore) {
  SpeechPacker packer({.max_frames = 100, .max_reach_frames = 6000});
  packer.Add({10, 50});
  EXPECT_EQ(packer.first_frame(), 10);
  EXPECT_FALSE(packer.Take(50));  // More may fit.
  packer.Add({60, 110});
  EXPECT_FALSE(packer.Take(110));
  packer.Add({200, 220});
  const auto first = packer.Take(220);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->size(), 2u);
  EXPECT_TRUE((*first)[1] == (FrameRange{60, 110}));
  EXPECT_EQ(NumFrames(*first), 90);
  EXPECT_FALSE(packer.Take(220));
  packer.Finish();
  const auto last = packer.Take(220);
  ASSERT_TRUE(last);
  EXPECT_EQ(NumFrames(*last), 20);
  EXPECT_FALSE(packer.Take(220));
  EXPECT_FALSE(packer.first_frame());
}

// Otherwise the features of hours of silence would be kept for a piece that is not full.
TEST(SpeechPackerTest, APieceEndsWhereNothingFollowsForLong) {
  SpeechPacker packer({.max_frames = 3000, .max_reach_frames = 6000});
  packer.Add({100, 600});
  EXPECT_FALSE(packer.Take(6100));
  ASSERT_TRUE(packer.Take(6101));
  // The same whether what follows is known already or not.
  packer.Add({10000, 10100});
  packer.Add({16000, 16100});
  packer.Add({16200, 16300});
  const auto piece = packer.Take(16300);
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->size(), 2u);
}

TEST(SpeechPackerTest, WhatIsFarApartIsNotPutTogether) {
  SpeechPacker packer({.max_frames = 3000, .max_reach_frames = 6000, .max_gap_frames = 50});
  packer.Add({0, 100});
  packer.Add({150, 200});
  packer.Add({251, 300});
  const PieceParts first = {{0, 100}, {150, 200}};
  EXPECT_EQ(packer.Take(300), first);
  EXPECT_EQ(packer.Take(350), std::nullopt) << "something may still follow";
  const PieceParts second = {{251, 300}};
  EXPECT_EQ(packer.Take(351), second);
}

TEST(SpeechPackerTest, TakesEverySpanOnceAndInOrder) {
  Random random(4);
  std::vector<FrameRange> spans;
  for (int64_t at = 0; spans.size() < 300;) {
    const auto begin = at + static_cast<int64_t>(random.Next() % 200);
    at = begin + static_cast<int64_t>(random.Next() % 900);
    spans.push_back({begin, at});
  }
  SpeechPacker packer({.max_frames = 300, .max_reach_frames = 1 << 30});
  std::vector<int64_t> expected, taken;
  int64_t settled = 0;
  const auto take = [&] {
    while (const auto piece = packer.Take(settled)) {
      EXPECT_LE(NumFrames(*piece), 300);
      for (const FrameRange& part : *piece) {
        EXPECT_LT(part.begin, part.end);
        for (int64_t frame = part.begin; frame < part.end; ++frame) taken.push_back(frame);
      }
    }
  };
  for (const FrameRange& span : spans) {
    packer.Add(span);
    settled = span.end;
    for (int64_t frame = span.begin; frame < span.end; ++frame) expected.push_back(frame);
    take();
  }
  packer.Finish();
  take();
  EXPECT_EQ(taken, expected);
}

// 1 to 3 s, 10 to 14 s and 20 to 21 s of the recording stand at 1 to 8 s of the piece.
const PieceParts kThreeParts = {{100, 300}, {1000, 1400}, {2000, 2100}};

TEST(PieceTimesTest, TimesMoveWithTheirPart) {
  const PieceTimes times(kThreeParts);
  EXPECT_DOUBLE_EQ(times.Begin(1), 1);
  EXPECT_DOUBLE_EQ(times.Begin(2.5), 2.5);
  EXPECT_DOUBLE_EQ(times.Begin(3), 10);  // Between two parts: what begins is in the second,
  EXPECT_DOUBLE_EQ(times.End(3), 3);     // what ends in the first.
  EXPECT_DOUBLE_EQ(times.End(3.5), 10.5);
  EXPECT_DOUBLE_EQ(times.Begin(7), 20);
  EXPECT_DOUBLE_EQ(times.End(7), 14);
  EXPECT_DOUBLE_EQ(times.End(8), 21);
}

TEST(PieceTimesTest, NoWordLiesInWhatWasLeftOut) {
  const PieceTimes times(kThreeParts);
  transcript::Segment segment;
  segment.start_seconds = 2.4;
  segment.end_seconds = 7.4;
  segment.seek_frames = 300;
  segment.words = {{" a", 2.4, 2.9, 1}, {" b", 2.9, 3.3, 1}, {" c", 6.8, 7.4, 1}};
  times.Map({&segment, 1});
  EXPECT_DOUBLE_EQ(segment.start_seconds, 2.4);
  EXPECT_DOUBLE_EQ(segment.end_seconds, 20.4);
  EXPECT_EQ(segment.seek_frames, 1000);
  EXPECT_DOUBLE_EQ(segment.words[0].end_seconds, 2.9);
  EXPECT_DOUBLE_EQ(segment.words[1].start_seconds, 10);  // Most of it lies behind.
  EXPECT_DOUBLE_EQ(segment.words[1].end_seconds, 10.3);
  EXPECT_DOUBLE_EQ(segment.words[2].start_seconds, 20);
  EXPECT_DOUBLE_EQ(segment.words[2].end_seconds, 20.4);
}

// What the model writes into the padding at a joint belongs to the side where the text is.
TEST(PieceTimesTest, ASegmentDoesNotReachOverAGapForItsPadding) {
  const PieceTimes times(kThreeParts);
  transcript::Segment segment;
  segment.start_seconds = 2.6;
  segment.end_seconds = 6;
  times.Map({&segment, 1});
  EXPECT_DOUBLE_EQ(segment.start_seconds, 10);
  EXPECT_DOUBLE_EQ(segment.end_seconds, 13);
  segment = {};
  segment.start_seconds = 4;
  segment.end_seconds = 7.3;
  times.Map({&segment, 1});
  EXPECT_DOUBLE_EQ(segment.start_seconds, 11);
  EXPECT_DOUBLE_EQ(segment.end_seconds, 14);
}

TEST(PieceTimesTest, WhatWasDroppedIsReportedWithoutTheGaps) {
  EXPECT_EQ(PieceTimes(kThreeParts).Map(transcript::DroppedSpan{2, 2, "why"}).size(), 1u);
  const auto spans = PieceTimes(kThreeParts).Map(transcript::DroppedSpan{2, 7.5, "why"});
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_DOUBLE_EQ(spans[0].start_seconds, 2);
  EXPECT_DOUBLE_EQ(spans[0].end_seconds, 3);
  EXPECT_DOUBLE_EQ(spans[2].end_seconds, 20.5);
  EXPECT_EQ(spans[1].reason, "why");
}

TEST(PieceTimesTest, OnePartMovesNothing) {
  const PieceTimes times({{700, 900}});
  transcript::Segment segment;
  segment.start_seconds = 7.123456789;
  segment.end_seconds = 8.3;
  times.Map({&segment, 1});
  EXPECT_EQ(segment.start_seconds, 7.123456789);
  EXPECT_EQ(segment.end_seconds, 8.3);
}

TEST(PieceTimesTest, NothingLiesOutsideOfThePiece) {
  for (const PieceParts& parts : {PieceParts{{700, 900}}, kThreeParts}) {
    const PieceTimes times(parts);
    const double begin = FrameSeconds(parts.front().begin);
    const double end = FrameSeconds(parts.back().end);
    const double packed_end = begin + FrameSeconds(NumFrames(parts));
    std::vector<transcript::Segment> segments(2);
    segments[0].start_seconds = packed_end - 0.5;
    segments[0].end_seconds = packed_end + 3;
    segments[0].words = {{" a", packed_end - 0.5, packed_end + 0.1, 1},
                         {" b", packed_end + 0.1, packed_end + 3, 1}};
    segments[1].start_seconds = packed_end + 0.5;
    segments[1].end_seconds = packed_end + 1;
    times.Map(segments);
    EXPECT_DOUBLE_EQ(segments[0].words[0].start_seconds, end - 0.5);
    EXPECT_LT(segments[0].words[0].start_seconds, segments[0].words[0].end_seconds);
    EXPECT_LE(segments[0].words[0].end_seconds, segments[0].words[1].start_seconds);
    EXPECT_LT(segments[0].words[1].start_seconds, segments[0].words[1].end_seconds);
    EXPECT_DOUBLE_EQ(segments[0].words[1].end_seconds, end);
    EXPECT_DOUBLE_EQ(segments[0].end_seconds, end);
    EXPECT_DOUBLE_EQ(segments[1].start_seconds, end);
    EXPECT_DOUBLE_EQ(segments[1].end_seconds, end);
    segments[0].words.clear();
    segments[0].start_seconds = segments[0].end_seconds = 0;
    times.Map(segments);
    EXPECT_DOUBLE_EQ(segments[0].start_seconds, begin);
  }
}

// Words of every length anywhere in a piece, many of them over joints: all keep a length and stand
// in order, each in one part.
TEST(PieceTimesTest, WordsKeepTheirOrderAndALength) {
  const PieceTimes times(kThreeParts);
  Random random(2);
  for (int round = 0; round < 200; ++round) {
    std::vector<transcript::Segment> segments(3);
    int at = 100;  // In steps of 10 ms: 1 s to 8 s.
    for (size_t i = 0; at < 760; ++i) {
      const int begin = at + static_cast<int>(random.Next() % 3) * 10;
      at = begin + 2 + static_cast<int>(random.Next() % 40);
      segments[std::min<size_t>(i / 6, 2)].words.push_back({" x", begin / 100.0, at / 100.0, 1});
    }
    times.Map(segments);
    double last = 0;
    for (const transcript::Segment& segment : segments) {
      for (const transcript::Word& word : segment.words) {
        EXPECT_GE(word.start_seconds, last);
        EXPECT_GE(word.end_seconds, word.start_seconds + 0.02 - 1e-9);
        last = word.end_seconds;
        int parts = 0;
        for (const FrameRange& part : kThreeParts) {
          parts += word.start_seconds > FrameSeconds(part.begin) - 1e-9 &&
                           word.end_seconds < FrameSeconds(part.end) + 1e-9
                       ? 1
                       : 0;
        }
        EXPECT_EQ(parts, 1) << word.start_seconds << " to " << word.end_seconds;
      }
    }
  }
}

// 32 ms a frame; speech in every frame that ends in one of `speech`, in seconds.
SpeechTrack TrackWith(const std::vector<std::pair<double, double>>& speech, double seconds) {
  SpeechTrack track(512);
  for (int i = 0; i * 0.032 < seconds; ++i) {
    const double end = (i + 1) * 0.032;
    const bool heard = std::any_of(speech.begin(), speech.end(), [end](const auto& span) {
      return span.first < end && end <= span.second;
    });
    track.Append(heard ? 1.0f : 0.0f);
  }
  return track;
}

TEST(PieceTimesTest, SpeechIsThatOfThePartsAlone) {
  const PieceTimes times(kThreeParts);
  // Of the piece's seconds 2 to 7.5 the recording's 2 to 3, 10 to 14 and 20 to 20.5.
  const SpeechTrack between = TrackWith({{3.1, 9.9}, {14.1, 19.9}}, 25);
  EXPECT_EQ(times.Over(between, 2, 7.5).peak, 0);
  const SpeechTrack first_second = TrackWith({{2, 3}}, 25);
  EXPECT_NEAR(times.Over(first_second, 2, 7.5).share, 1 / 5.5, 0.032 / 5.5);
  EXPECT_TRUE(std::isnan(times.Over(first_second, 8.5, 9).share));
}

TEST(PieceTimesTest, PartTooShortForTheTrackDoesNotHideTheOthers) {
  const PieceTimes times(kThreeParts);
  const SpeechTrack track = TrackWith({{10, 14}}, 25);
  // Ten milliseconds of the first part, then all of the second.
  EXPECT_NEAR(times.Over(track, 2.995, 7).share, 1, 0.05);
  EXPECT_EQ(times.Over(track, 2.995, 7).peak, 1);
}

}  // namespace
}  // namespace ironscribe::models::whisper
