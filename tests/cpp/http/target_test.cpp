#include "http/target.hpp"

#include <gmock/gmock.h>

#include <string>

namespace spikard::http {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::Pair;

std::string OriginOf(std::string_view method, std::string_view target) {
  std::string origin;
  std::string_view authority;
  if (!OriginForm(method, target, origin, authority)) return "refused";
  return std::string(authority) + "|" + origin;
}

TEST(Target, FormsAreReducedToOriginForm) {
  EXPECT_EQ(OriginOf("GET", "/a?b"), "|/a?b");
  EXPECT_EQ(OriginOf("GET", "http://h:1/a?b"), "h:1|/a?b");
  EXPECT_EQ(OriginOf("GET", "HTTPS://h"), "h|/");
  EXPECT_EQ(OriginOf("GET", "http://h?b"), "h|/?b");
  EXPECT_EQ(OriginOf("OPTIONS", "*"), "|*");
  EXPECT_EQ(OriginOf("OPTIONS", "http://h"), "h|*");
}

TEST(Target, OthersAreRefused) {
  for (const char* bad : {"",    "*",  "a",  "?a",  "h:80", "ftp://h/", "http:///a", "http://u@h/", "http:/h", "/#",
                          "/\"", "/<", "/{", "/\\", "/%",   "/%2",      "/%g0",      "/\x80",       "/ ",      "/\t"}) {
    EXPECT_EQ(OriginOf("GET", bad), "refused") << bad;
  }
  EXPECT_EQ(OriginOf("CONNECT", "h:80"), "refused");
  EXPECT_EQ(OriginOf("CONNECT", "/"), "refused");
}

TEST(Target, WhatBrowsersSendRawIsTaken) { EXPECT_EQ(OriginOf("GET", "/|?^`{|}"), "|/|?^`{|}"); }

TEST(Target, AuthoritiesAreHostsWithPorts) {
  for (const char* good :
       {"a", "a.b-c_d~", "127.0.0.1:80", "a:", "a:0", "a:65535", "[::1]", "[::ffff:1.2.3.4]:8", "%41"}) {
    EXPECT_TRUE(IsAuthority(good)) << good;
  }
  for (const char* bad :
       {"",  ":",  ":80",  "a:b", "a:-1",   "a:65536", "a:80:80",          "u@a",     "a/b", "a b", "a,b", "a%4",
        "[", "[]", "[::1", "[a]", "[::1]a", "[::1]:a", "[fe80::1%25eth0]", "\xc3\xa9"}) {
    EXPECT_FALSE(IsAuthority(bad)) << bad;
  }
}

TEST(Target, TunnelsAreNamedByHostAndPort) {
  for (const char* good : {"a:80", "[::1]:443", "127.0.0.1:0"}) EXPECT_TRUE(IsAuthorityForm(good)) << good;
  for (const char* bad : {"", "a", "a1", "80", "a:", ":80", "a:x", "a:65536", "[::1]", "u@a:80", "a:80/", "*"}) {
    EXPECT_FALSE(IsAuthorityForm(bad)) << bad;
  }
}

TEST(Target, EncodingsAreDecodedOnce) {
  EXPECT_EQ(PercentDecode("a%20b+c%252e", false), "a b+c%2e");
  EXPECT_EQ(PercentDecode("a+b", true), "a b");
  EXPECT_EQ(PercentDecode("%c3%A9", false), "\xc3\xa9");
  for (const char* bad : {"%", "%2", "%zz", "%2z", "%00", "%ff", "%c0%af"}) {
    EXPECT_EQ(PercentDecode(bad, false), std::nullopt) << bad;
  }
}

TEST(Target, PathsAreSplitBeforeTheyAreDecoded) {
  EXPECT_THAT(PathSegments("/"), Optional(ElementsAre("")));
  EXPECT_THAT(PathSegments("/a%2Fb/c/"), Optional(ElementsAre("a/b", "c", "")));
  EXPECT_THAT(PathSegments("/..."), Optional(ElementsAre("...")));
  for (const char* bad : {"/.", "/a/../b", "/%2e", "/%2E%2e/a", "/%ff"})
    EXPECT_EQ(PathSegments(bad), std::nullopt) << bad;
}

TEST(Target, QueriesAreRead) {
  EXPECT_THAT(QueryPairs("a=1&&b=+%2B&c&a=2=3"),
              Optional(ElementsAre(Pair("a", "1"), Pair("b", " +"), Pair("c", ""), Pair("a", "2=3"))));
  EXPECT_EQ(QueryPairs("a=%00"), std::nullopt);
  EXPECT_EQ(QueryPairs("%ff"), std::nullopt);
}

}  // namespace
}  // namespace spikard::http
