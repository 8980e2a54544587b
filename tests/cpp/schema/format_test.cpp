#include "schema/format.hpp"

#include "support.hpp"

namespace spikard::schema {
namespace {

void ExpectFormat(std::string_view name, std::initializer_list<std::string_view> good,
                  std::initializer_list<std::string_view> bad) {
  const FormatCheck check = FindFormat(name);
  ASSERT_NE(check, nullptr) << name;
  for (std::string_view text : good) EXPECT_TRUE(check(text)) << name << ": " << text;
  for (std::string_view text : bad) EXPECT_FALSE(check(text)) << name << ": " << text;
}

// The suite has the common cases; here are those that a rewrite would get wrong first.
TEST(FormatTest, Times) {
  ExpectFormat("date", {"2024-02-29", "2000-02-29", "0000-01-01"},
               {"2023-02-29", "1900-02-29", "2024-13-01", "2024-1-1"});
  ExpectFormat("time", {"23:59:60Z", "00:29:60+00:30", "12:00:00.123456789123z"},
               {"12:00:60Z", "12:00:00", "12:00:00.Z"});
  ExpectFormat("date-time", {"2024-02-29T12:00:00Z", "2024-02-29t12:00:00-00:00"},
               {"2024-02-29 12:00:00Z", "2024-02-29T"});
  ExpectFormat("duration", {"P1Y2M3DT4H5M6S", "PT1M1S", "P1M1D"},
               {"P1Y1D", "PT1H1S", "P", "PT", "P1DT", "P1W1D", "p1d"});
}

TEST(FormatTest, Hosts) {
  ExpectFormat("ipv4", {"0.0.0.0", "255.255.255.255"}, {"1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1..2.3", ""});
  ExpectFormat(
      "ipv6", {"::", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:7::"},
      {":", ":::", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::1%eth0", "1:2:3:4:5:6:7:8::", "1.2.3.4", "1:"});
  ExpectFormat("hostname", {"a", "xn--9n2bp8q", "a--b"}, {"-a", "a-", "a_b", "a.", "", "xn--X"});
  ExpectFormat("idn-hostname", {"실례.테스트", "a。b"}, {"א0٠", "a..b", "ab--é", std::string_view("a\0b", 3)});
}

TEST(FormatTest, Mail) {
  ExpectFormat("email", {"a@b", "\"a b\"@c.d", "\"a\\\"b\"@c.d", "a@[127.0.0.1]", "a@[IPv6:::1]"},
               {"a@", "@b", "a..b@c", "\"a\"b\"@c", "\"\\\"@c", "a@b@c", "a@[300.0.0.1]", "é@b"});
  ExpectFormat("idn-email", {"é@b", "실례@실례.테스트"}, {"é b@c", "é"});
}

TEST(FormatTest, Resources) {
  ExpectFormat("uri", {"a:", "http://[v1.a:b]:80/?#", "urn:a:b", "x://u:p@h"},
               {"//a", "a", "http://[::1", "a:%4", "a: b"});
  ExpectFormat("uri-reference", {"", "#", "?a", "a/b:c", "//"}, {"a:b c", "1:b", "\\"});
  ExpectFormat("iri", {"http://é/é?\xEE\x80\x80"}, {"http://é/\xEE\x80\x80", "é"});
  ExpectFormat("uri-template", {"", "{+a,b*,c:3}", "é{%41}"}, {"{", "}", "{}", "{a:0}", "{a.}", "a b", "%4"});
}

TEST(FormatTest, Others) {
  ExpectFormat("uuid", {"2EB8AA08-aa98-11ea-b4aa-73b441d16380"},
               {"2eb8aa08aa9811eab4aa73b441d16380", "", "2eb8aa08-aa98-11ea-b4aa-73b441d1638g"});
  ExpectFormat("json-pointer", {"", "/", "/a~0~1"}, {"a", "/~", "/~2"});
  ExpectFormat("relative-json-pointer", {"0", "1/a", "0#", "10+1/b", "2-3"}, {"", "01", "-1", "1a", "1+0", "1##", "#"});
  ExpectFormat("regex", {"(?=a)", "(a)\\1", "[]"}, {"(", "\\a", "(?P<a>b)"});
  EXPECT_EQ(FindFormat("unknown"), nullptr);
}

}  // namespace
}  // namespace spikard::schema
