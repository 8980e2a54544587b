// The head of a request, as the client sent it.
#pragma once

#include <string>

#include "http/fields.hpp"

namespace spikard::http {

struct Request {
  std::string method;
  std::string target;  // origin-form after the parser, whatever form was sent: path and query, undecoded
  int minor_version = 1;  // of HTTP/1
  bool keep_alive = true;
  bool expects_continue = false;
  Fields fields;

  std::string_view Path() const { return std::string_view(target).substr(0, target.find('?')); }
  std::string_view Query() const {
    const size_t mark = target.find('?');
    return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
  }
};

}  // namespace spikard::http
