#include "http/response.hpp"

#include <charconv>
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

bool Response::AsksToClose() const {
  bool asks = false;
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto [name, value] = fields[i];
    if (name != "connection") continue;
    ForEachElement(value, [&](std::string_view option) { asks = asks || EqualsIgnoringCase(option, "close"); });
  }
  return asks;
}

std::optional<uint64_t> Response::SaidLength() const {
  const auto text = fields.Find("content-length");
  if (!text || fields.Count("content-length") != 1) return std::nullopt;
  uint64_t length = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), length);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return length;
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
