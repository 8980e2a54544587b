#include "dispatch/generations.hpp"

#include <sodium.h>

#include <array>
#include <utility>
#include <variant>

#include "protocol/manifest.hpp"
#include "stage/plan.hpp"

namespace spikard::dispatch {
namespace {

std::string Sha256(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Generations::Handle Generations::Find(std::string_view hash) const {
  const auto found = tables_.find(hash);
  return found != tables_.end() ? found->second : nullptr;
}

std::string Generations::Add(std::string_view hash, std::string_view manifest) {
  if (Sha256(manifest) != hash) return "the manifest is not the one that Hello announced";
  protocol::Manifest decoded;
  if (const auto error = protocol::DecodeManifest(manifest, &decoded); error != protocol::Errc::kOk) {
    return "the manifest is malformed: " + std::string(protocol::Describe(error));
  }
  auto built = route::Table::Build(std::move(decoded), last_ + 1, &stage::Plans::Make);
  if (const auto* refusal = std::get_if<std::string>(&built)) return *refusal;
  tables_.emplace(hash, std::get<Handle>(std::move(built)));
  ++last_;
  return {};
}

}  // namespace spikard::dispatch
