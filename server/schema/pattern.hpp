#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace re2 {
class RE2;
}

namespace spikard::schema {

// A compiled regular expression of ECMA-262, matched anywhere in the text (Core 6.4: not anchored) in time
// linear in its length. Immutable; threads may share it.
class Pattern {
 public:
  // The pattern, or why it cannot be had.
  static std::variant<Pattern, std::string> Compile(std::string_view ecma);

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  bool Matches(std::string_view text) const;

 private:
  explicit Pattern(std::unique_ptr<const re2::RE2> expression);

  std::unique_ptr<const re2::RE2> expression_;
};

}  // namespace spikard::schema
