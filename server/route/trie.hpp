// Paths to routes. Static beats typed beats plain beats rest, segment by segment, with a way back.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "route/pattern.hpp"

namespace spikard::route {

// What stands at the end of a path: a route for each method.
struct Leaf {
  std::vector<std::pair<std::string, uint32_t>> methods;

  std::optional<uint32_t> Find(std::string_view method) const;
  // "GET, HEAD, OPTIONS": what Allow says (RFC 9110 section 10.2.1); HEAD and OPTIONS come by themselves.
  std::string Allow() const;
};

struct PathMatch {
  const Leaf* leaf = nullptr;
  std::vector<std::string> parameters;  // in the pattern's order
  // Set, with the leaf, if the path fits only when a segment's type is not looked at.
  std::optional<Segment> refused;
  std::string refused_text;
};

class Trie {
 public:
  Trie();
  ~Trie();
  Trie(Trie&&) noexcept;
  Trie& operator=(Trie&&) noexcept;

  // Returns false if this method is already taken for a pattern of this shape.
  bool Add(const std::vector<Segment>& pattern, std::string_view method, uint32_t route);
  PathMatch Match(const std::vector<std::string>& segments) const;

 private:
  struct Node;
  struct Walk;

  std::unique_ptr<Node> root_;
};

}  // namespace spikard::route
