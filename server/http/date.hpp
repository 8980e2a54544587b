// The Date field (RFC 9110 section 6.6.1), made once a second.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace spikard::http {

class DateSource {
 public:
  // IMF-fixdate of now. The view is valid until the next call.
  std::string_view Now();

 private:
  std::time_t second_ = -1;
  std::string text_;
};

}  // namespace spikard::http
