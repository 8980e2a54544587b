#include "schema/decimal.hpp"

#include "schema/multiple.hpp"
#include "support.hpp"

namespace spikard::schema {
namespace {

int Sign(int value) { return value < 0 ? -1 : value > 0 ? 1 : 0; }

TEST(DecimalTest, ComparesExactly) {
  struct Case {
    std::string_view a, b;
    int order;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"1", "1.0", 0},
           {"1.0", "10e-1", 0},
           {"0", "-0.00e5", 0},
           {"100", "1e2", 0},
           {"0.001", "1E-3", 0},
           {"12.50", "12.5", 0},
           {"9007199254740993", "9007199254740992", 1},
           {"972783798187987123879878123.188781371", "972783798187987123879878123.18878137", 1},
           {"-2", "1", -1},
           {"-2", "-3", 1},
           {"-1e400", "1e-400", -1},
           {"1e400", "1e399", 1},
           {"0", "1e-999", -1},
           {"0", "-1e-999", 1},
           {"1.5", "1.49999999999999999999999", 1},
           {"123", "1234", -1},
       }) {
    EXPECT_EQ(Sign(Decimal(c.a).Compare(Decimal(c.b))), c.order) << c.a << " " << c.b;
    EXPECT_EQ(Sign(Decimal(c.b).Compare(Decimal(c.a))), -c.order) << c.b << " " << c.a;
    if (c.order == 0) {
      EXPECT_EQ(Decimal(c.a).Hash(7), Decimal(c.b).Hash(7)) << c.a << " " << c.b;
    }
  }
}

TEST(DecimalTest, KnowsIntegers) {
  for (std::string_view text : {"0", "-0.0", "1.0", "1e400", "12.50e1", "1500e-2", "0e-5"}) {
    EXPECT_TRUE(Decimal(text).IsInteger()) << text;
  }
  for (std::string_view text : {"0.5", "1e-1", "12.55e1", "1500e-3", "1e-400"}) {
    EXPECT_FALSE(Decimal(text).IsInteger()) << text;
  }
}

TEST(DecimalTest, ReadsSmallIntegers) {
  EXPECT_EQ(SmallInteger("-12"), -12);
  EXPECT_EQ(SmallInteger("999999999999999999"), 999999999999999999);
  EXPECT_EQ(SmallInteger("1000000000000000000"), std::nullopt);
  EXPECT_EQ(SmallInteger("1.0"), std::nullopt);
}

TEST(DivisorTest, DividesExactly) {
  struct Case {
    std::string_view divisor, value;
    bool divides;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"2", "4", true},
           {"2", "5", false},
           {"2", "-4", true},
           {"0.01", "19.99", true},
           {"0.01", "4.355", false},
           {"0.0001", "0.0075", true},
           {"0.0001", "0.00751", false},
           {"0.5", "1e308", true},
           {"0.123456789", "1e308", false},
           {"1e-8", "12391239123", true},
           {"3", "0", true},
           {"3", "0.0", true},
           {"1.5", "4.5", true},
           {"2.5", "1e1", true},
           {"300", "9e2", true},
           {"300", "1e900", false},
           {"1e400", "1e401", true},
           {"1e401", "1e400", false},
           {"18446744073709551616", "36893488147419103232", true},
           {"18446744073709551616", "36893488147419103233", false},
           {"18446744073709551616", "1e64", true},
           {"18446744073709551616", "1e63", false},
           {"123456789012345678901234567890", "370370367037037036703703703670", true},
           {"123456789012345678901234567890", "370370367037037036703703703671", false},
       }) {
    EXPECT_EQ(Divisor(c.divisor).Divides(c.value), c.divides) << c.value << " / " << c.divisor;
  }
}

}  // namespace
}  // namespace spikard::schema
