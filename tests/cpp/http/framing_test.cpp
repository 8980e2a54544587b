#include "http/framing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace spikard::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Read {
  Fault fault;
  Framing framing;
  Request request;
};

Read FramingOf(const Pairs& fields, int minor_version = 1) {
  Read read{};
  read.request.minor_version = minor_version;
  for (const auto& [name, value] : fields) read.request.fields.Add(name, value);
  read.fault = ReadFraming(read.request, read.framing);
  return read;
}

TEST(Framing, LengthIsDigits) {
  EXPECT_EQ(FramingOf({{"host", "a"}, {"content-length", "9223372036854775807"}}).framing.length, 9223372036854775807U);
  for (const char* bad : {"+1", "-1", "1,1", "0x1", "1 ", "", "9223372036854775808", "18446744073709551621"}) {
    EXPECT_EQ(FramingOf({{"host", "a"}, {"content-length", bad}}).fault, Fault::kMalformed) << bad;
  }
}

TEST(Framing, CodingIsChunkedAlone) {
  EXPECT_TRUE(FramingOf({{"host", "a"}, {"transfer-encoding", "Chunked"}}).framing.chunked);
  EXPECT_EQ(FramingOf({{"host", "a"}, {"transfer-encoding", "gzip, chunked"}}).fault, Fault::kUnsupportedCoding);
  for (const char* bad : {"", "gzip", "chunked, gzip", "chunked, chunked", "gzip, chunked, chunked", ",chunked"}) {
    EXPECT_EQ(FramingOf({{"host", "a"}, {"transfer-encoding", bad}}).fault, Fault::kMalformed) << bad;
  }
}

TEST(Framing, ConnectionSaysWhetherItIsKept) {
  EXPECT_TRUE(FramingOf({{"host", "a"}}).request.keep_alive);
  EXPECT_FALSE(FramingOf({{"host", "a"}, {"connection", "x, Close"}}).request.keep_alive);
  EXPECT_FALSE(FramingOf({}, 0).request.keep_alive);
  EXPECT_TRUE(FramingOf({{"connection", "Keep-Alive"}}, 0).request.keep_alive);
  EXPECT_FALSE(FramingOf({{"connection", "keep-alive"}, {"connection", "close"}}, 0).request.keep_alive);
}

TEST(Framing, OnlyHttp11Expects) {
  EXPECT_TRUE(FramingOf({{"host", "a"}, {"expect", "100-Continue"}}).request.expects_continue);
  EXPECT_TRUE(
      FramingOf({{"host", "a"}, {"expect", "more, 100-continue"}, {"expect", "more"}}).request.expects_continue);
  EXPECT_FALSE(FramingOf({{"expect", "100-continue"}}, 0).request.expects_continue);
  EXPECT_FALSE(FramingOf({{"host", "a"}, {"expect", "more"}}).request.expects_continue);
}

TEST(Framing, HostIsOneAndValid) {
  EXPECT_EQ(FramingOf({}).fault, Fault::kMalformed);
  EXPECT_EQ(FramingOf({}, 0).fault, Fault::kNone);
  EXPECT_EQ(FramingOf({{"host", "a"}, {"host", "a"}}).fault, Fault::kMalformed);
  EXPECT_EQ(FramingOf({{"host", "a b"}}).fault, Fault::kMalformed);
}

}  // namespace
}  // namespace spikard::http
