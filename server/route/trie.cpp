#include "route/trie.hpp"

#include <algorithm>
#include <utility>

#include "route/convert.hpp"

namespace spikard::route {

struct Trie::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::vector<std::pair<protocol::ValueType, std::unique_ptr<Node>>> typed;
  std::unique_ptr<Node> plain;
  std::unique_ptr<Node> rest;
  std::vector<std::string> names;  // of the parameters on the way here, as the first pattern called them
  Leaf leaf;
};

// One search through the trie.
struct Trie::Walk {
  const std::vector<std::string>& segments;
  bool ignore_types = false;
  std::vector<std::string> parameters;
  std::optional<Segment> refused;
  std::string refused_text;

  const Node* Into(const Node* node, const std::string& parameter, size_t next) {
    parameters.push_back(parameter);
    const Node* found = Visit(*node, next);
    if (found == nullptr) parameters.pop_back();
    return found;
  }

  const Node* Visit(const Node& node, size_t at) {
    if (at == segments.size()) return node.leaf.methods.empty() ? nullptr : &node;
    const std::string& text = segments[at];
    if (const auto literal = node.literals.find(text); literal != node.literals.end()) {
      if (const Node* found = Visit(*literal->second, at + 1)) return found;
    }
    if (!text.empty()) {
      for (const auto& [type, child] : node.typed) {
        std::string ignored;
        const bool fits = AppendConverted(type, text, ignored);
        if (!fits && !ignore_types) continue;
        if (const Node* found = Into(child.get(), text, at + 1)) {
          if (!fits) {
            // Found on the way back: the outermost refusal is the first in the path.
            refused = Segment{Segment::Kind::kTyped, child->names.back(), type};
            refused_text = text;
          }
          return found;
        }
      }
      if (node.plain) {
        if (const Node* found = Into(node.plain.get(), text, at + 1)) return found;
      }
    }
    return node.rest ? Into(node.rest.get(), Rest(at), segments.size()) : nullptr;
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
  std::vector<std::string> names;
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
    if (segment.kind != Segment::Kind::kLiteral) names.push_back(segment.text);
    if (*child == nullptr) {
      *child = std::make_unique<Node>();
      (*child)->names = names;
    }
    node = child->get();
  }
  if (node->leaf.Find(method)) return false;
  node->leaf.methods.emplace_back(method, route);
  return true;
}

PathMatch Trie::Match(const std::vector<std::string>& segments) const {
  Walk walk{segments, false, {}, {}, {}};
  const Node* found = walk.Visit(*root_, 0);
  if (found == nullptr) {
    walk.ignore_types = true;
    found = walk.Visit(*root_, 0);
  }
  if (found == nullptr) return {};
  return {&found->leaf, std::move(walk.parameters), std::move(walk.refused), std::move(walk.refused_text)};
}

std::optional<uint32_t> Leaf::Find(std::string_view method) const {
  for (const auto& [name, route] : methods) {
    if (name == method) return route;
  }
  return std::nullopt;
}

std::string Leaf::Allow() const {
  std::vector<std::string> allowed;
  for (const auto& [name, route] : methods) allowed.push_back(name);
  if (Find("GET") && !Find("HEAD")) allowed.emplace_back("HEAD");
  if (!Find("OPTIONS")) allowed.emplace_back("OPTIONS");
  std::sort(allowed.begin(), allowed.end());
  std::string text;
  for (const std::string& method : allowed) text.append(text.empty() ? "" : ", ").append(method);
  return text;
}

}  // namespace spikard::route
