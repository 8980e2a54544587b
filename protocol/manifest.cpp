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

template <typename T>
fb::Offset<fb::Vector<fb::Offset<T>>> MakeVector(fb::FlatBufferBuilder& b, const std::vector<fb::Offset<T>>& items) {
  return items.empty() ? fb::Offset<fb::Vector<fb::Offset<T>>>() : b.CreateVector(items);
}

fb::Offset<spikard_wire::Parameter> MakeParameter(fb::FlatBufferBuilder& b, const Parameter& p) {
  const auto name = b.CreateString(p.name);
  const auto wire_name = b.CreateString(p.wire_name);
  const auto schema = MakeText(b, p.schema);
  const auto object = MakeText(b, p.object);
  return spikard_wire::CreateParameter(b, name, wire_name, static_cast<spikard_wire::ParameterSource>(p.source),
                                       static_cast<spikard_wire::ValueType>(p.type), p.list, p.required, schema,
                                       static_cast<uint8_t>(p.separator), object);
}

fb::Offset<spikard_wire::FilePart> MakeFilePart(fb::FlatBufferBuilder& b, const FilePart& p) {
  const auto name = b.CreateString(p.name);
  std::vector<fb::Offset<fb::String>> types;
  for (const std::string& type : p.content_types) types.push_back(b.CreateString(type));
  return spikard_wire::CreateFilePart(b, name, MakeVector(b, types), p.max_size, p.magic);
}

fb::Offset<spikard_wire::Route> MakeRoute(fb::FlatBufferBuilder& b, const Route& r) {
  std::vector<fb::Offset<spikard_wire::Parameter>> parameters;
  for (const Parameter& p : r.parameters) parameters.push_back(MakeParameter(b, p));
  const auto method = b.CreateString(r.method);
  const auto path = b.CreateString(r.path);
  const auto name = MakeText(b, r.name);
  const auto parameter_vector = MakeVector(b, parameters);
  const auto body_schema = MakeText(b, r.body_schema);
  const auto response_schema = MakeText(b, r.response_schema);
  std::vector<fb::Offset<spikard_wire::FilePart>> file_parts;
  for (const FilePart& part : r.file_parts) file_parts.push_back(MakeFilePart(b, part));
  const auto file_part_vector = MakeVector(b, file_parts);
  return spikard_wire::CreateRoute(b, static_cast<spikard_wire::RouteKind>(r.kind), method, path, name,
                                   parameter_vector, r.takes_body, r.streams_body, body_schema, response_schema,
                                   static_cast<spikard_wire::Idempotence>(r.idempotence), r.timeout_ms, r.max_body_size,
                                   r.body_media, r.body_required, r.body_keyed, file_part_vector, r.max_json_depth,
                                   r.wants_verdict, r.query_closed, r.cookies_closed);
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
    to->max_json_depth = from.max_json_depth();
    return true;
  }

 private:
  bool Read(const spikard_wire::Parameter& from, Parameter* to) {
    if (from.source() > spikard_wire::ParameterSource::MAX || from.type() > spikard_wire::ValueType::MAX) return false;
    to->source = static_cast<ParameterSource>(from.source());
    to->type = static_cast<ValueType>(from.type());
    to->list = from.list();
    to->required = from.required();
    to->separator = static_cast<char>(from.separator());
    return Read(from.name(), &to->name) && Read(from.wire_name(), &to->wire_name) && Read(from.schema(), &to->schema) &&
           Read(from.object(), &to->object) && from.separator() < 0x80;
  }

  bool Read(const spikard_wire::FilePart& from, FilePart* to) {
    to->max_size = from.max_size();
    to->magic = from.magic();
    if (from.content_types() != nullptr) {
      for (const fb::String* type : *from.content_types()) {
        // An empty type costs no budget, but memory.
        if (type->size() == 0 || !Read(type, &to->content_types.emplace_back())) return false;
      }
    }
    return Read(from.name(), &to->name);
  }

  bool Read(const spikard_wire::Route& from, Route* to) {
    if (from.kind() > spikard_wire::RouteKind::MAX || from.idempotence() > spikard_wire::Idempotence::MAX) return false;
    to->kind = static_cast<RouteKind>(from.kind());
    to->takes_body = from.takes_body();
    to->streams_body = from.streams_body();
    to->idempotence = static_cast<Idempotence>(from.idempotence());
    to->timeout_ms = from.timeout_ms();
    to->max_body_size = from.max_body_size();
    if (from.body_media() > kAllMedia) return false;
    to->body_media = from.body_media();
    to->body_required = from.body_required();
    to->body_keyed = from.body_keyed();
    to->max_json_depth = from.max_json_depth();
    to->wants_verdict = from.wants_verdict();
    to->query_closed = from.query_closed();
    to->cookies_closed = from.cookies_closed();
    if (from.file_parts() != nullptr) {
      for (const spikard_wire::FilePart* part : *from.file_parts()) {
        if (!Read(*part, &to->file_parts.emplace_back())) return false;
      }
    }
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
                                        manifest.request_ids, manifest.redirect_slashes, manifest.max_json_depth),
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
