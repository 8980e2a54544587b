#include "schema/pointer.hpp"

#include <charconv>

#include "schema/text.hpp"

namespace spikard::schema {

void AppendPointerToken(std::string& pointer, std::string_view token) {
  pointer.push_back('/');
  for (char c : token) {
    if (c == '~') {
      pointer.append("~0");
    } else if (c == '/') {
      pointer.append("~1");
    } else {
      pointer.push_back(c);
    }
  }
}

bool SplitPointer(std::string_view pointer, std::vector<std::string>& tokens) {
  tokens.clear();
  if (!pointer.empty() && pointer.front() != '/') return false;
  for (size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      tokens.emplace_back();
    } else if (pointer[i] != '~') {
      tokens.back().push_back(pointer[i]);
    } else {
      if (++i == pointer.size() || (pointer[i] != '0' && pointer[i] != '1')) return false;
      tokens.back().push_back(pointer[i] == '0' ? '~' : '/');
    }
  }
  return true;
}

NodeIndex Child(const Document& document, NodeIndex container, std::string_view token) {
  const Kind kind = document.KindOf(container);
  if (kind == Kind::kObject) return document.Find(container, token);
  if (kind != Kind::kArray || token.empty() || (token.size() > 1 && token.front() == '0')) return kNoNode;
  uint32_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc{} || end != token.data() + token.size() || !IsDigit(token.front())) return kNoNode;
  if (index >= document.Count(container)) return kNoNode;
  NodeIndex item = container + 1;
  for (; index > 0; --index) item = document.Next(item);
  return item;
}

std::string PointerTo(const Document& document, NodeIndex value) {
  std::string pointer;
  NodeIndex container = document.root();
  while (container != value) {
    const bool object = document.KindOf(container) == Kind::kObject;
    NodeIndex child = container + (object ? 2 : 1);
    uint32_t index = 0;
    // Descendants follow their container: the child whose range holds the value is on the way.
    while (document.Next(child) <= value) {
      child = document.Next(child) + (object ? 1 : 0);
      ++index;
    }
    if (object) {
      AppendPointerToken(pointer, document.Text(child - 1));
    } else {
      pointer.append("/").append(std::to_string(index));
    }
    container = child;
  }
  return pointer;
}

}  // namespace spikard::schema
