// The containers that are read. Left out on purpose: everything that refers to other files or to
// the network (HLS, DASH, concat, SDP, RTSP, image sequences, ...), raw data without a header,
// subtitles, still pictures, module music and game formats.
#include "apps/decode/media_formats.h"

namespace ironscribe::decode {

const char* const kDemuxers =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,asf,asf_o,xwma,flv,mpeg,mpegts,mxf,nut,ivf,wtv,rm,"
    "aac,loas,ac3,eac3,dts,dtshd,truehd,mlp,amr,mp3,ogg,flac,wav,w64,aiff,au,caf,nistsphere,avr,"
    "ircam,"
    "voc,sox,wv,ape,tak,tta,mpc,mpc8,oma,aea,shn,qcp,iff,dsf,gxf,dv,pva";

}  // namespace ironscribe::decode
