#include "dispatch/generations.hpp"

#include <sodium.h>

#include <array>
#include <utility>
#include <variant>

#include "dispatch/difference.hpp"
#include "protocol/manifest.hpp"
#include "stage/plan.hpp"

namespace spikard::dispatch {
namespace {

std::string Sha256(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string_view EpochOf(std::string_view epoch, std::string_view hash) { return epoch.empty() ? hash : epoch; }

}  // namespace

Generations::Handle Generations::Find(std::string_view epoch, std::string_view hash) const {
  const auto found = known_.find(EpochOf(epoch, hash));
  return found != known_.end() && found->second.hash == hash ? found->second.table.lock() : nullptr;
}

Generations::Handle Generations::Add(std::string_view epoch, std::string_view hash, std::string_view manifest,
                                     std::string& refusal) {
  const auto refuse = [&refusal](std::string why) {
    refusal = std::move(why);
    return nullptr;
  };
  if (Sha256(manifest) != hash) return refuse("the manifest is not the one that Hello announced");
  protocol::Manifest decoded;
  if (const auto error = protocol::DecodeManifest(manifest, &decoded); error != protocol::Errc::kOk) {
    return refuse("the manifest is malformed: " + std::string(protocol::Describe(error)));
  }
  const auto known = known_.find(EpochOf(epoch, hash));
  if (known != known_.end() && known->second.hash != hash) {
    const Handle other = known->second.table.lock();
    const std::string difference = other ? ": " + FirstDifference(other->Manifest(), decoded) : "";
    return refuse("other workers of the same epoch have another manifest" + difference);
  }
  if (Handle there = known != known_.end() ? known->second.table.lock() : nullptr) return there;
  const uint64_t number = known != known_.end() ? known->second.number : known_.size() + 1;
  auto built = route::Table::Build(std::move(decoded), number, &stage::Plans::Make);
  if (auto* why = std::get_if<std::string>(&built)) return refuse(std::move(*why));
  Handle table = std::get<Handle>(std::move(built));
  known_[std::string(EpochOf(epoch, hash))] = {number, std::string(hash), table};
  return table;
}

}  // namespace spikard::dispatch
