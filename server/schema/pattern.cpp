#include "schema/pattern.hpp"

#include <re2/re2.h>

#include "schema/ecma.hpp"

namespace spikard::schema {

Pattern::Pattern(std::unique_ptr<const re2::RE2> expression) : expression_(std::move(expression)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

std::variant<Pattern, std::string> Pattern::Compile(std::string_view ecma) {
  EcmaPattern translated = TranslateEcma(ecma);
  if (translated.status != EcmaPattern::Status::kOk) {
    return translated.reason + " (at " + std::to_string(translated.offset) + ")";
  }
  RE2::Options options;
  options.set_log_errors(false);
  auto expression = std::make_unique<const RE2>(translated.re2, options);
  if (!expression->ok()) return expression->error();
  return Pattern(std::move(expression));
}

bool Pattern::Matches(std::string_view text) const {
  return expression_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

}  // namespace spikard::schema
