// The trie against a matcher that tries one pattern after the other.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "route/convert.hpp"
#include "route/trie.hpp"

namespace spikard::route {
namespace {

using Kind = Segment::Kind;
using Segments = std::vector<std::string>;

struct Pattern {
  std::vector<Segment> segments;
  std::string method;
  uint32_t route;
};

bool Fits(const Segment& segment, const std::string& text) {
  std::string ignored;
  if (segment.kind == Kind::kLiteral) return segment.text == text;
  if (segment.kind == Kind::kTyped) return !text.empty() && AppendConverted(segment.type, text, ignored);
  return !text.empty();
}

// The parameters, if the pattern fits.
std::optional<Segments> Try(const Pattern& pattern, const Segments& path) {
  Segments parameters;
  for (size_t i = 0; i < pattern.segments.size(); ++i) {
    const Segment& segment = pattern.segments[i];
    if (i >= path.size()) return std::nullopt;
    if (segment.kind == Kind::kRest) {
      std::string rest = path[i];
      for (size_t j = i + 1; j < path.size(); ++j) rest += "/" + path[j];
      parameters.push_back(rest);
      return parameters;
    }
    if (!Fits(segment, path[i])) return std::nullopt;
    if (segment.kind != Kind::kLiteral) parameters.push_back(path[i]);
  }
  if (pattern.segments.size() != path.size()) return std::nullopt;
  return parameters;
}

// The better one of two that fit the same path: by the first segment whose kinds differ. Two types of one kind that
// both fit are told apart by the order in which the trie has met them, so they are as good as each other here.
std::vector<int> Rank(const Pattern& pattern) {
  std::vector<int> rank;
  for (const Segment& segment : pattern.segments) {
    rank.push_back(segment.kind == Kind::kLiteral ? 0
                   : segment.kind == Kind::kTyped ? 1
                   : segment.kind == Kind::kPlain ? 2
                                                  : 3);
  }
  return rank;
}

class Model {
 public:
  explicit Model(uint32_t seed) : random_(seed) {}

  size_t Pick(size_t count) { return random_() % count; }

  Pattern MakePattern() {
    static const char* kMethods[] = {"GET", "POST", "PUT"};
    Pattern pattern{{}, kMethods[Pick(3)], 0};
    const size_t size = 1 + Pick(4);
    for (size_t i = 0; i < size; ++i) {
      const std::string name = "p" + std::to_string(i);
      switch (Pick(6)) {
        case 0:
          // One typed kind only: see Rank.
          pattern.segments.push_back({Kind::kTyped, name, protocol::ValueType::kInteger});
          break;
        case 1:
          pattern.segments.push_back({Kind::kPlain, name});
          break;
        case 2:
          if (i + 1 == size) {
            pattern.segments.push_back({Kind::kRest, name});
            break;
          }
          [[fallthrough]];
        default:
          pattern.segments.push_back({Kind::kLiteral, MakeText()});
      }
    }
    return pattern;
  }

  std::string MakeText() {
    static const char* kTexts[] = {"a", "b", "c", "1", "22", ""};
    return kTexts[Pick(6)];
  }

  Segments MakePath() {
    Segments path(1 + Pick(5));
    for (std::string& segment : path) segment = MakeText();
    return path;
  }

 private:
  std::mt19937 random_;
};

void Compare(const Trie& trie, const std::vector<Pattern>& patterns, const Segments& path, const std::string& method) {
  const Pattern* best = nullptr;
  std::set<std::string> methods;
  for (const Pattern& pattern : patterns) {
    if (!Try(pattern, path)) continue;
    methods.insert(pattern.method);
    if (pattern.method == method && (best == nullptr || Rank(pattern) < Rank(*best))) best = &pattern;
  }
  std::string text = method + " ";
  for (const std::string& segment : path) text += "/" + segment;
  const PathMatch match = trie.Match(path, method);
  if (best != nullptr) {
    ASSERT_EQ(match.route, best->route) << text;
    ASSERT_FALSE(match.refused) << text;
    ASSERT_EQ(match.parameters, *Try(*best, path)) << text;
  } else if (!methods.empty()) {
    ASSERT_FALSE(match.route) << text;
    ASSERT_EQ(match.methods, methods) << text;
  } else if (match.route) {
    // Then it can only be a type that has refused.
    ASSERT_TRUE(match.refused) << text;
    const auto segments = patterns[*match.route].segments;
    const std::string& refused = match.parameters[match.refused->parameter];
    ASSERT_FALSE(Fits({Kind::kTyped, "", match.refused->type}, refused)) << text;
  }
}

TEST(TrieModel, TenThousandPatternsMatchAsTheyWouldOneByOne) {
  Model model(20'261'123);
  size_t count = 0;
  for (int round = 0; count < 10'000; ++round) {
    Trie trie;
    std::vector<Pattern> patterns;
    const size_t wanted = 1 + model.Pick(60);
    for (size_t i = 0; i < wanted; ++i) {
      Pattern pattern = model.MakePattern();
      pattern.route = static_cast<uint32_t>(patterns.size());
      const bool taken = std::any_of(patterns.begin(), patterns.end(), [&](const Pattern& other) {
        if (other.method != pattern.method || Rank(other) != Rank(pattern)) return false;
        for (size_t at = 0; at < pattern.segments.size(); ++at) {
          if (pattern.segments[at].kind == Kind::kLiteral && pattern.segments[at].text != other.segments[at].text) {
            return false;
          }
        }
        return true;
      });
      ASSERT_EQ(trie.Add(pattern.segments, pattern.method, pattern.route), !taken);
      if (!taken) patterns.push_back(std::move(pattern));
    }
    count += wanted;
    for (int paths = 0; paths < 100; ++paths) {
      Compare(trie, patterns, model.MakePath(), model.MakePattern().method);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace spikard::route
