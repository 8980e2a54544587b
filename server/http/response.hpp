// A response on its way to a client.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/body_stream.hpp"
#include "http/fields.hpp"

namespace spikard::http {

class Response {
 public:
  uint16_t status = 200;
  Fields fields;
  // The connection ends with this response.
  bool close = false;
  // All of the body, if there is one: then Body() is empty.
  std::shared_ptr<BodyStream> stream;

  void Clear();

  // Whether the application's own fields ask for that (RFC 9112 section 9.6).
  bool AsksToClose() const;
  // How long the body is by the application's own field, if that makes sense.
  std::optional<uint64_t> SaidLength() const;

  std::string_view Body() const { return owner_ ? shared_ : std::string_view(text_); }
  // Copies `bytes`, into memory that Clear keeps unless it is much.
  void SetBody(std::string_view bytes);
  // Shares `bytes`, which stay valid while `owner` lives.
  void SetBody(std::string_view bytes, std::shared_ptr<const void> owner);

 private:
  std::string text_;
  std::string_view shared_;
  std::shared_ptr<const void> owner_;
};

}  // namespace spikard::http
