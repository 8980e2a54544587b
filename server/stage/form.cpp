#include "stage/form.hpp"

#include <charconv>
#include <functional>
#include <map>
#include <memory>

#include "base/json.hpp"
#include "http/target.hpp"
#include "stage/formats.hpp"

namespace spikard::stage {
namespace {

using http::Fault;

// Of brackets: the tree is walked by recursion.
constexpr size_t kMaxDepth = 32;

// One place of the tree: texts, or members.
struct Node {
  std::vector<std::string> values;  // JSON
  bool is_list = false;             // `a[]`, even if there is only one
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> members;
  std::map<std::string, size_t, std::less<>> index;

  Node& Member(const std::string& name) {
    const auto [at, added] = index.emplace(name, members.size());
    if (added) members.emplace_back(name, std::make_unique<Node>());
    return *members[at->second].second;
  }
};

// "a[b][]" gives a, b, "". What has no such form is one name.
std::vector<std::string> Split(const std::string& name) {
  const size_t first = name.find('[');
  if (first == std::string::npos || first == 0 || name.back() != ']') return {name};
  std::vector<std::string> steps = {name.substr(0, first)};
  for (size_t at = first; at < name.size();) {
    const size_t end = name.find(']', at);
    if (name[at] != '[' || end == std::string::npos) return {name};
    const std::string step = name.substr(at + 1, end - at - 1);
    if (step.find('[') != std::string::npos) return {name};
    steps.push_back(step);
    at = end + 1;
  }
  return steps;
}

bool Place(Node& root, const std::string& name, std::string value) {
  const std::vector<std::string> steps = Split(name);
  if (steps.size() > kMaxDepth) return false;
  Node* node = &root.Member(steps.front());
  for (size_t i = 1; i < steps.size(); ++i) {
    if (steps[i].empty() && i + 1 == steps.size()) {
      node->is_list = true;
    } else if (!node->values.empty() || node->is_list || steps[i].empty()) {
      return false;
    } else {
      node = &node->Member(steps[i]);
    }
  }
  if (!node->members.empty()) return false;
  node->values.push_back(std::move(value));
  return true;
}

// The index that a name is, or SIZE_MAX.
size_t IndexOf(const std::string& name) {
  if (name.empty() || name.size() > 6 || (name.size() > 1 && name.front() == '0')) return SIZE_MAX;
  size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  return error == std::errc() && end == name.data() + name.size() ? index : SIZE_MAX;
}

// The members in the order of their indices; nothing if they are names. False if there are holes.
bool Items(const Node& node, std::vector<const Node*>& items) {
  std::map<size_t, const Node*> by_index;
  for (const auto& [name, member] : node.members) {
    const size_t index = IndexOf(name);
    if (index == SIZE_MAX) return true;
    by_index.emplace(index, member.get());
  }
  for (const auto& [index, member] : by_index) {
    if (index != items.size()) return false;
    items.push_back(member);
  }
  return true;
}

bool Write(const Node& node, bool is_root, std::string& json) {
  if (!node.values.empty()) {
    const bool is_list = node.is_list || node.values.size() > 1;
    if (is_list) json += '[';
    for (size_t i = 0; i < node.values.size(); ++i) json += (i > 0 ? "," : "") + node.values[i];
    if (is_list) json += ']';
    return true;
  }
  std::vector<const Node*> items;
  if (!is_root && !Items(node, items)) return false;
  if (!items.empty()) {
    json += '[';
    for (const Node* item : items) {
      if (item != items.front()) json += ',';
      if (!Write(*item, false, json)) return false;
    }
    json += ']';
    return true;
  }
  json += '{';
  for (const auto& [name, member] : node.members) {
    if (json.back() != '{') json += ',';
    base::AppendJsonString(json, name);
    json += ':';
    if (!Write(*member, false, json)) return false;
  }
  json += '}';
  return true;
}

bool IsText(std::string_view text) { return base::IsUtf8(text) && text.find(kFileMark) == std::string_view::npos; }

// Replaces the marks of files, with the quotes around them, by what `name` gives for each.
std::string Replace(std::string_view tree, const std::function<std::string(size_t)>& name) {
  std::string out;
  for (;;) {
    const size_t mark = tree.find(kFileMark);
    if (mark == std::string_view::npos || mark == 0) return out.append(tree);
    out.append(tree.substr(0, mark - 1));
    tree.remove_prefix(mark + kFileMark.size());
    size_t file = 0;
    const auto end = std::from_chars(tree.data(), tree.data() + tree.size(), file).ptr;
    out.append(name(file));
    tree.remove_prefix(std::min(static_cast<size_t>(end - tree.data()) + 1, tree.size()));
  }
}

std::string Quoted(std::string_view text) {
  std::string json;
  base::AppendJsonString(json, text);
  return json;
}

std::string Describe(const FormFile& file) {
  std::string json = "{\"name\":" + Quoted(file.name) + ",\"filename\":" + Quoted(file.filename) +
                     ",\"content_type\":" + Quoted(file.content_type) + ",\"headers\":[";
  for (const auto& [name, value] : file.headers) {
    if (json.back() != '[') json += ',';
    json += "[" + Quoted(name) + "," + Quoted(value) + "]";
  }
  return json + "],\"offset\":" + std::to_string(file.offset) + ",\"size\":" + std::to_string(file.size) + "}";
}

}  // namespace

Fault ReadUrlencoded(std::string_view body, Form& form) {
  while (!body.empty()) {
    const size_t end = std::min(body.find('&'), body.size());
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (pair.empty()) continue;
    if (form.fields.size() == kMaxFormFields) return Fault::kBodyTooLarge;
    const size_t equals = std::min(pair.find('='), pair.size());
    auto name = http::PercentDecode(pair.substr(0, equals), true);
    auto text = http::PercentDecode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !text || !IsText(*name) || !IsText(*text)) return Fault::kBadBody;
    form.fields.push_back({std::move(*name), std::move(*text), std::nullopt});
  }
  return Fault::kNone;
}

Fault ReadParts(const BodyBytes& body, const std::vector<Part>& parts, Form& form) {
  std::string buffer;
  for (const Part& part : parts) {
    const auto lines = body.At(part.head, part.head_size, buffer);
    if (!lines) return Fault::kNoRoom;
    auto head = ReadPartHead(*lines);
    if (!head) return Fault::kBadBody;
    // Browsers send an empty file for a field that none was chosen for.
    if (head->filename && head->filename->empty() && part.size == 0) continue;
    const uint64_t size = head->filename ? std::min<uint64_t>(part.size, kFirstBytes) : part.size;
    const auto bytes = body.At(part.offset, size, buffer);
    if (!bytes) return Fault::kNoRoom;
    if (!head->filename) {
      form.fields.push_back({std::move(head->name), std::string(*bytes), std::nullopt});
      continue;
    }
    if (head->content_type.empty()) head->content_type = "application/octet-stream";
    form.fields.push_back({head->name, {}, form.files.size()});
    form.files.push_back({std::move(head->name), *std::move(head->filename), std::move(head->content_type),
                          std::move(head->headers), part.offset, part.size, std::string(*bytes)});
  }
  return Fault::kNone;
}

Fault ReadMultipart(const BodyBytes& body, MultipartParser& parser, Form& form) {
  if (!parser.Begun()) {
    const bool read = body.ForEach([&](std::string_view piece) { return parser.Put(piece) == Fault::kNone; });
    if (!read) return Fault::kNoRoom;
  }
  const Fault fault = parser.End();
  return fault != Fault::kNone ? fault : ReadParts(body, parser.parts(), form);
}

Fault WriteTree(const Form& form, std::string& json) {
  Node root;
  for (const FormField& field : form.fields) {
    const std::string value = field.file ? std::string(kFileMark) + std::to_string(*field.file) : field.text;
    if (!IsText(field.name) || (!field.file && !IsText(field.text))) return Fault::kBadBody;
    if (!Place(root, field.name, Quoted(value))) return Fault::kBadBody;
  }
  return Write(root, true, json) ? Fault::kNone : Fault::kBadBody;
}

std::string WriteForm(std::string_view tree, const std::vector<FormFile>& files) {
  std::string json = "{\"fields\":" + Replace(tree, [](size_t file) { return std::to_string(file); }) + ",\"files\":[";
  for (const FormFile& file : files) {
    if (json.back() != '[') json += ',';
    json += Describe(file);
  }
  return json + "]}";
}

std::string NameFiles(std::string_view tree, const std::vector<FormFile>& files) {
  return Replace(tree, [&](size_t file) { return file < files.size() ? Quoted(files[file].filename) : "null"; });
}

}  // namespace spikard::stage
