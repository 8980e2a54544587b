#include "base/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>

#include <memory>
#include <string>
#include <utility>

namespace spikard::base {

bool SetUpLog(std::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") return false;
  auto logger = std::make_shared<spdlog::logger>("spikard", std::make_shared<spdlog::sinks::stderr_color_sink_st>());
  logger->set_level(parsed);
  logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-7l%$ front-end %v");
  spdlog::set_default_logger(std::move(logger));
  return true;
}

}  // namespace spikard::base
