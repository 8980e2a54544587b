#include "protocol/manifest.hpp"

#include "manifest_generated.h"

namespace spikard::protocol {
namespace {

namespace fb = flatbuffers;

constexpr fb::uoffset_t kMaxDepth = 8;
constexpr fb::uoffset_t kMaxTables = 1'000'000;

fb::Offset<fb::String> MakeText(fb::FlatBufferBuilder& b, const std::string& text) {
  return text.empty() ? fb::Offset<fb::String>() : b.CreateString(text);
}

fb::Offset<spikard_wire::Parameter> MakeParameter(fb::FlatBufferBuilder& b, const Parameter& p) {
  const auto name = b.CreateString(p.name);
  const auto wire_name = b.CreateString(p.wire_name);
  return spikard_wire::CreateParameter(b, name, wire_name, static_cast<spikard_wire::ParameterSource>(p.source),
                                       static_cast<spikard_wire::ValueType>(p.type), p.list, p.required,
                                       MakeText(b, p.schema));
}

fb::Offset<spikard_wire::Route> MakeRoute(fb::FlatBufferBuilder& b, const Route& r) {
  std::vector<fb::Offset<spikard_wire::Parameter>> parameters;
  for (const Parameter& p : r.parameters) parameters.push_back(MakeParameter(b, p));
  const auto method = b.CreateString(r.method);
  const auto path = b.CreateString(r.path);
  const auto name = MakeText(b, r.name);
  const auto parameter_vector =
      parameters.empty() ? fb::Offset<fb::Vector<fb::Offset<spikard_wire::Parameter>>>() : b.CreateVector(parameters);
  const auto body_schema = MakeText(b, r.body_schema);
  const auto response_schema = MakeText(b, r.response_schema);
  return spikard_wire::CreateRoute(b, static_cast<spikard_wire::RouteKind>(r.kind), method, path, name,
                                   parameter_vector, r.takes_body, r.streams_body, body_schema, response_schema,
                                   static_cast<spikard_wire::Idempotence>(r.idempotence), r.timeout_ms,
                                   r.max_body_size);
}

// Offsets may alias, so that a small manifest could name one long text a million times: what is copied out of
// a manifest is never more than the manifest.
class Reader {
 public:
  explicit Reader(size_t budget) : budget_(budget) {}

  bool Read(const spikard_wire::Manifest& from, Manifest* to) {
    to->routes.resize(from.routes()->size());
    for (fb::uoffset_t i = 0; i < from.routes()->size(); ++i) {
      if (!Read(*from.routes()->Get(i), &to->routes[i])) return false;
    }
    to->max_body_size = from.max_body_size();
    to->request_timeout_ms = from.request_timeout_ms();
    to->request_ids = from.request_ids();
    to->redirect_slashes = from.redirect_slashes();
    return true;
  }

 private:
  bool Read(const spikard_wire::Parameter& from, Parameter* to) {
    if (from.source() > spikard_wire::ParameterSource::MAX || from.type() > spikard_wire::ValueType::MAX) return false;
    to->source = static_cast<ParameterSource>(from.source());
    to->type = static_cast<ValueType>(from.type());
    to->list = from.list();
    to->required = from.required();
    return Read(from.name(), &to->name) && Read(from.wire_name(), &to->wire_name) && Read(from.schema(), &to->schema);
  }

  bool Read(const spikard_wire::Route& from, Route* to) {
    if (from.kind() > spikard_wire::RouteKind::MAX || from.idempotence() > spikard_wire::Idempotence::MAX) return false;
    to->kind = static_cast<RouteKind>(from.kind());
    to->takes_body = from.takes_body();
    to->streams_body = from.streams_body();
    to->idempotence = static_cast<Idempotence>(from.idempotence());
    to->timeout_ms = from.timeout_ms();
    to->max_body_size = from.max_body_size();
    if (from.parameters() != nullptr) {
      to->parameters.resize(from.parameters()->size());
      for (fb::uoffset_t i = 0; i < from.parameters()->size(); ++i) {
        if (!Read(*from.parameters()->Get(i), &to->parameters[i])) return false;
      }
    }
    return Read(from.method(), &to->method) && Read(from.path(), &to->path) && Read(from.name(), &to->name) &&
           Read(from.body_schema(), &to->body_schema) && Read(from.response_schema(), &to->response_schema);
  }

  bool Read(const fb::String* from, std::string* to) {
    if (from == nullptr) return true;
    if (from->size() > budget_) return false;
    budget_ -= from->size();
    to->assign(from->data(), from->size());
    return true;
  }

  size_t budget_;
};

}  // namespace

std::string EncodeManifest(const Manifest& manifest) {
  fb::FlatBufferBuilder b;
  std::vector<fb::Offset<spikard_wire::Route>> routes;
  for (const Route& route : manifest.routes) routes.push_back(MakeRoute(b, route));
  b.Finish(spikard_wire::CreateManifest(b, b.CreateVector(routes), manifest.max_body_size, manifest.request_timeout_ms,
                                        manifest.request_ids, manifest.redirect_slashes),
           spikard_wire::ManifestIdentifier());
  return {reinterpret_cast<const char*>(b.GetBufferPointer()), b.GetSize()};
}

Errc DecodeManifest(std::string_view bytes, Manifest* manifest) {
  const std::string aligned(bytes);
  fb::Verifier verifier(reinterpret_cast<const uint8_t*>(aligned.data()), aligned.size(), kMaxDepth, kMaxTables);
  if (!spikard_wire::VerifyManifestBuffer(verifier)) return Errc::kStructure;
  *manifest = Manifest();
  return Reader(bytes.size()).Read(*spikard_wire::GetManifest(aligned.data()), manifest) ? Errc::kOk : Errc::kMeaning;
}

}  // namespace spikard::protocol
