// Paths to routes. Static beats typed beats plain beats rest, segment by segment, with a way back.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "route/pattern.hpp"

namespace spikard::route {

struct PathMatch {
  // A segment whose type alone refuses its text.
  struct Refused {
    size_t parameter;  // index into `parameters`
    protocol::ValueType type;
  };

  std::optional<uint32_t> route;
  std::vector<std::string> parameters;  // of the route, in the pattern's order
  std::optional<Refused> refused;       // the first one, if the path fits only when types are not looked at
  std::set<std::string> methods;        // without a route: those of all patterns that fit

  // "GET, HEAD, OPTIONS": what Allow says (RFC 9110 section 10.2.1); HEAD and OPTIONS come by themselves.
  std::string Allow() const;
};

// Stands in for every method that a pattern has no route for.
inline constexpr std::string_view kAnyMethod = "*";

class Trie {
 public:
  Trie();
  ~Trie();
  Trie(Trie&&) noexcept;
  Trie& operator=(Trie&&) noexcept;

  // Returns false if this method is already taken for a pattern of this shape.
  bool Add(const std::vector<Segment>& pattern, std::string_view method, uint32_t route);
  // The best pattern that fits and has the method; GET's stands in for HEAD's, that of any method for all others.
  PathMatch Match(const std::vector<std::string>& segments, std::string_view method) const;

 private:
  struct Node;
  struct Walk;

  std::unique_ptr<Node> root_;
};

}  // namespace spikard::route
