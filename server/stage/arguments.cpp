#include "stage/arguments.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.hpp"
#include "http/cookies.hpp"
#include "http/target.hpp"
#include "route/convert.hpp"
#include "schema/coerce.hpp"
#include "stage/plan.hpp"
#include "stage/wording.hpp"

namespace spikard::stage {
namespace {

using http::Invalid;
using protocol::ParameterSource;
using QueryPairs = std::vector<std::pair<std::string, std::string>>;
using Cookies = std::vector<std::pair<std::string_view, std::string>>;
using Texts = std::vector<std::string_view>;

struct Sent {
  const http::Exchange& x;
  QueryPairs query;
  Cookies cookies;

  // The texts sent for a parameter, in order.
  void Find(const ParameterPlan& p, Texts& texts) const {
    texts.clear();
    switch (p.declared->source) {
      case ParameterSource::kPath:
        if (p.segment < x.path_parameters.size()) texts.emplace_back(x.path_parameters[p.segment]);
        break;
      case ParameterSource::kQuery:
        for (const auto& [name, value] : query) {
          if (name == p.wire_name) texts.emplace_back(value);
        }
        break;
      case ParameterSource::kHeader:
        for (size_t i = 0; i < x.request.fields.size(); ++i) {
          const auto [name, value] = x.request.fields[i];
          if (name != p.wire_name) continue;
          if (p.program == nullptr && p.many) {
            // RFC 9110 section 5.3: as if all had been sent in one field.
            http::ForEachElement(value, [&](std::string_view element) { texts.push_back(element); });
          } else {
            texts.push_back(value);
          }
        }
        break;
      case ParameterSource::kCookie:
        for (const auto& [name, value] : cookies) {
          if (name == p.wire_name) texts.push_back(value);
        }
        break;
    }
  }
};

std::string Quoted(std::string_view text) {
  std::string json;
  base::AppendJsonString(json, text);
  return json;
}

// A parameter's input is what was sent: its text, or the texts of a list.
std::string InputOf(const ParameterPlan& p, const Texts& texts, const schema::Error& error) {
  if (!p.many) return Quoted(texts.back());
  if (!error.path.empty()) {
    const auto* position = std::get_if<size_t>(&error.path.front());
    if (position != nullptr && p.separator == '\0' && *position < texts.size()) return Quoted(texts[*position]);
    return error.instance.starts_with('"') ? std::string(error.instance) : Quoted(error.instance);
  }
  if (texts.size() == 1) return Quoted(texts.front());
  std::string json = "[";
  for (const std::string_view text : texts) {
    if (json.size() > 1) json += ',';
    base::AppendJsonString(json, text);
  }
  return json + ']';
}

// Appends the parameter's value to the object under construction, or to the findings what is wrong with it.
class Reader {
 public:
  Reader(std::string& json, std::vector<Invalid>& findings) : json_(json), findings_(findings) {}

  void Read(const ParameterPlan& p, const Texts& texts) {
    // Targets are UTF-8 once they are decoded; fields may hold any octets.
    if (!std::all_of(texts.begin(), texts.end(), base::IsUtf8)) {
      findings_.push_back({"string_unicode",
                           p.place,
                           "Input should be a valid string, unable to parse raw data as a unicode string",
                           "null",
                           {}});
      json_ += "null";
    } else if (p.program != nullptr) {
      BySchema(p, texts);
    } else if (!p.many) {
      ByType(p, texts.back());
    } else {
      json_ += '[';
      for (size_t i = 0; i < texts.size(); ++i) {
        if (i > 0) json_ += ',';
        if (!ByType(p, texts[i])) findings_.back().loc.push_back(std::to_string(i));
      }
      json_ += ']';
    }
  }

 private:
  bool ByType(const ParameterPlan& p, std::string_view text) {
    if (route::AppendConverted(p.declared->type, text, json_)) return true;
    const auto [type, msg] = route::RefusalOf(p.declared->type);
    findings_.push_back({std::string(type), p.place, std::string(msg), Quoted(text), {}});
    return false;
  }

  void BySchema(const ParameterPlan& p, const Texts& texts) {
    thread_local schema::Document document;
    const size_t before = json_.size();
    schema::CoerceParameter(*p.program, {{}, texts, p.separator}, json_);
    // A copy of its own: the document's views must not move when the object grows.
    const std::string value = json_.substr(before);
    if (!schema::Parse(value, document).ok()) {
      findings_.push_back({"type_error", p.place, "Input should be valid", Quoted(texts.back()), {}});
    } else if (!schema::IsValid(*p.program, document)) {
      const auto errors = schema::Validate(*p.program, document, {kMaxFindings, true});
      for (const schema::Error& error : errors) {
        Invalid invalid = Word(error, p.place, Origin::kParameter);
        invalid.input = InputOf(p, texts, error);
        findings_.push_back(std::move(invalid));
      }
    }
  }

  std::string& json_;
  std::vector<Invalid>& findings_;
};

void FindUndeclared(const RoutePlan& plan, const Sent& sent, std::vector<Invalid>& findings) {
  const auto check = [&](ParameterSource source, std::string_view name, std::string_view value) {
    const bool declared = std::any_of(plan.parameters.begin(), plan.parameters.end(), [&](const ParameterPlan& p) {
      return p.declared->source == source && p.wire_name == name;
    });
    if (declared || !base::IsUtf8(name)) return;
    const std::string input = base::IsUtf8(value) ? Quoted(value) : "null";
    findings.push_back({"validation_error",
                        {std::string(PlaceOf(source)), std::string(name)},
                        "Additional properties are not allowed",
                        input,
                        R"({"additional_properties":false,"unexpected_field":)" + Quoted(name) + "}"});
  };
  if (plan.declared->query_closed) {
    for (const auto& [name, value] : sent.query) check(ParameterSource::kQuery, name, value);
  }
  if (plan.declared->cookies_closed) {
    for (const auto& [name, value] : sent.cookies) check(ParameterSource::kCookie, name, value);
  }
}

bool IsFound(const std::vector<Invalid>& findings, const ParameterPlan& p) {
  return std::any_of(findings.begin(), findings.end(), [&](const Invalid& i) { return i.loc == p.place; });
}

void ReadAll(const RoutePlan& plan, const Sent& sent, std::string& json, std::vector<Invalid>& findings) {
  Reader reader(json, findings);
  Texts texts;
  const std::string* object = nullptr;  // the one that is open
  json = "{";
  for (const ParameterPlan& p : plan.parameters) {
    sent.Find(p, texts);
    if (texts.empty()) {
      if (p.declared->required) findings.push_back(Missing(p.place));
      continue;
    }
    // A segment of the path that its pattern refused.
    if (p.segment != SIZE_MAX && !findings.empty() && IsFound(findings, p)) continue;
    if (!p.declared->object.empty() && (object == nullptr || *object != p.declared->object)) {
      if (object != nullptr) json += '}';
      if (json.size() > 1) json += ',';
      object = &p.declared->object;
      base::AppendJsonString(json, *object);
      json += ":{";
    }
    if (json.back() != '{') json += ',';
    json += p.opening;
    reader.Read(p, texts);
  }
  json += object != nullptr ? "}}" : "}";
}

}  // namespace

Verdict ConvertArguments(http::Exchange& x) {
  const RoutePlan& plan = PlanOf(*x.table, x.route);
  if (plan.parameters.empty() && !plan.reads_query && !plan.reads_cookies) return Verdict::kGoOn;
  Sent sent{x, {}, {}};
  if (plan.reads_query && !x.request.Query().empty()) {
    auto query = http::QueryPairs(x.request.Query());
    if (!query) {
      x.Answer(http::Fault::kBadTarget);
      return Verdict::kAnswered;
    }
    sent.query = std::move(*query);
  }
  if (plan.reads_cookies) {
    http::ForEachCookie(x.request.fields, [&](std::string_view name, std::string value) {
      sent.cookies.emplace_back(name, std::move(value));
    });
  }
  ReadAll(plan, sent, x.arguments, x.findings);
  FindUndeclared(plan, sent, x.findings);
  return Verdict::kGoOn;
}

}  // namespace spikard::stage
