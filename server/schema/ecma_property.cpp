#include <re2/re2.h>

#include <algorithm>
#include <iterator>

#include "schema/ecma.hpp"

namespace spikard::schema {

namespace {

struct Alias {
  std::string_view name;
  std::string_view re2;
};

// PropertyValueAliases.txt of Unicode, for General_Category: RE2 knows the short names only.
constexpr Alias kCategories[] = {
    {"Cased_Letter", "LC"},
    {"Close_Punctuation", "Pe"},
    {"Combining_Mark", "M"},
    {"Connector_Punctuation", "Pc"},
    {"Control", "Cc"},
    {"Currency_Symbol", "Sc"},
    {"Dash_Punctuation", "Pd"},
    {"Decimal_Number", "Nd"},
    {"Enclosing_Mark", "Me"},
    {"Final_Punctuation", "Pf"},
    {"Format", "Cf"},
    {"Initial_Punctuation", "Pi"},
    {"Letter", "L"},
    {"Letter_Number", "Nl"},
    {"Line_Separator", "Zl"},
    {"Lowercase_Letter", "Ll"},
    {"Mark", "M"},
    {"Math_Symbol", "Sm"},
    {"Modifier_Letter", "Lm"},
    {"Modifier_Symbol", "Sk"},
    {"Nonspacing_Mark", "Mn"},
    {"Number", "N"},
    {"Open_Punctuation", "Ps"},
    {"Other", "C"},
    {"Other_Letter", "Lo"},
    {"Other_Number", "No"},
    {"Other_Punctuation", "Po"},
    {"Other_Symbol", "So"},
    {"Paragraph_Separator", "Zp"},
    {"Private_Use", "Co"},
    {"Punctuation", "P"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Spacing_Mark", "Mc"},
    {"Surrogate", "Cs"},
    {"Symbol", "S"},
    {"Titlecase_Letter", "Lt"},
    {"Uppercase_Letter", "Lu"},
    {"cntrl", "Cc"},
    {"digit", "Nd"},
    {"punct", "P"},
};

// The ISO 15924 codes of the scripts most written; the others go by their full names.
constexpr Alias kScripts[] = {
    {"Arab", "Arabic"},    {"Armn", "Armenian"}, {"Beng", "Bengali"},   {"Cyrl", "Cyrillic"}, {"Deva", "Devanagari"},
    {"Ethi", "Ethiopic"},  {"Geor", "Georgian"}, {"Grek", "Greek"},     {"Gujr", "Gujarati"}, {"Guru", "Gurmukhi"},
    {"Hang", "Hangul"},    {"Hani", "Han"},      {"Hebr", "Hebrew"},    {"Hira", "Hiragana"}, {"Kana", "Katakana"},
    {"Khmr", "Khmer"},     {"Knda", "Kannada"},  {"Laoo", "Lao"},       {"Latn", "Latin"},    {"Mlym", "Malayalam"},
    {"Mong", "Mongolian"}, {"Mymr", "Myanmar"},  {"Orya", "Oriya"},     {"Sinh", "Sinhala"},  {"Taml", "Tamil"},
    {"Telu", "Telugu"},    {"Tibt", "Tibetan"},  {"Zinh", "Inherited"}, {"Zyyy", "Common"},
};

template <size_t kSize>
std::string_view Resolve(const Alias (&aliases)[kSize], std::string_view name) {
  const auto found =
      std::find_if(std::begin(aliases), std::end(aliases), [&](const Alias& a) { return a.name == name; });
  return found == std::end(aliases) ? name : found->re2;
}

bool KnownToRe2(const std::string& braces) {
  RE2::Options options;
  options.set_log_errors(false);
  return RE2("\\p" + braces, options).ok();
}

}  // namespace

std::string TranslateProperty(std::string_view expression) {
  const size_t equals = expression.find('=');
  const std::string_view key = expression.substr(0, equals);
  std::string_view name;
  if (equals == std::string_view::npos) {
    // A lone name is a category or a binary property, never a script; both of RE2's scripts and categories
    // stand without key there, told apart by their length.
    name = Resolve(kCategories, expression);
    if (name.size() > 2 && name != "Any") return {};
  } else if (key == "gc" || key == "General_Category") {
    name = Resolve(kCategories, expression.substr(equals + 1));
    if (name.size() > 2) return {};
  } else if (key == "sc" || key == "Script") {
    name = Resolve(kScripts, expression.substr(equals + 1));
    if (name.size() <= 2 || name == "Any") return {};
  } else {
    return {};
  }
  // Cased_Letter is the one category that RE2 does not have.
  if (name == "LC") return {};
  std::string braces = "{" + std::string(name) + "}";
  return KnownToRe2(braces) ? braces : std::string();
}

}  // namespace spikard::schema
