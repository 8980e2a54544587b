#include "schema/equal.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "schema/decimal.hpp"
#include "schema/text.hpp"

namespace spikard::schema {

namespace {

// Up to here comparing every pair costs less than hashing and sorting.
constexpr uint32_t kFewItems = 8;
constexpr uint32_t kFewMembers = 16;

uint64_t Seed() {
  static const uint64_t seed = [] {
    std::random_device device;
    return uint64_t{device()} << 32 | device();
  }();
  return seed;
}

uint64_t HashText(std::string_view text, uint64_t hash) {
  hash = internal::Mix(hash ^ text.size());
  while (text.size() >= 8) {
    hash = internal::Mix(hash ^ internal::Load64(text.data()));
    text.remove_prefix(8);
  }
  for (char c : text) hash = internal::Mix(hash ^ internal::Byte(c));
  return hash;
}

std::vector<NodeIndex> SortedNames(const Document& document, NodeIndex object) {
  std::vector<NodeIndex> names;
  names.reserve(document.Count(object));
  for (NodeIndex key = object + 1; key < document.End(object); key = document.Next(key + 1)) names.push_back(key);
  std::sort(names.begin(), names.end(), [&](NodeIndex a, NodeIndex b) {
    const uint32_t hash_a = document.At(a).link;
    const uint32_t hash_b = document.At(b).link;
    return hash_a != hash_b ? hash_a < hash_b : document.Text(a) < document.Text(b);
  });
  return names;
}

bool EqualObjects(const Document& a, NodeIndex left, const Document& b, NodeIndex right) {
  if (a.Count(left) > kFewMembers) {
    const auto left_names = SortedNames(a, left);
    const auto right_names = SortedNames(b, right);
    return std::equal(left_names.begin(), left_names.end(), right_names.begin(),
                      [&](NodeIndex x, NodeIndex y) { return a.Text(x) == b.Text(y) && Equal(a, x + 1, b, y + 1); });
  }
  for (NodeIndex key = left + 1; key < a.End(left); key = a.Next(key + 1)) {
    const NodeIndex found = b.Find(right, a.Text(key));
    if (found == kNoNode || !Equal(a, key + 1, b, found)) return false;
  }
  return true;
}

bool EqualArrays(const Document& a, NodeIndex left, const Document& b, NodeIndex right) {
  NodeIndex y = right + 1;
  for (NodeIndex x = left + 1; x < a.End(left); x = a.Next(x), y = b.Next(y)) {
    if (!Equal(a, x, b, y)) return false;
  }
  return true;
}

}  // namespace

bool Equal(const Document& a, NodeIndex left, const Document& b, NodeIndex right) {
  const Kind kind = a.KindOf(left);
  const Kind other = b.KindOf(right);
  if (IsNumber(kind) && IsNumber(other)) {
    if (a.Raw(left) == b.Raw(right)) return true;
    return Decimal(a.Raw(left)).Compare(Decimal(b.Raw(right))) == 0;
  }
  if (kind != other) return false;
  if (kind == Kind::kString) return a.Text(left) == b.Text(right);
  if (kind < Kind::kArray) return true;
  if (a.Count(left) != b.Count(right)) return false;
  return kind == Kind::kArray ? EqualArrays(a, left, b, right) : EqualObjects(a, left, b, right);
}

uint64_t Hash(const Document& document, NodeIndex value) {
  const Kind kind = document.KindOf(value);
  const uint64_t seed = Seed() + static_cast<uint64_t>(IsNumber(kind) ? Kind::kInteger : kind);
  if (IsNumber(kind)) return Decimal(document.Raw(value)).Hash(seed);
  if (kind == Kind::kString) return HashText(document.Text(value), seed);
  uint64_t hash = internal::Mix(seed);
  if (kind == Kind::kArray) {
    for (NodeIndex item = value + 1; item < document.End(value); item = document.Next(item)) {
      hash = internal::Mix(hash ^ Hash(document, item));
    }
  } else if (kind == Kind::kObject) {
    // A sum, since members have no order.
    for (NodeIndex key = value + 1; key < document.End(value); key = document.Next(key + 1)) {
      hash += internal::Mix(HashText(document.Text(key), seed) ^ internal::Mix(Hash(document, key + 1)));
    }
  }
  return hash;
}

std::optional<std::pair<uint32_t, uint32_t>> FindEqualItems(const Document& document, NodeIndex array) {
  struct Item {
    uint64_t hash;
    uint32_t position;
    NodeIndex node;
  };
  const bool few = document.Count(array) <= kFewItems;
  std::vector<Item> items;
  items.reserve(document.Count(array));
  for (NodeIndex node = array + 1; node < document.End(array); node = document.Next(node)) {
    items.push_back({few ? 0 : Hash(document, node), static_cast<uint32_t>(items.size()), node});
  }
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return a.hash != b.hash ? a.hash < b.hash : a.position < b.position; });
  for (size_t i = 0; i < items.size(); ++i) {
    for (size_t j = i + 1; j < items.size() && items[j].hash == items[i].hash; ++j) {
      if (Equal(document, items[i].node, document, items[j].node)) {
        return std::pair(items[i].position, items[j].position);
      }
    }
  }
  return std::nullopt;
}

}  // namespace spikard::schema
