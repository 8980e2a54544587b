#include "http/response.hpp"

#include <utility>

namespace spikard::http {

namespace {
constexpr size_t kMaxKept = 64 * 1024;
}  // namespace

void Response::Clear() {
  status = 200;
  fields.Clear();
  close = false;
  stream.reset();
  text_.clear();
  if (text_.capacity() > kMaxKept) text_.shrink_to_fit();
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
