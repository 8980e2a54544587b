// What a manifest says, made ready for requests when it arrives. Immutable afterwards.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/manifest.hpp"
#include "route/trie.hpp"

namespace spikard::route {

// What rooms to the right have made ready of a manifest.
class Prepared {
 public:
  virtual ~Prepared() = default;
};

class Table {
 public:
  using Built = std::variant<std::shared_ptr<const Table>, std::string>;
  // Adds to a table, or says in one line why the manifest cannot be served.
  using Prepare = std::variant<std::unique_ptr<const Prepared>, std::string> (*)(const Table& table);

  // A table, or in one line why the manifest cannot be served.
  static Built Build(protocol::Manifest manifest, uint64_t generation, Prepare prepare = nullptr);

  uint64_t Generation() const { return generation_; }
  const protocol::Manifest& Manifest() const { return manifest_; }
  const protocol::Route& At(uint32_t route) const { return manifest_.routes[route]; }
  // The names of a route's path parameters, in the pattern's order.
  const std::vector<std::string>& PathNames(uint32_t route) const { return path_names_[route]; }
  PathMatch Match(const std::vector<std::string>& segments, std::string_view method) const {
    return trie_.Match(segments, method);
  }
  // What `prepare` gave; null without one.
  const Prepared* Extension() const { return prepared_.get(); }
  // Bytes; 0 is no limit.
  uint64_t MaxBodySize(uint32_t route) const;
  // Until a response must have begun; 0: for ever.
  std::chrono::milliseconds Timeout(uint32_t route) const;

 private:
  Table() = default;

  uint64_t generation_ = 0;
  protocol::Manifest manifest_;
  Trie trie_;
  std::vector<std::vector<std::string>> path_names_;
  std::unique_ptr<const Prepared> prepared_;
};

}  // namespace spikard::route
