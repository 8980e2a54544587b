#include "stage/wording.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "schema/parse.hpp"

namespace spikard::stage {
namespace {

using http::Invalid;
using schema::Error;
using schema::Keyword;

// What clients sent is told back to them, but not by the megabyte, a hundred times.
constexpr size_t kMaxInput = 16 * 1024;
constexpr size_t kMaxQuoted = 1024;

constexpr std::string_view kEmailPattern = R"(^[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$)";

std::string Quote(std::string_view text) {
  std::string json;
  base::AppendJsonString(json, text);
  return json;
}

// A JSON text without the white space between its tokens.
std::string Compact(std::string_view json) {
  std::string out;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string && c == '\\') {
      out += c;
      out += json[++i];
      continue;
    }
    if (c == '"') in_string = !in_string;
    if (in_string || (c != ' ' && c != '\t' && c != '\n' && c != '\r')) out += c;
  }
  if (out.size() > kMaxQuoted) {
    size_t end = kMaxQuoted;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
    out.resize(end);
    out += "...";
  }
  return out;
}

// A string's characters; anything else as it is.
std::string TextOf(std::string_view json) {
  schema::Document document;
  if (json.empty() || json.front() != '"' || !schema::Parse(json, document).ok()) return std::string(json);
  return std::string(document.Text(document.root()));
}

// "'a', 'b' or 'c'"
std::string Alternatives(std::string_view json) {
  schema::Document document;
  if (!schema::Parse(json, document).ok() || document.KindOf(document.root()) != schema::Kind::kArray) return {};
  std::vector<std::string> words;
  for (auto item = document.root() + 1; item < document.End(document.root()); item = document.Next(item)) {
    const bool is_text = document.KindOf(item) == schema::Kind::kString;
    words.push_back(is_text ? "'" + std::string(document.Text(item)) + "'" : Compact(document.Raw(item)));
  }
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 < words.size() ? ", " : " or ";
    out += words[i];
  }
  return out;
}

// The type that is asked for; of several the first that is not null.
std::string TypeName(std::string_view json) {
  schema::Document document;
  if (!schema::Parse(json, document).ok()) return {};
  if (document.KindOf(document.root()) == schema::Kind::kString) return std::string(document.Text(document.root()));
  std::string name;
  for (auto item = document.root() + 1; item < document.End(document.root()); item = document.Next(item)) {
    name = document.Text(item);
    if (name != "null") break;
  }
  return name;
}

struct Words {
  std::string_view type;
  std::string_view msg;
};

void SetWords(Invalid& invalid, Words words) {
  invalid.type = words.type;
  invalid.msg = words.msg;
}

void WordType(Invalid& invalid, const Error& error, Origin origin) {
  const std::string name = TypeName(error.params);
  const bool in_list = !error.path.empty() && std::holds_alternative<size_t>(error.path.back());
  if (in_list && origin == Origin::kBody) return SetWords(invalid, {"type_error", "Input should be a valid " + name});
  if (name == "integer") {
    SetWords(invalid, {"int_parsing", "Input should be a valid integer, unable to parse string as an integer"});
  } else if (name == "number") {
    SetWords(invalid, {"float_parsing", "Input should be a valid number, unable to parse string as a number"});
  } else if (name == "boolean" && origin == Origin::kParameter) {
    SetWords(invalid, {"bool_parsing", "Input should be a valid boolean, unable to interpret input"});
  } else if (name == "boolean") {
    SetWords(invalid, {"bool_parsing", "Input should be a valid boolean"});
  } else if (name == "string") {
    SetWords(invalid, {"string_type", "Input should be a valid string"});
  } else {
    invalid.type = "type_error";
    invalid.msg = "Input should be a valid " + name;
  }
}

struct FormatWords {
  std::string_view format;
  Words words;
};

constexpr std::array kFormatWords = {
    FormatWords{"uuid", {"uuid_parsing", "Input should be a valid UUID"}},
    FormatWords{"spikard-uuid", {"uuid_parsing", "Input should be a valid UUID"}},
    FormatWords{"date", {"date_parsing", "Input should be a valid date"}},
    FormatWords{"date-time", {"datetime_parsing", "Input should be a valid datetime"}},
    FormatWords{"spikard-date-time", {"datetime_parsing", "Input should be a valid datetime"}},
    FormatWords{"spikard-aware-date-time", {"datetime_parsing", "Input should be a valid datetime"}},
    FormatWords{"time", {"time_parsing", "Input should be a valid time"}},
    FormatWords{"spikard-time", {"time_parsing", "Input should be a valid time"}},
    FormatWords{"duration", {"duration_parsing", "Input should be a valid duration"}},
    FormatWords{"spikard-duration", {"duration_parsing", "Input should be a valid duration"}},
    FormatWords{"spikard-lax-integer",
                {"int_parsing", "Input should be a valid integer, unable to parse string as an integer"}},
    FormatWords{"spikard-lax-number",
                {"float_parsing", "Input should be a valid number, unable to parse string as a number"}},
    FormatWords{"spikard-lax-boolean", {"bool_parsing", "Input should be a valid boolean"}},
    FormatWords{"spikard-lax-date", {"date_parsing", "Input should be a valid date"}},
    FormatWords{"spikard-lax-date-time", {"datetime_parsing", "Input should be a valid datetime"}},
    FormatWords{"spikard-lax-time", {"time_parsing", "Input should be a valid time"}},
    FormatWords{"spikard-lax-duration", {"duration_parsing", "Input should be a valid duration"}},
    FormatWords{"spikard-lax-decimal", {"decimal_parsing", "Input should be a valid decimal"}},
    FormatWords{"spikard-lax-uuid", {"uuid_parsing", "Input should be a valid UUID"}},
    FormatWords{"decimal", {"decimal_parsing", "Input should be a valid decimal"}},
    FormatWords{"binary", {"type_error", "Input should be a valid file"}},
};

void WordPattern(Invalid& invalid, const std::string& pattern) {
  invalid.type = "string_pattern_mismatch";
  invalid.msg = "String should match pattern '" + pattern + "'";
  invalid.ctx = "{\"pattern\":" + Quote(pattern) + "}";
}

void WordFormat(Invalid& invalid, const Error& error) {
  const std::string name = TextOf(error.params);
  if (name == "email") return WordPattern(invalid, std::string(kEmailPattern));
  const auto found =
      std::find_if(kFormatWords.begin(), kFormatWords.end(), [&](const FormatWords& w) { return w.format == name; });
  if (found != kFormatWords.end()) return SetWords(invalid, found->words);
  invalid.type = "format_error";
  invalid.msg = Compact(error.instance) + " is not a " + Quote(name);
}

void WordLimit(Invalid& invalid, std::string_view type, const std::string& msg, std::string_view key,
               std::string_view value) {
  invalid.type = type;
  invalid.msg = msg;
  invalid.ctx = "{\"" + std::string(key) + "\":" + std::string(value) + "}";
}

// Keywords for which pydantic has no word of its own.
void WordOther(Invalid& invalid, const Error& error) {
  const std::string value = Compact(error.params);
  const std::string instance = Compact(error.instance);
  invalid.type = "validation_error";
  switch (error.keyword) {
    case Keyword::kConst:
      invalid.msg = value + " was expected";
      break;
    case Keyword::kMultipleOf:
      invalid.msg = instance + " is not a multiple of " + value;
      break;
    case Keyword::kUniqueItems:
      invalid.msg = instance + " has non-unique elements";
      break;
    case Keyword::kMinProperties:
      invalid.msg = instance + " has less than " + value + (value == "1" ? " property" : " properties");
      break;
    case Keyword::kMaxProperties:
      invalid.msg = instance + " has more than " + value + (value == "1" ? " property" : " properties");
      break;
    case Keyword::kDependentRequired:
    case Keyword::kDependencies:
      invalid.msg = Quote(error.property) + " is a required property";
      break;
    case Keyword::kAnyOf:
      invalid.msg = instance + " is not valid under any of the schemas listed in the 'anyOf' keyword";
      break;
    case Keyword::kOneOf:
      invalid.msg = instance + (error.several ? " is valid under more than one" : " is not valid under any") +
                    " of the schemas listed in the 'oneOf' keyword";
      break;
    case Keyword::kNot:
      invalid.msg = value + " is not allowed for " + instance;
      break;
    case Keyword::kContains:
    case Keyword::kMinContains:
    case Keyword::kMaxContains:
      invalid.msg = instance + " does not contain what it should";
      break;
    case Keyword::kPropertyNames:
      invalid.msg = Quote(error.property) + " is not allowed as a name";
      break;
    case Keyword::kFalse:
      invalid.msg = "False schema does not allow " + instance;
      break;
    default:
      invalid.msg = instance + " breaks '" + std::string(error.keyword_name()) + "'";
      break;
  }
}

void WordKeyword(Invalid& invalid, const Error& error, Origin origin) {
  const std::string_view value = error.params;
  const std::string limit(value);
  switch (error.keyword) {
    case Keyword::kType:
      return WordType(invalid, error, origin);
    case Keyword::kRequired:
      return SetWords(invalid, {"missing", "Field required"});
    case Keyword::kEnum: {
      const std::string expected = Alternatives(value);
      invalid.type = "enum";
      invalid.msg = "Input should be " + expected;
      invalid.ctx = "{\"expected\":" + Quote(expected) + "}";
      return;
    }
    case Keyword::kMinLength:
      return WordLimit(invalid, "string_too_short", "String should have at least " + limit + " characters",
                       "min_length", value);
    case Keyword::kMaxLength:
      return WordLimit(invalid, "string_too_long", "String should have at most " + limit + " characters", "max_length",
                       value);
    case Keyword::kExclusiveMinimum:
      return WordLimit(invalid, "greater_than", "Input should be greater than " + limit, "gt", value);
    case Keyword::kMinimum:
      return WordLimit(invalid, "greater_than_equal", "Input should be greater than or equal to " + limit, "ge", value);
    case Keyword::kExclusiveMaximum:
      return WordLimit(invalid, "less_than", "Input should be less than " + limit, "lt", value);
    case Keyword::kMaximum:
      return WordLimit(invalid, "less_than_equal", "Input should be less than or equal to " + limit, "le", value);
    case Keyword::kMinItems:
      return WordLimit(invalid, "too_short", "List should have at least " + limit + " item after validation",
                       "min_length", value);
    case Keyword::kMaxItems:
      return WordLimit(invalid, "too_long", "List should have at most " + limit + " items after validation",
                       "max_length", value);
    case Keyword::kPattern:
      return WordPattern(invalid, TextOf(value));
    case Keyword::kFormat:
      return WordFormat(invalid, error);
    case Keyword::kAdditionalProperties:
    case Keyword::kUnevaluatedProperties:
      invalid.type = "validation_error";
      invalid.msg = "Additional properties are not allowed";
      invalid.ctx = "{\"additional_properties\":false,\"unexpected_field\":" + Quote(error.property) + "}";
      return;
    default:
      return WordOther(invalid, error);
  }
}

// Whether the place of the error is a member that the value lacks or has too much.
bool IsAtMember(const Error& error) {
  return error.keyword == Keyword::kRequired || error.keyword == Keyword::kAdditionalProperties ||
         error.keyword == Keyword::kUnevaluatedProperties;
}

}  // namespace

Invalid Word(const Error& error, const Place& place, Origin origin) {
  Invalid invalid;
  invalid.loc = place;
  for (const schema::PathPart& part : error.path) {
    const auto* position = std::get_if<size_t>(&part);
    invalid.loc.push_back(position != nullptr ? std::to_string(*position) : std::get<std::string>(part));
  }
  if (IsAtMember(error) && !error.property.empty()) invalid.loc.push_back(error.property);
  WordKeyword(invalid, error, origin);
  if (error.instance.size() <= kMaxInput) invalid.input = error.instance;
  return invalid;
}

Invalid Missing(Place place) { return {"missing", std::move(place), "Field required", "null", {}}; }

}  // namespace spikard::stage
