// The log of a process: lines on stderr, one per event.
#pragma once

#include <spdlog/spdlog.h>

#include <string_view>

namespace spikard::base {

// `level`: trace debug info warning error critical off. Returns false if it is none of these.
bool SetUpLog(std::string_view level);

}  // namespace spikard::base
