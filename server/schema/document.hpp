#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "schema/buffer.hpp"

namespace spikard::schema {

// What a JSON value is. An integer is a number written without fraction and exponent; 1.0 is a decimal whose
// value is an integer, which the schema's type "integer" accepts as well.
enum class Kind : uint8_t { kNull, kFalse, kTrue, kInteger, kDecimal, kString, kArray, kObject };

inline bool IsNumber(Kind kind) { return kind == Kind::kInteger || kind == Kind::kDecimal; }

// The place of a value in its document.
using NodeIndex = uint32_t;
inline constexpr NodeIndex kNoNode = UINT32_MAX;

// One value, or one name of an object. Nodes stand in the order of the text, a container before its children,
// a name before its value:
//
//   {"a": [1, 2], "b": 3}   =>   object(2)  "a"  array(2)  1  2  "b"  3
//
struct Node {
  static constexpr uint32_t kKindBits = 3;

  uint32_t head;    // kind; above it the number of children, or for a string with escapes 1 + its decoded slice
  uint32_t offset;  // of the raw text in the source; of a string: behind its quote
  uint32_t length;  // of the raw text; of a string: without its quotes
  uint32_t link;    // a container: the node behind its last descendant; a name: its NameHash

  Kind kind() const { return static_cast<Kind>(head & ((1U << kKindBits) - 1)); }
  uint32_t aux() const { return head >> kKindBits; }
};

// A parsed JSON text (RFC 8259). It refers to the text it was parsed from, which must outlive it, and keeps
// its memory from parse to parse: one document per thread parses without allocating once it has seen its
// largest text.
class Document {
 public:
  // The largest text a document can hold; offsets and counts are packed into 32 and 29 bits.
  static constexpr size_t kMaxBytes = (size_t{1} << 29) - 1;

  NodeIndex root() const { return 0; }
  uint32_t node_count() const { return static_cast<uint32_t>(nodes_.size()); }

  Kind KindOf(NodeIndex node) const { return nodes_[node].kind(); }
  const Node& At(NodeIndex node) const { return nodes_[node]; }

  // The number of items of an array or of members of an object.
  uint32_t Count(NodeIndex container) const { return nodes_[container].aux(); }
  // The node behind a value and all within it.
  NodeIndex Next(NodeIndex value) const {
    const Node& node = nodes_[value];
    return node.kind() >= Kind::kArray ? node.link : value + 1;
  }
  NodeIndex End(NodeIndex container) const { return nodes_[container].link; }

  // A string's or name's characters, escapes decoded.
  std::string_view Text(NodeIndex string) const {
    const Node& node = nodes_[string];
    if (node.aux() == 0) return source_.substr(node.offset, node.length);
    const Slice& slice = decoded_slices_[node.aux() - 1];
    return {decoded_.data() + slice.offset, slice.length};
  }
  // The JSON text of a value, as it was written.
  std::string_view Raw(NodeIndex value) const {
    const Node& node = nodes_[value];
    const uint32_t quote = node.kind() == Kind::kString ? 1 : 0;
    return source_.substr(node.offset - quote, node.length + 2 * quote);
  }

  // The value of the member `name`, kNoNode without one.
  NodeIndex Find(NodeIndex object, std::string_view name) const;

  // Bytes held, used or not, and giving them back: for a thread that has seen one huge text.
  size_t MemoryHeld() const;
  void Release();

 private:
  friend class Parser;

  struct Slice {
    uint32_t offset;
    uint32_t length;
  };

  std::string_view source_;
  Buffer<Node> nodes_;
  Buffer<char> decoded_;
  Buffer<Slice> decoded_slices_;

  // The parser's own, kept here for their memory: open containers, and the names of the open objects.
  struct Frame {
    NodeIndex node;
    uint32_t first_name;
    uint32_t count;
  };
  struct Name {
    uint32_t hash;
    NodeIndex node;
  };
  Buffer<Frame> frames_;
  Buffer<Name> names_;
};

}  // namespace spikard::schema
