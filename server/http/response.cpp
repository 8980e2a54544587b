#include "http/response.hpp"

#include <utility>

namespace spikard::http {

void Response::Clear() {
  status = 200;
  fields.Clear();
  close = false;
  text_.clear();
  owner_.reset();
}

void Response::SetBody(std::string_view bytes) {
  owner_.reset();
  text_.assign(bytes);
}

void Response::SetBody(std::string_view bytes, std::shared_ptr<const void> owner) {
  shared_ = bytes;
  owner_ = std::move(owner);
}

}  // namespace spikard::http
