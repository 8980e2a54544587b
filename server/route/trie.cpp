#include "route/trie.hpp"

#include <algorithm>
#include <utility>

#include "route/convert.hpp"

namespace spikard::route {

// What stands at the end of a path: a route for each method, and perhaps one for those that have none.
using Leaf = std::vector<std::pair<std::string, uint32_t>>;

struct Trie::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::vector<std::pair<protocol::ValueType, std::unique_ptr<Node>>> typed;
  std::unique_ptr<Node> plain;
  std::unique_ptr<Node> rest;
  Leaf leaf;
};

namespace {

std::optional<uint32_t> Find(const Leaf& leaf, std::string_view method) {
  for (const auto& [name, route] : leaf) {
    if (name == method) return route;
  }
  return std::nullopt;
}

// No segment is one (http/target.hpp), but an encoded slash in one is nothing else than a slash to whoever takes what
// is left of the path for a path.
bool HasDotSegment(std::string_view path) {
  for (;;) {
    const size_t slash = path.find('/');
    const std::string_view step = path.substr(0, slash);
    if (step == "." || step == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

// One search through the trie: of each pattern that fits until one has the method, so that a better pattern without it
// hides none.
struct Trie::Walk {
  const std::vector<std::string>& segments;
  const std::string_view method;
  const bool ignore_types;
  PathMatch match;

  bool Into(const Node& node, const std::string& parameter, size_t next) {
    match.parameters.push_back(parameter);
    if (Visit(node, next)) return true;
    match.parameters.pop_back();
    return false;
  }

  bool Visit(const Node& node, size_t at) {
    if (at == segments.size()) return Arrive(node.leaf);
    const std::string& text = segments[at];
    if (const auto literal = node.literals.find(text); literal != node.literals.end()) {
      if (Visit(*literal->second, at + 1)) return true;
    }
    if (!text.empty()) {
      for (const auto& [type, child] : node.typed) {
        std::string ignored;
        const bool fits = AppendConverted(type, text, ignored);
        if (!fits && !ignore_types) continue;
        const size_t parameter = match.parameters.size();
        if (!Into(*child, text, at + 1)) continue;
        // Found on the way back: the outermost refusal is the first in the path.
        if (!fits) match.refused = {parameter, type};
        return true;
      }
      if (node.plain && Into(*node.plain, text, at + 1)) return true;
    }
    if (!node.rest) return false;
    const std::string rest = Rest(at);
    return !HasDotSegment(rest) && Into(*node.rest, rest, segments.size());
  }

  bool Arrive(const Leaf& leaf) {
    match.route = Find(leaf, method);
    if (!match.route && method == "HEAD") match.route = Find(leaf, "GET");
    if (!match.route) match.route = Find(leaf, kAnyMethod);
    if (match.route) return true;
    for (const auto& [name, route] : leaf) match.methods.insert(name);
    return false;
  }

  std::string Rest(size_t at) const {
    std::string rest = segments[at];
    for (size_t i = at + 1; i < segments.size(); ++i) rest.append("/").append(segments[i]);
    return rest;
  }
};

Trie::Trie() : root_(std::make_unique<Node>()) {}
Trie::~Trie() = default;
Trie::Trie(Trie&&) noexcept = default;
Trie& Trie::operator=(Trie&&) noexcept = default;

bool Trie::Add(const std::vector<Segment>& pattern, std::string_view method, uint32_t route) {
  Node* node = root_.get();
  for (const Segment& segment : pattern) {
    std::unique_ptr<Node>* child = nullptr;
    switch (segment.kind) {
      case Segment::Kind::kLiteral:
        child = &node->literals[segment.text];
        break;
      case Segment::Kind::kTyped: {
        auto same = std::find_if(node->typed.begin(), node->typed.end(),
                                 [&](const auto& typed) { return typed.first == segment.type; });
        if (same == node->typed.end()) same = node->typed.emplace(node->typed.end(), segment.type, nullptr);
        child = &same->second;
        break;
      }
      case Segment::Kind::kPlain:
        child = &node->plain;
        break;
      case Segment::Kind::kRest:
        child = &node->rest;
        break;
    }
    if (*child == nullptr) *child = std::make_unique<Node>();
    node = child->get();
  }
  if (Find(node->leaf, method)) return false;
  node->leaf.emplace_back(method, route);
  return true;
}

PathMatch Trie::Match(const std::vector<std::string>& segments, std::string_view method) const {
  Walk strict{segments, method, false, {}};
  if (strict.Visit(*root_, 0) || !strict.match.methods.empty()) return std::move(strict.match);
  Walk lenient{segments, method, true, {}};
  lenient.Visit(*root_, 0);
  return std::move(lenient.match);
}

std::string PathMatch::Allow() const {
  std::set<std::string> allowed = methods;
  if (allowed.contains("GET")) allowed.insert("HEAD");
  allowed.insert("OPTIONS");
  std::string text;
  for (const std::string& method : allowed) text.append(text.empty() ? "" : ", ").append(method);
  return text;
}

}  // namespace spikard::route
