#include "http/status.hpp"

#include <boost/beast/http/status.hpp>

namespace spikard::http {

std::string_view ReasonPhrase(uint16_t status) {
  // RFC 9110 renamed two phrases that Beast has from RFC 7231.
  if (status == 413) return "Content Too Large";
  if (status == 422) return "Unprocessable Content";
  const auto known = boost::beast::http::int_to_status(status);
  if (known == boost::beast::http::status::unknown) return {};
  const auto phrase = boost::beast::http::obsolete_reason(known);
  return {phrase.data(), phrase.size()};
}

}  // namespace spikard::http
