// The applications that have been here: each (epoch, hash of the manifest) is a generation, numbered as first seen.
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

  // Null if its manifest is not at hand. `epoch`: given by a supervisor; empty: the hash.
  Handle Find(std::string_view epoch, std::string_view hash) const;
  // Takes in a manifest. Returns its table; or null and in one line why it cannot be served.
  Handle Add(std::string_view epoch, std::string_view hash, std::string_view manifest, std::string& refusal);

 private:
  struct Generation {
    uint64_t number;
    std::string hash;
    // Whoever uses it keeps it: workers, exchanges, and the front end while it is active. One that comes back after all
    // have gone is compiled anew, and is as old as it was.
    std::weak_ptr<const route::Table> table;
  };

  std::map<std::string, Generation, std::less<>> known_;  // by epoch
};

}  // namespace spikard::dispatch
