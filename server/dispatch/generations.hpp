// The manifests that are known, by their hash, as tables ready for requests.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "route/table.hpp"

namespace spikard::dispatch {

class Generations {
 public:
  using Handle = std::shared_ptr<const route::Table>;

  // Null if the manifest is not known yet.
  Handle Find(std::string_view hash) const;
  // Takes in a manifest. Returns an empty string, or in one line why it cannot be served.
  std::string Add(std::string_view hash, std::string_view manifest);

 private:
  std::map<std::string, Handle, std::less<>> tables_;
  uint64_t last_ = 0;
};

}  // namespace spikard::dispatch
