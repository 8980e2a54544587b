#include "stage/arguments.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/json.hpp"
#include "http/cookies.hpp"
#include "http/target.hpp"
#include "route/convert.hpp"
#include "route/table.hpp"

namespace spikard::stage {
namespace {

using protocol::Parameter;
using protocol::ParameterSource;
using QueryPairs = std::vector<std::pair<std::string, std::string>>;

std::string_view LocOf(ParameterSource source) {
  switch (source) {
    case ParameterSource::kPath:
      return "path";
    case ParameterSource::kQuery:
      return "query";
    case ParameterSource::kHeader:
      return "headers";
    case ParameterSource::kCookie:
      return "cookie";
  }
  return "query";
}

struct Reader {
  const http::Exchange& x;
  const route::Table& table;
  const QueryPairs& query;

  // The texts sent for a parameter, in order.
  std::vector<std::string_view> Texts(const Parameter& p) const {
    std::vector<std::string_view> texts;
    switch (p.source) {
      case ParameterSource::kPath: {
        const auto& names = table.PathNames(x.route);
        const auto at = std::find(names.begin(), names.end(), p.wire_name);
        if (at != names.end()) texts.emplace_back(x.path_parameters[static_cast<size_t>(at - names.begin())]);
        break;
      }
      case ParameterSource::kQuery:
        for (const auto& [name, value] : query) {
          if (name == p.wire_name) texts.emplace_back(value);
        }
        break;
      case ParameterSource::kHeader:
        for (size_t i = 0; i < x.request.fields.size(); ++i) {
          const auto [name, value] = x.request.fields[i];
          if (!http::EqualsIgnoringCase(name, p.wire_name)) continue;
          if (p.list) {
            // RFC 9110 section 5.3: as if all had been sent in one field.
            http::ForEachElement(value, [&](std::string_view element) { texts.push_back(element); });
          } else {
            texts.push_back(value);
          }
        }
        break;
      case ParameterSource::kCookie:
        http::ForEachCookie(x.request.fields, [&](std::string_view name, std::string_view value) {
          if (name == p.wire_name) texts.push_back(value);
        });
        break;
    }
    return texts;
  }
};

void AddMissing(const Parameter& p, std::vector<http::Invalid>& findings) {
  findings.push_back({"missing", {std::string(LocOf(p.source)), p.wire_name}, "Field required", "null", {}});
}

void AddWrong(const Parameter& p, std::string_view text, std::vector<http::Invalid>& findings) {
  const auto [type, msg] = route::RefusalOf(p.type);
  http::Invalid invalid{std::string(type), {std::string(LocOf(p.source)), p.wire_name}, std::string(msg), {}, {}};
  base::AppendJsonString(invalid.input, text);
  findings.push_back(std::move(invalid));
}

// Appends one value to the object under construction, or to the findings what is wrong with it.
void AppendValue(const Parameter& p, std::string_view text, std::string& json, std::vector<http::Invalid>& findings) {
  // Targets are UTF-8 once they are decoded; fields may hold any octets.
  if (!base::IsUtf8(text)) {
    findings.push_back({"string_unicode",
                        {std::string(LocOf(p.source)), p.wire_name},
                        "Input should be a valid string, unable to parse raw data as a unicode string",
                        "null",
                        {}});
  } else if (!route::AppendConverted(p.type, text, json)) {
    AddWrong(p, text, findings);
  }
}

// Appends the parameter's member, likewise.
void AppendMember(const Parameter& p, const std::vector<std::string_view>& texts, std::string& json,
                  std::vector<http::Invalid>& findings) {
  if (json.size() > 1) json += ',';
  base::AppendJsonString(json, p.name);
  json += ':';
  if (!p.list) return AppendValue(p, texts.back(), json, findings);
  json += '[';
  for (const std::string_view text : texts) {
    if (json.back() != '[') json += ',';
    AppendValue(p, text, json, findings);
  }
  json += ']';
}

}  // namespace

Verdict ConvertArguments(http::Exchange& x) {
  const protocol::Route& route = x.table->At(x.route);
  if (route.parameters.empty()) return Verdict::kGoOn;
  const auto query = http::QueryPairs(x.request.Query());
  if (!query) {
    x.Answer(http::Fault::kBadTarget);
    return Verdict::kAnswered;
  }
  const Reader reader{x, *x.table, *query};
  std::vector<http::Invalid> findings;
  std::string& json = x.arguments;
  json = "{";
  for (const Parameter& p : route.parameters) {
    const auto texts = reader.Texts(p);
    if (!texts.empty()) {
      AppendMember(p, texts, json, findings);
    } else if (p.required) {
      AddMissing(p, findings);
    }
  }
  json += '}';
  if (findings.empty()) return Verdict::kGoOn;
  x.AnswerInvalid(findings);
  return Verdict::kAnswered;
}

}  // namespace spikard::stage
