#include "http/date.hpp"

#include <array>

namespace spikard::http {

std::string_view DateSource::Now() {
  std::timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != second_) {
    second_ = now.tv_sec;
    std::tm parts{};
    ::gmtime_r(&second_, &parts);
    // Not strftime's %a and %b: they follow the locale.
    static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::array<char, 64> rest{};
    const size_t n = std::strftime(rest.data(), rest.size(), " %Y %H:%M:%S GMT", &parts);
    text_ = kDays[static_cast<size_t>(parts.tm_wday)];
    text_ += parts.tm_mday < 10 ? ", 0" : ", ";
    text_ += std::to_string(parts.tm_mday) + ' ' + kMonths[static_cast<size_t>(parts.tm_mon)];
    text_.append(rest.data(), n);
  }
  return text_;
}

}  // namespace spikard::http
