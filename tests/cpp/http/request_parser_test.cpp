#include "http/request_parser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>

namespace spikard::http {
namespace {

struct Parsed {
  Fault fault = Fault::kNone;
  bool head = false;
  bool done = false;
  Request request;
  std::string body;
  std::string rest;  // what was not taken

  bool operator==(const Parsed& other) const {
    return fault == other.fault && head == other.head && done == other.done && body == other.body;
  }
};

// Gives the parser `bytes`, `step` more at a time.
Parsed Parse(std::string_view bytes, size_t step = std::string_view::npos, const RequestLimits& limits = {},
             uint64_t limit = std::numeric_limits<uint64_t>::max()) {
  Parsed parsed;
  RequestParser parser(limits, parsed.request);
  size_t given = 0;
  while (given < bytes.size() && parser.fault() == Fault::kNone && !parser.Done()) {
    const std::string_view more = bytes.substr(given, step);
    parsed.rest += more;
    given += more.size();
    if (!parser.HeadDone()) parsed.rest.erase(0, parser.ParseHead(parsed.rest));
    if (parser.fault() != Fault::kNone || !parser.HeadDone()) continue;
    parsed.rest.erase(0, parser.ParseBody(parsed.rest, parsed.body, limit));
  }
  parsed.fault = parser.fault();
  parsed.head = parser.HeadDone();
  parsed.done = parser.Done();
  parsed.rest += bytes.substr(given);
  return parsed;
}

TEST(RequestParser, ReadsAHead) {
  const Parsed parsed = Parse("GET /a?b HTTP/1.0\r\nHost: h\r\nX-Y:  z \r\n\r\nnext");
  EXPECT_TRUE(parsed.done);
  EXPECT_EQ(parsed.request.method, "GET");
  EXPECT_EQ(parsed.request.target, "/a?b");
  EXPECT_EQ(parsed.request.minor_version, 0);
  EXPECT_EQ(parsed.request.fields.Find("x-y"), "z");
  EXPECT_EQ(parsed.rest, "next");
}

TEST(RequestParser, LeavesWhatIsBehindABody) {
  const Parsed parsed = Parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET");
  EXPECT_TRUE(parsed.done);
  EXPECT_EQ(parsed.body, "abc");
  EXPECT_EQ(parsed.rest, "GET");
}

TEST(RequestParser, LeavesWhatIsBehindChunks) {
  const Parsed parsed = Parse(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;x=\"y\"\r\na\r\n2\r\nbc\r\n0\r\nT: "
      "t\r\n\r\nGET");
  EXPECT_TRUE(parsed.done);
  EXPECT_EQ(parsed.body, "abc");
  EXPECT_EQ(parsed.request.fields.Find("t"), std::nullopt);
  EXPECT_EQ(parsed.rest, "GET");
}

TEST(RequestParser, ReadsTheSameHoweverBytesArrive) {
  for (const std::string_view bytes :
       {"\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.7\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n00\r\nA: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\n\n",
        "GET / HTTP/1.1\rHost: h\r\r",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n"}) {
    const Parsed whole = Parse(bytes);
    for (size_t step = 1; step < bytes.size(); ++step) {
      EXPECT_TRUE(Parse(bytes, step) == whole) << bytes << " by " << step;
    }
  }
}

TEST(RequestParser, StopsAtLimits) {
  const RequestLimits limits{.max_uri_length = 40, .max_header_size = 60, .max_header_count = 2};
  const std::string head = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(Parse("GET /" + std::string(26, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 1, limits).fault, Fault::kNone);
  EXPECT_EQ(Parse("GET /" + std::string(27, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 1, limits).fault,
            Fault::kUriTooLong);
  EXPECT_EQ(Parse("GET /" + std::string(36, 'a'), 1, limits).fault, Fault::kUriTooLong);
  EXPECT_EQ(Parse(std::string(41, 'A'), 1, limits).fault, Fault::kMalformed);
  EXPECT_EQ(Parse(head + "Host: h\r\nA:" + std::string(45, 'a') + "\r\n\r\n", 1, limits).fault, Fault::kNone);
  EXPECT_EQ(Parse(head + "Host: h\r\nA:" + std::string(46, 'a') + "\r\n\r\n", 1, limits).fault, Fault::kHeaderTooLarge);
  EXPECT_EQ(Parse(head + "Host: h\r\nA:\r\nB:\r\n\r\n", 1, limits).fault, Fault::kHeaderTooLarge);
  const std::string chunked = head + "Host: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(Parse(chunked + "3\r\nabc\r\n0\r\n\r\n", 1, {}, 3).fault, Fault::kNone);
  EXPECT_EQ(Parse(chunked + "3\r\nabc\r\n1\r\n", 1, {}, 3).fault, Fault::kBodyTooLarge);
  EXPECT_EQ(Parse(head + "Host: h\r\nContent-Length: 4\r\n\r\na", 1, {}, 3).fault, Fault::kBodyTooLarge);
}

TEST(RequestParser, KnowsTheMethodOfWhatIsRefused) {
  EXPECT_EQ(Parse("HEAD / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n").request.method, "HEAD");
  EXPECT_EQ(Parse("HEAD /%zz HTTP/1.1\r\nHost: h\r\n\r\n").request.method, "HEAD");
  EXPECT_EQ(Parse("HEAD /\x01").request.method, "HEAD");
  EXPECT_EQ(Parse("HEAD /" + std::string(20'000, 'a')).request.method, "HEAD");
  EXPECT_EQ(Parse("HEAD\x01").request.method, "");
}

TEST(RequestParser, RefusesWhatIsNoRequestLineWhereItEnds) {
  EXPECT_EQ(Parse("GET /index.html\r\n").fault, Fault::kMalformed);
  EXPECT_EQ(Parse("GET / HTTP/1.x\r\n").fault, Fault::kMalformed);
  EXPECT_EQ(Parse("GET / HTTP/2.0\r\n").fault, Fault::kUnsupportedVersion);
  EXPECT_EQ(Parse("GET / HTTP/1.1\r\n").fault, Fault::kNone);
}

TEST(RequestParser, PutsTheAuthorityOfTheTargetInPlaceOfHost) {
  EXPECT_EQ(Parse("GET http://b:1/ HTTP/1.1\r\nHost: h\r\n\r\n").request.fields.Find("host"), "b:1");
  EXPECT_EQ(Parse("GET http://b/ HTTP/1.0\r\n\r\n").request.fields.Find("host"), "b");
}

}  // namespace
}  // namespace spikard::http
