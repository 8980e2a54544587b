#include "stage/coding.hpp"

#include <brotli/decode.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

namespace spikard::stage {
namespace {

using http::Fault;

constexpr size_t kStep = 64 * 1024;
constexpr int kGzipWindow = 15 + 16;
constexpr int kZlibWindow = 15;
constexpr int kRawWindow = -15;

// Nothing larger is held, however much a small body stands for.
bool Append(std::string& plain, const uint8_t* bytes, size_t size, uint64_t limit) {
  if (plain.size() + size > limit) return false;
  plain.append(reinterpret_cast<const char*>(bytes), size);
  return true;
}

Fault Inflate(int window, std::string_view coded, uint64_t limit, std::string& plain) {
  z_stream stream{};
  if (inflateInit2(&stream, window) != Z_OK) return Fault::kBadBody;
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ends(&stream, inflateEnd);
  std::array<uint8_t, kStep> step;
  for (;;) {
    if (stream.avail_in == 0) {
      // zlib counts in 32 bits.
      const size_t size = std::min(coded.size(), size_t{1} << 30);
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
      stream.avail_in = static_cast<uInt>(size);
      coded.remove_prefix(size);
    }
    stream.next_out = step.data();
    stream.avail_out = step.size();
    const int result = inflate(&stream, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END) return Fault::kBadBody;
    if (!Append(plain, step.data(), step.size() - stream.avail_out, limit)) return Fault::kBodyTooLarge;
    if (result == Z_OK) continue;
    if (stream.avail_in == 0 && coded.empty()) return Fault::kNone;
    // RFC 1952 section 2.2: members may follow each other.
    if (window != kGzipWindow || inflateReset(&stream) != Z_OK) return Fault::kBadBody;
  }
}

Fault Deflate(std::string_view coded, uint64_t limit, std::string& plain) {
  // RFC 9110 section 8.4.1.2: some send it without the zlib wrapper.
  const auto first = coded.empty() ? 0U : static_cast<unsigned char>(coded[0]);
  const auto second = coded.size() < 2 ? 1U : static_cast<unsigned char>(coded[1]);
  const bool wrapped = (first & 0x0FU) == Z_DEFLATED && (first * 256 + second) % 31 == 0;
  return Inflate(wrapped ? kZlibWindow : kRawWindow, coded, limit, plain);
}

Fault Brotli(std::string_view coded, uint64_t limit, std::string& plain) {
  const std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance);
  if (state == nullptr) return Fault::kBadBody;
  const auto* in = reinterpret_cast<const uint8_t*>(coded.data());
  size_t in_size = coded.size();
  std::array<uint8_t, kStep> step;
  for (;;) {
    uint8_t* out = step.data();
    size_t out_size = step.size();
    const auto result = BrotliDecoderDecompressStream(state.get(), &in_size, &in, &out_size, &out, nullptr);
    if (!Append(plain, step.data(), step.size() - out_size, limit)) return Fault::kBodyTooLarge;
    if (result == BROTLI_DECODER_RESULT_SUCCESS) return in_size == 0 ? Fault::kNone : Fault::kBadBody;
    if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return Fault::kBadBody;
  }
}

}  // namespace

Fault Decode(Coding coding, std::string_view coded, uint64_t limit, std::string& plain) {
  switch (coding) {
    case Coding::kIdentity:
      if (coded.size() > limit) return Fault::kBodyTooLarge;
      plain.append(coded);
      return Fault::kNone;
    case Coding::kGzip:
      return Inflate(kGzipWindow, coded, limit, plain);
    case Coding::kDeflate:
      return Deflate(coded, limit, plain);
    case Coding::kBrotli:
      return Brotli(coded, limit, plain);
  }
  return Fault::kBadBody;
}

}  // namespace spikard::stage
