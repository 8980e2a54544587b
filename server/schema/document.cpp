#include "schema/document.hpp"

namespace spikard::schema {

NodeIndex Document::Find(NodeIndex object, std::string_view name) const {
  for (NodeIndex key = object + 1; key < End(object); key = Next(key + 1)) {
    if (Text(key) == name) return key + 1;
  }
  return kNoNode;
}

size_t Document::MemoryHeld() const {
  return nodes_.capacity() * sizeof(Node) + decoded_.capacity() + decoded_slices_.capacity() * sizeof(Slice) +
         frames_.capacity() * sizeof(Frame) + names_.capacity() * sizeof(Name);
}

void Document::Release() {
  source_ = {};
  nodes_.Release();
  decoded_.Release();
  decoded_slices_.Release();
  frames_.Release();
  names_.Release();
}

}  // namespace spikard::schema
