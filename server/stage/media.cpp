#include "stage/media.hpp"

#include <optional>
#include <string_view>

#include "route/table.hpp"

namespace spikard::stage {
namespace {

using http::EqualsIgnoringCase;

Verdict Refuse(http::Exchange& x, uint16_t status, std::string_view slug, std::string_view detail) {
  x.Answer(http::Problem{status, slug, detail, {}});
  return Verdict::kAnswered;
}

Verdict RefuseType(http::Exchange& x) { return Refuse(x, 415, {}, "Unsupported media type"); }

std::optional<Coding> CodingOf(std::string_view name) {
  if (name.empty() || EqualsIgnoringCase(name, "identity")) return Coding::kIdentity;
  if (EqualsIgnoringCase(name, "gzip") || EqualsIgnoringCase(name, "x-gzip")) return Coding::kGzip;
  if (EqualsIgnoringCase(name, "deflate")) return Coding::kDeflate;
  if (EqualsIgnoringCase(name, "br")) return Coding::kBrotli;
  return std::nullopt;
}

}  // namespace

Verdict CheckMedia(http::Exchange& x, Media& media) {
  const protocol::Route& route = x.table->At(x.route);
  if (route.body_media == 0) return Verdict::kGoOn;
  media.kind = protocol::kJsonMedia;
  if (const auto field = x.request.fields.Find("content-type")) {
    // Whoever reads the other one sees another body.
    if (x.request.fields.Count("content-type") > 1) return Refuse(x, 400, {}, "More than one Content-Type header");
    const ContentTypeRefusal refusal = ReadContentType(*field, route.body_media, media);
    if ((media.kind & route.body_media) == 0 && refusal.status == 415 && !x.body_source.HasBody()) {
      // Whatever it would have been, there is none.
      media.kind = protocol::kJsonMedia;
      return Verdict::kGoOn;
    }
    if (refusal.status != 0) return Refuse(x, refusal.status, refusal.slug, refusal.detail);
  } else if ((route.body_media & protocol::kJsonMedia) == 0) {
    return x.body_source.HasBody() ? RefuseType(x) : Verdict::kGoOn;
  }
  if (const auto field = x.request.fields.Find("content-encoding")) {
    const auto coding = x.request.fields.Count("content-encoding") == 1 ? CodingOf(*field) : std::nullopt;
    if (!coding) {
      x.response.fields.Add("accept-encoding", "gzip, deflate, br");
      return Refuse(x, 415, {}, "Unsupported content coding; gzip, deflate and br are supported");
    }
    media.coding = *coding;
  }
  return Verdict::kGoOn;
}

}  // namespace spikard::stage
